"""What combining holdings gives away, from distributions of attributes alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.rows import rows_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.report.lines import Page

__all__ = ["configure", "execute"]

DEFAULT_DRAWS = 8_192
_LEAST = 0.01
_WHOLE = 99.5
MOST_SAVINGS = 12
"""Rows of what withholding saves that are shown; ``--json`` has them all."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("file", metavar="FILE", help="a counterseal-mosaic-schema/1 document")
    parser.add_argument(
        "--draws",
        type=positive,
        default=DEFAULT_DRAWS,
        metavar="N",
        help="people drawn from the models (default 8192)",
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Draw people, put holdings together and print."""
    from counterseal.mosaic.schema.findings import findings  # noqa: PLC0415 - heavy
    from counterseal.mosaic.schema.written.document import parse  # noqa: PLC0415 - heavy
    from counterseal.workspace.files import read_bytes  # noqa: PLC0415

    data = read_bytes(Path(args.file))
    console.know({args.file: data}, paths={})
    schema = parse(data, file=args.file)
    with progress(console, "putting holdings together") as advance:
        document = findings(schema, seed=args.seed or 0, draws=args.draws, advance=advance)
    console.document(document)
    _print(console, document)
    return console.conclude(
        Exit.OK, f"bands, not measurements; {args.draws} people drawn, seed {args.seed or 0}"
    )


def _print(console: Console, document: Mapping[str, Json]) -> None:
    from counterseal.report.lines import Page  # noqa: PLC0415 - heavy

    page = Page(width=console.terminal.width, colour=console.terminal.colour)
    population = document["population"]
    who = population if isinstance(population, dict) else {}
    _say(console, page, f"{document['title']}. {who['people']:,} people: {who['name']}.")
    _print_gain(console, page, document)
    _print_keys(console, page, rows_of(document["keys"]))
    _print_linkers(console, page, rows_of(document["linkers"]))
    if document["gain"] is not None:
        _print_shares(console, page, document)
        _print_savings(console, page, rows_of(document["savings"]))
    _print_context(console, page, document["gate"], rows_of(document["context"]))
    console.out()


def _print_gain(console: Console, page: Page, document: Mapping[str, Json]) -> None:
    from counterseal.report.wording import people  # noqa: PLC0415 - heavy

    _head(console, page, 1, "Gain: people singled out, and something new learnt about them")
    door, gain = document["gate"], document["gain"]
    if not isinstance(gain, dict):
        _say(console, page, f"{door['reason'] if isinstance(door, dict) else ''}.", "  ")
        return
    for word in ("before", "after"):
        side = gain[word]
        if isinstance(side, dict):
            names = _names(side["holdings"]) or "the adversary's own holdings alone"
            _say(console, page, f"{word}: {_span(side['share'])} with {names}", "  ")
    ends = gain["people"]
    low, high = ends if isinstance(ends, list) else (None, None)
    text = f"gain: {_points(gain['share'])}: {people(_real(low), _real(high))}"
    _say(console, page, f"{text}; {_bits(gain['bits'])} nearer to a name by the models", "  ")
    after = gain["after"]
    if isinstance(after, dict):
        error = _short(100 * _real(after["error"]))
        text = f"standard error of drawing people: at most {error} points"
        _say(console, page, text, "  ")
    for row in rows_of(document["synergies"]):
        text = f"only through {_names(row['holdings'])} together: {_points(row['share'])}"
        if _high(row["share"]) > 0:
            _say(console, page, text, "  ")


def _print_keys(console: Console, page: Page, rows: Sequence[Mapping[str, Json]]) -> None:
    _head(console, page, 2, "Keys: who is alone with what two holdings have in common")
    table = [
        [
            " and ".join(_list(row["holdings"])),
            _key(row),
            _policy(row, "unique", "own-value"),
            _policy(row, "unique", "wildcard"),
            _policy(row, "correct", "own-value"),
        ]
        for row in rows
    ]
    if not table:
        _say(console, page, "No two holdings have an attribute in common.", "  ")
        return
    names = ["holdings", "key", "alone", "missing is anybody's", "a guess is right"]
    console.out("\n".join(page.table(names, table)))


def _key(row: Mapping[str, Json]) -> str:
    """Return the attributes of a key; what is everybody's own stands apart."""
    own = _list(row["identifiers"])
    others = [name for name in _list(row["attributes"]) if name not in own]
    if not others:
        return ", ".join(own)
    return ", ".join(others) + (f" (beside {', '.join(own)})" if own else "")


def _policy(row: Mapping[str, Json], quantity: str, policy: str) -> str:
    found = row.get(quantity)
    return _span(found[policy]) if isinstance(found, dict) else "everybody's own"


def _print_linkers(console: Console, page: Page, rows: Sequence[Mapping[str, Json]]) -> None:
    for row in rows:
        text = f"{row['name']} in {row['holding']} ({row['gallery']:,} records): "
        text += f"{_percent(row['returns_somebody_else'])} of searches for somebody who is not "
        text += f"there return somebody else; {_percent(row['false_non_match'])} miss who is"
        _say(console, page, text, "  ")


def _print_shares(console: Console, page: Page, document: Mapping[str, Json]) -> None:
    _head(console, page, 3, "Whose doing: shares of what is reached after the change (Shapley)")
    curve = "; ".join(
        f"{row['holding']} {_span(row['share'])} (adds {_points(row['added'])})"
        for row in rows_of(document["payoff"])
    )
    _say(console, page, f"joined one by one, the best first: {curve}", "  ")
    for word in ("holding_shares", "attribute_shares"):
        split = document[word]
        if not isinstance(split, dict):
            continue
        what = word.split("_")[0]
        _say(console, page, f"by {what}, of {_points(split['total'])}:", "  ")
        for row in rows_of(split["rows"]):
            _say(console, page, f"{row['id']}: {_points(row['share'])}", "    ")
        if split["orders"]:
            text = f"over {split['orders']} drawn orders; the shares add up all the same"
            _say(console, page, text, "    ")


def _print_savings(console: Console, page: Page, rows: Sequence[Mapping[str, Json]]) -> None:
    _head(console, page, 4, "Withhold or coarsen: what it saves")
    table = [
        [
            f"{row['attribute']} as {row['form']}" if row["form"] else f"no {row['attribute']}",
            _points(row["saved"]),
            _span(row["left"]),
            _bits(row["bits"]),
        ]
        for row in rows[:MOST_SAVINGS]
    ]
    names = ["given", "saved", "left", "better hidden, by the models"]
    console.out("\n".join(page.table(names, table)))
    if len(rows) > MOST_SAVINGS:
        console.out(f"  {len(rows) - MOST_SAVINGS} more save less (--json has all)")


def _print_context(
    console: Console, page: Page, door: Json, context: Sequence[Mapping[str, Json]]
) -> None:
    if not isinstance(door, dict):
        return
    number = 5 if door["open"] else 3
    _head(console, page, number, "Published results: reproduced, and context only")
    _say(console, page, f"Gain is {door['reason']}.", "  ")
    for row in (*rows_of(door["reproduced"]), *rows_of(door["failed"])):
        text = f"{row['claim']}, of {row['population']}; ours: {_span(row['ours'])}. "
        _say(console, page, f"{text}{row['source']}", "  ")
    for row in context:
        text = f"context only ({row['why_not']}): {row['claim']}, of {row['population']}. "
        _say(console, page, f"{text}{row['source']}", "  ")


def _head(console: Console, page: Page, number: int, title: str) -> None:
    console.out("\n".join(page.heading(number, title)))


def _say(console: Console, page: Page, text: str, indent: str = "") -> None:
    console.out("\n".join(page.wrapped(text, first=indent, rest=indent + "  ")))


def _names(value: Json) -> str:
    *most, last = _list(value) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _list(value: Json) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def _ends(value: Json) -> tuple[float, float]:
    low, high = value if isinstance(value, list | tuple) else (0.0, 0.0)
    return _real(low), _real(high)


def _real(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _high(value: Json) -> float:
    return _ends(value)[1]


def _percent(value: Json) -> str:
    from counterseal.report.wording import percent  # noqa: PLC0415 - heavy

    return percent(_real(value))


def _span(value: Json) -> str:
    """Return a band of shares: ``6.1 to 14 %``."""
    low, high = _ends(value)
    return _joined(100 * low, 100 * high, " %")


def _points(value: Json) -> str:
    low, high = _ends(value)
    return _joined(100 * low, 100 * high, " points")


def _bits(value: Json) -> str:
    low, high = _ends(value)
    return _joined(low, high, " bits")


def _joined(low: float, high: float, unit: str) -> str:
    one, other = _short(low), _short(high)
    return f"{one}{unit}" if one == other else f"{one} to {other}{unit}"


def _short(value: float) -> str:
    """Return two significant digits, but no more than a reader can use."""
    if 0 < abs(value) < _LEAST:
        return f"<{_LEAST:g}"
    return f"{value:.0f}" if abs(value) >= _WHOLE else f"{value:.2g}"
