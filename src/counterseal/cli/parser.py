"""From words to options: common options anywhere, one parser for the chosen command."""

from __future__ import annotations

import argparse
import difflib
from typing import TYPE_CHECKING, Final, NoReturn

from counterseal.cli.table import COMMANDS, find, groups
from counterseal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from counterseal.cli.table import Command

__all__ = ["Parser", "chosen", "parse", "parser_for", "positive", "seed", "top_help"]

_VALUED: Final = frozenset({"-C", "--seed", "--workers"})
"""Common options that take the next word as their value."""


class Parser(argparse.ArgumentParser):
    """A parser that raises ``UsageError`` and suggests what was probably meant."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and leaving."""
        raise UsageError(message, hint=f"see `{self.prog} --help`")

    def refuse_unknown(self, words: Sequence[str]) -> None:
        """Raise for words that no option or argument of the command took.

        Raises:
            UsageError: There is one; the hint names the option that comes nearest.
        """
        if not words:
            return
        options = [word for word in words if word.startswith("-")]
        if not options:
            self.error(f"unexpected argument: {words[0]}")
        name = options[0].split("=")[0]
        hint = suggestion(name, self._option_string_actions)
        raise UsageError(f"no option {name}", hint=hint or f"see `{self.prog} --help`")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a question that names the nearest of ``known``, or an empty string."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean `{close[0]}`?" if close else ""


def chosen(words: Sequence[str]) -> tuple[Command | None, list[str]]:
    """Return the command that ``words`` name and the other words, in order.

    Raises:
        UsageError: There is no such command.
    """
    rest = list(words)
    first = _first_plain(rest)
    if first is None:
        return None, rest
    name = rest.pop(first)
    if name in groups():
        name += f" {_second(name, rest)}"
    command = find(name)
    if command is None:
        hint = suggestion(name, [c.name for c in COMMANDS])
        raise UsageError(f"no command {name!r}", hint=hint or "`counterseal --help` lists them")
    return command, rest


def parser_for(command: Command) -> Parser:
    """Return a parser with the common options, for the command's module to complete."""
    parser = Parser(
        prog=f"counterseal {command.name}",
        description=command.summary[0].upper() + command.summary[1:] + ".",
        allow_abbrev=False,
    )
    common = parser.add_argument_group("common options")
    common.add_argument("--json", action="store_true", help="one JSON document on stdout")
    common.add_argument("--quiet", action="store_true", help="print results and errors only")
    common.add_argument("--seed", type=seed, metavar="N", help="seed of every random number")
    common.add_argument("--workers", type=positive, metavar="N", help="threads to use")
    common.add_argument("-C", dest="directory", metavar="DIR", help="work in DIR")
    common.add_argument("--ascii", action="store_true", help="print ASCII characters only")
    common.add_argument("--debug", action="store_true", help="show where an error came from")
    return parser


def parse(parser: Parser, words: Sequence[str]) -> argparse.Namespace:
    """Return the options that ``words`` give.

    Raises:
        UsageError: A word is unknown, missing or not a value of its option.
    """
    args, unknown = parser.parse_known_args(words)
    parser.refuse_unknown(unknown)
    return args


def seed(text: str) -> int:
    """Return a seed: a whole number from 0 to 2**53 - 1, so that JSON can hold it."""
    return _whole(text, low=0, high=2**53 - 1)


def positive(text: str) -> int:
    """Return a whole number of at least 1."""
    return _whole(text, low=1, high=1_000_000_000)


def top_help() -> str:
    """Return the help of the program, from the table alone."""
    lines = ["usage: counterseal COMMAND [options]", ""]
    lines += ["Counterintelligence review of changes to an organisation's data estate.", ""]
    width = max(len(command.name) for command in COMMANDS)
    for heading in dict.fromkeys(command.heading for command in COMMANDS):
        lines.append(f"{heading}:")
        lines += [f"  {c.name:<{width}}  {c.summary}" for c in COMMANDS if c.heading == heading]
        lines.append("")
    lines += [
        "Every command takes --json, --quiet, --seed N, --workers N, -C DIR, --ascii,",
        "--debug and --help. `counterseal --version` prints the version.",
        "",
        "Exit codes: 0 no objection or conditions; 1 internal error; 2 usage;",
        "3 redesign or refuse; 4 conditions, with --fail-on conditions;",
        "5 invalid, missing or not evaluable; 6 ledger or signature does not verify;",
        "130 interrupted.",
    ]
    return "\n".join(lines) + "\n"


def _second(first: str, rest: list[str]) -> str:
    """Take the second word of a command out of ``rest``."""
    known = [c.name.split()[1] for c in COMMANDS if c.name.startswith(f"{first} ")]
    index = _first_plain(rest)
    if index is None or rest[index] not in known:
        choices = " or ".join(f"`counterseal {first} {word}`" for word in known)
        raise UsageError(f"{first} needs a second word", hint=f"try {choices}")
    return rest.pop(index)


def _first_plain(words: Sequence[str]) -> int | None:
    """Return the index of the first word that is neither an option nor its value."""
    skip = False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word == "--":
            return None
        elif word.startswith("-") and word != "-":
            skip = word in _VALUED
        else:
            return index
    return None


def _whole(text: str, *, low: int, high: int) -> int:
    if not text.isdecimal() or not low <= int(text[:20]) <= high:
        msg = f"expected a whole number from {low} to {high}, found {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
