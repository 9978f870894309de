"""Attack two tables by linking them: what is right, what is wrong, who is harmed."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.console import shown
from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.reading import count, fraction, reading, reading_options, share, show_sql
from counterseal.cli.rows import rows_of
from counterseal.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.workspace.linking.linkages import Invention, LinkRequest

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("first", nargs="?", metavar="A", help="a CSV or Parquet file")
    parser.add_argument("second", nargs="?", metavar="B", help="another, about the same people")
    parser.add_argument(
        "--on",
        action="append",
        default=[],
        metavar="FIELD",
        help="COLUMN or LEFT=RIGHT, with :name or :date after it for fuzzy; again for more",
    )
    parser.add_argument(
        "--method",
        choices=["exact", "fellegi-sunter"],
        default="exact",
        help="fellegi-sunter compares what is alike, too (extra `linkage`)",
    )
    parser.add_argument("--record", default="record", metavar="X", help="column of the record")
    parser.add_argument("--person", metavar="X", help="column of the truth, where it is known")
    parser.add_argument(
        "--threshold",
        type=fraction,
        default=0.95,
        metavar="P",
        help="the adversary's own: least probability of a link that it keeps (default 0.95)",
    )
    group = parser.add_argument_group("a synthetic population instead of A and B")
    group.add_argument(
        "--synthetic", type=positive, metavar="N", help="people, none of them real"
    )
    group.add_argument("--marginals", metavar="FILE", help="YAML; default: census figures")
    group.add_argument(
        "--coverage",
        type=fraction,
        nargs=2,
        default=(0.6, 0.6),
        metavar=("A", "B"),
        help="share of the people in each file (default 0.6 0.6)",
    )
    for rate, default in (
        ("typo", 0.02),
        ("missing", 0.02),
        ("moved", 0.1),
        ("transposed", 0.01),
    ):
        group.add_argument(
            f"--{rate}", type=float, default=default, metavar="R", help=f"default {default}"
        )
    group.add_argument("--write", metavar="DIR", help="keep the two files there")
    reading_options(parser)


def execute(args: argparse.Namespace, console: Console) -> int:
    """Link, and print what is right and who is harmed at each threshold."""
    from counterseal.workspace.linking.linkages import linked  # noqa: PLC0415 - heavy

    request = _request(args)
    how = reading(args)
    if args.synthetic:
        from dataclasses import replace  # noqa: PLC0415

        how = replace(how, minimum=1)
    with _files(args) as (first, second), progress(console, "linking") as advance:
        found = linked([first], [second], request, reading=how, advance=advance)
    found["synthetic"] = _synthetic(args)
    console.document(found)
    for line in _lines(found):
        console.out(shown(line))
    show_sql(args, console, found["sql"])
    return console.conclude(Exit.OK, f"linked by {args.method}, seed {args.seed or 0}")


def _request(args: argparse.Namespace) -> LinkRequest:
    from counterseal.mosaic.linking.attack import Method  # noqa: PLC0415 - heavy
    from counterseal.mosaic.linking.fields import parsed  # noqa: PLC0415 - heavy
    from counterseal.workspace.linking.linkages import (  # noqa: PLC0415 - heavy
        SYNTHETIC_FIELDS,
        LinkRequest,
    )

    is_synthetic = args.synthetic is not None
    return LinkRequest(
        fields=SYNTHETIC_FIELDS if is_synthetic and not args.on else parsed(args.on),
        method=Method(args.method),
        record=args.record,
        person="person" if is_synthetic else args.person,
        threshold=args.threshold,
        seed=args.seed or 0,
    )


@contextmanager
def _files(args: argparse.Namespace) -> Iterator[tuple[Path, Path]]:
    """Give the two files, invented where that was asked for."""
    if args.synthetic is None:
        if args.first is None or args.second is None:
            raise UsageError("two tables are linked", hint="name A and B, or --synthetic N")
        yield Path(args.first), Path(args.second)
        return
    if args.first is not None:
        raise UsageError("either two tables or --synthetic")
    from counterseal.workspace.linking.linkages import invented  # noqa: PLC0415 - heavy

    with invented(_invention(args), keep=Path(args.write) if args.write else None) as files:
        yield files


def _invention(args: argparse.Namespace) -> Invention:
    from counterseal.mosaic.linking.population import Errors  # noqa: PLC0415 - heavy
    from counterseal.workspace.linking.linkages import Invention  # noqa: PLC0415 - heavy

    return Invention(
        people=args.synthetic,
        coverage=(args.coverage[0], args.coverage[1]),
        errors=Errors(
            typo=args.typo,
            missing=args.missing,
            moved=args.moved,
            transposed=args.transposed,
        ),
        marginals=Path(args.marginals) if args.marginals else None,
        seed=args.seed or 0,
    )


def _synthetic(args: argparse.Namespace) -> Json:
    """Return what was invented, so that nobody takes it for people."""
    if args.synthetic is None:
        return None
    return {
        "people": args.synthetic,
        "coverage": list(args.coverage),
        "errors": {k: getattr(args, k) for k in ("typo", "missing", "moved", "transposed")},
        "seed": args.seed or 0,
    }


def _lines(found: Mapping[str, Json]) -> Iterator[str]:
    made = found["synthetic"]
    if isinstance(made, dict):
        yield f"Synthetic: {count(made['people'])} invented people, seed {made['seed']}"
    sizes = f"{count(found['left'])} records in A, {count(found['right'])} in B"
    yield f"{sizes}, {found['method']}"
    if found["people_in_both"] is None:
        yield "The truth is not known: nothing is said of right links or of whom they harm"
    else:
        yield (
            f"{count(found['people_in_both'])} people are in both; "
            f"{count(found['control_group'])} in A alone are the control group"
        )
    yield f"  {'threshold':>9} {'links':>10}  claimed  precision  recall  control group linked"
    for row in rows_of(found["at"]):
        own = "  <- the adversary's own" if row["threshold"] == found["threshold"] else ""
        claimed = share(row["claimed_precision"])
        yield (
            f"  {row['threshold']:>9} {count(row['links']):>10}  {claimed}"
            f"  {_value(row['precision'])}  {_value(row['recall'])}"
            f"  {count(row['harmed'])}, {share(row['harmed_share'])}{own}"
        )


def _value(value: Json) -> str:
    return share(value["value"] if isinstance(value, dict) else None)
