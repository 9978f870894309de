"""Measure how well the records of a table can be told apart, where the table is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.console import shown
from counterseal.cli.exits import Exit
from counterseal.cli.progress import progress
from counterseal.cli.reading import columns, fraction, reading, reading_options, show_sql

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.workspace.tables.measuring import Request

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="CSV (.gz too) or Parquet files of one table"
    )
    parser.add_argument(
        "--qi",
        "--quasi-identifiers",
        dest="qi",
        required=True,
        type=columns,
        metavar="A,B,C",
        help='columns by which a record could be known; "quoted" where a name has a comma',
    )
    parser.add_argument("--sensitive", metavar="X", help="column that should not be learnt")
    parser.add_argument(
        "--missing",
        choices=["own-value", "wildcard"],
        default="own-value",
        help="what a missing value is: one more value, or equal to every value",
    )
    parser.add_argument("--weight", metavar="W", help="column of sampling weights")
    parser.add_argument(
        "--population",
        action="append",
        default=[],
        metavar="FILE",
        help="a population frame, or a set that leaked, with the same columns",
    )
    parser.add_argument(
        "--sampling-fraction",
        "--sample-fraction",
        dest="fraction",
        type=fraction,
        metavar="F",
        help="records / people of the population: estimate who is unique there",
    )
    parser.add_argument(
        "--register",
        metavar="FILE",
        help="keep what is released, and withhold what would differ from it by too few",
    )
    reading_options(parser)


def execute(args: argparse.Namespace, console: Console) -> int:
    """Measure and print."""
    from counterseal.workspace.tables.measuring import measured  # noqa: PLC0415 - heavy

    with progress(console, "measuring") as advance:
        found = measured(_request(args), advance=advance)
    console.document(found)
    for line in _lines(found):
        console.out(shown(line))
    show_sql(args, console, found["sql"])
    return console.conclude(Exit.OK, f"{found['rows']} records measured in place")


def _request(args: argparse.Namespace) -> Request:
    from counterseal.mosaic.tables.source import Missing  # noqa: PLC0415 - heavy
    from counterseal.workspace.tables.measuring import Request  # noqa: PLC0415 - heavy

    how = reading(args)
    return Request(
        files=tuple(Path(name) for name in args.files),
        quasi_identifiers=args.qi,
        sensitive=args.sensitive,
        missing=Missing(args.missing),
        weight=args.weight,
        population=tuple(Path(name) for name in args.population),
        sampling_fraction=args.fraction,
        minimum=how.minimum,
        register=None if args.register is None else Path(args.register),
        dialect=how.dialect,
        limits=how.limits,
    )


def _lines(found: Mapping[str, Json]) -> Iterator[str]:
    names = found["quasi_identifiers"]
    many = len(names) if isinstance(names, list) else 0
    noun = "quasi-identifier" if many == 1 else "quasi-identifiers"
    yield f"{_count(found['rows'])} records, {many} {noun}, {_policy(found)}"
    yield _line("classes", _count(found["classes"]), f"the smallest has {found['k_min']}")
    unique = f"{_share(found['unique_share'])} of the records"
    yield _line("sample uniques", _count(found["unique"]), unique)
    yield _line("average risk", _share(found["average_risk"]), "mean of 1 / class size")
    shares = found["share_below"]
    for size, share in shares.items() if isinstance(shares, dict) else ():
        yield _line(f"in classes < {size}", _share(share), "of the records")
    yield _line("entropy", f"{_number(found['entropy_bits'])} bits", "given away, on average")
    if "l_min" in found:
        yield from _diversity(found)
    yield from _weighted(found.get("weighted"))
    yield from _population(found.get("population_unique"))
    yield from _frame(found.get("frame"))
    if found["withheld"]:
        yield f"withheld: {found['minimum_cell']} people at least stand behind every number"


def _diversity(found: Mapping[str, Json]) -> Iterator[str]:
    yield f"sensitive: {found['sensitive']}"
    yield _line("values in a class", f">= {found['l_min']}", "distinct l-diversity")
    yield _line("entropy l", _number(found["entropy_l"]), "of the least diverse class")
    yield _line(
        "disclosed",
        _count(found["disclosed"]),
        f"{_share(found['disclosed_share'])}: one value",
    )


def _weighted(found: Json) -> Iterator[str]:
    if isinstance(found, dict):
        yield f"weights: {found['weight']}"
        yield _line("population", _number(found["population"]), "sum of the weights")
        yield _line("expected risk", _share(found["expected_share"]), "given fk and Fk")


def _population(found: Json) -> Iterator[str]:
    if not isinstance(found, dict):
        return
    yield f"population uniques, from a sample of {_share(found['sampling_fraction'])}"
    why = found["not_converged"]
    reasons = why if isinstance(why, dict) else {}
    for name in ("pitman", "zayatz", "snb"):
        reason = reasons.get(name)
        text = f"does not converge: {reason}" if reason else ""
        share = "-" if reason else _share(found[name])
        yield _line(name, share, text or ("chosen" if found["chosen"] == name else ""))


def _frame(found: Json) -> Iterator[str]:
    if not isinstance(found, dict):
        return
    yield f"against a frame of {_count(found['people'])}"
    yield _line("found in it", _count(found["found"]), f"k-map {found['k_map']}")
    yield _line("one candidate", _count(found["single"]), "a single record behind them")
    yield _line("average risk", _share(found["correctness"]), "mean of 1 / candidates")
    ends = found["delta_presence"]
    if isinstance(ends, list):
        yield _line("delta-presence", f"{_share(ends[0])} to {_share(ends[1])}", "")
        yield _line("certain presence", _count(found["certain"]), "of the frame")


def _line(name: str, value: str, text: str) -> str:
    return f"  {name:<17} {value:>14}  {text}".rstrip()


def _policy(found: Mapping[str, Json]) -> str:
    is_own = found["null_policy"] == "own-value"
    return "a missing value is a value" if is_own else "a missing value equals every value"


def _count(value: Json) -> str:
    return f"{value:,}" if isinstance(value, int) else "withheld"


def _share(value: Json) -> str:
    return f"{100 * value:.2f} %" if isinstance(value, int | float) else "withheld"


def _number(value: Json) -> str:
    return f"{value:,.4g}" if isinstance(value, int | float) else "withheld"
