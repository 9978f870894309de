"""What lookups tell an external provider about who is watched, in bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.rows import rows_of
from counterseal.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.report.lines import Page

__all__ = ["configure", "execute"]

_WHOLE = 1000


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    for name, words in (
        ("--candidates", "people who could be looked up"),
        ("--watched", "people who are of interest"),
    ):
        parser.add_argument(name, type=positive, required=True, metavar="N", help=words)
    parser.add_argument(
        "--looked-up",
        type=positive,
        metavar="N",
        help="of them, looked up in one period; default: all",
    )
    parser.add_argument(
        "--dummies",
        type=positive,
        default=0,
        metavar="N",
        help="others in the same log who are not told apart; default: none",
    )
    parser.add_argument(
        "--periods",
        type=positive,
        default=1,
        metavar="N",
        help="logs that the provider keeps; default 1",
    )
    parser.add_argument(
        "--fixed", action="store_true", help="the same people and dummies in every period"
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Compute and print."""
    from counterseal.mosaic.leakage import Lookups, document  # noqa: PLC0415

    try:
        lookups = Lookups(
            candidates=args.candidates,
            watched=args.watched,
            looked_up=args.looked_up or args.watched,
            dummies=args.dummies,
            periods=args.periods,
            is_fixed=args.fixed,
        )
    except ValueError as error:
        raise UsageError(str(error), hint="see `counterseal mosaic leakage --help`") from error
    found = document(lookups)
    console.document(found)
    _print(console, found)
    return console.conclude(Exit.OK, "counted under the stated model; nothing was drawn")


def _print(console: Console, found: Mapping[str, Json]) -> None:
    from counterseal.report.lines import Page  # noqa: PLC0415 - heavy

    page = Page(width=console.terminal.width, colour=console.terminal.colour)
    periods = f"{found['periods']:,} periods" if found["periods"] != 1 else "one period"
    text = f"Watched: {found['watched']:,} of {found['candidates']:,} people. Looked up: "
    text += f"{found['looked_up']:,} of them, with {found['dummies']:,} others, in {periods}. "
    text += f"All there is to know about who is watched: {_bits(found['bound'])} bits."
    _say(console, page, text)
    console.out(
        "\n".join(page.heading(1, "What the provider's log tells about who is watched"))
    )
    table = [
        [
            str(row["form"]),
            _span(row["bits"]),
            _span(row["share"], percent=True),
            f"{row['listed']:,}",
            f"{_percent(row['right'])} (of all: {_percent(row['chance'])})",
        ]
        for row in rows_of(found["rows"])
    ]
    names = ["lookups", "bits", "of all there is to know", "names in a log", "of them watched"]
    console.out("\n".join(page.table(names, table)))
    _print_one(console, page, found["one_person"])
    text = (
        "The log also tells when and how often lookups are made: tempo and interest are hidden "
    )
    text += "only where every period has the same number of them at the same times."
    _say(console, page, text, "  ")
    console.out()


def _print_one(console: Console, page: Page, one: Json) -> None:
    if not isinstance(one, dict):
        return
    title = "One person, looked up in each period"
    console.out("\n".join(page.heading(2, title)))
    text = f"in a batch of {one['batch']:,}: with others drawn anew each time "
    text += f"{_bits(one['fresh_bits'])} bits, with always the same others "
    text += f"{_bits(one['fixed_bits'])}; to know all takes {_bits(one['bound'])}."
    _say(console, page, text, "  ")


def _say(console: Console, page: Page, text: str, indent: str = "") -> None:
    console.out("\n".join(page.wrapped(text, first=indent, rest=indent)))


def _span(value: Json, *, percent: bool = False) -> str:
    low, high = value if isinstance(value, list | tuple) else (None, None)
    write = _percent if percent else _bits
    one, other = write(low), write(high)
    return one if one == other else f"{one} to {other}"


def _bits(value: Json) -> str:
    """Return bits with four significant digits, and no exponent."""
    number = float(value) if isinstance(value, int | float) else 0.0
    return f"{number:,.0f}" if number >= _WHOLE else f"{number:.4g}"


def _percent(value: Json) -> str:
    from counterseal.report.wording import percent  # noqa: PLC0415 - heavy

    if value == 1:
        return "all"
    return percent(value) if isinstance(value, int | float) else ""
