"""Write the pages that are made from the program itself, or check that they are current.

``docs/cli.md`` comes from the table of commands and their parsers; the tables of
``docs/adversaries.md`` from the catalog; ``docs/harbour.txt`` and
``docs/img/decision.svg`` from one review of the harbour example; the verdict in ``README.md``
is an excerpt of the former. ``python docs/generate.py`` writes all of them; with ``--check``
and the names of parts (``cli``, ``adversaries``, ``verdict``, ``readme``) it compares instead
of writing. ``docs/sensitivity.md`` takes minutes and is written only when its part,
``sensitivity``, is named.
"""
# ruff: noqa: INP001 - a script beside the pages it writes, not a package

from __future__ import annotations

import argparse
import importlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.parser import parser_for
from counterseal.cli.table import COMMANDS
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from counterseal.catalog.adversaries import Adversary
    from counterseal.catalog.quantity import Quantity
    from counterseal.cli.table import Command

DOCS = Path(__file__).resolve().parent
CHANGE = DOCS.parent / "examples" / "harbour" / "changes" / "terminal-copy.yaml"
WIDTH = 100

EXAMPLES = {
    "demo": "counterseal demo demo",
    "init": "counterseal init my-estate",
    "check": "counterseal check my-estate",
    "review": "counterseal review my-estate/changes/first-change.yaml --fail-on conditions",
    "explain": "counterseal explain likely-worse",
    "report": "counterseal report first-change --estate my-estate",
    "reach": "counterseal reach my-estate",
    "consequence": "counterseal consequence my-estate",
    "backtest": "counterseal backtest my-cases",
    "verify": "counterseal verify first-change.bundle.zip",
    "completion": "counterseal completion bash",
}
"""One line to start from, where the usage line alone does not say it."""

INTRODUCTION = """\
# Command line

Made from the program by `make docs`; do not edit it by hand. Each command also says this with
`--help`. Results go to stdout, notes and progress to stderr, and the last line of stderr names
the exit code and the reason for it.

"""

EXITS = """\
## Exit codes

| code | meaning |
|---|---|
| 0 | no objection; conditions too, unless `--fail-on conditions` was given |
| 1 | internal error: a fault of the program |
| 2 | the command line cannot be understood |
| 3 | the verdict is redesign or refuse |
| 4 | the verdict is conditions, and `--fail-on conditions` was given |
| 5 | an estate, change, policy or catalog is missing, empty, invalid or not evaluable |
| 6 | the ledger, a bundle or a signature does not verify |
| 130 | interrupted |

Nothing that is missing or empty ever ends with 0. Error codes have [their own page](errors.md).
"""

_PICTURE_RULE = re.compile(r"^(svg text|\.(b|s|x|t|l|h|n)[-. ])")
"""Rules of the report's style sheet that are about the decision picture."""

EXCERPT = (
    r"  \+ added link",
    r"  worse in ",
    r"\d\. Verdict",
    r"  . [A-Z]{5,}",
    r"  - [a-z-]+ \([a-z ]+\): ",
    r"\d\. Smallest set",
    r"  - ",
    r"\d\. Worst path",
    r"   1 ",
    r"   2 ",
    r"  cut: ",
    r"\d\. Flip distance",
    r"  \w",
    r"\d\. Evidence",
    r"  \w",
    r"\d\. Alternatives",
    r"  The terminal asks",
    r"exit \d",
)
"""How the items of the review begin that the README shows, in their order."""

_BEGIN, _END = "<!-- an excerpt of docs/harbour.txt, by `make docs` -->\n", "<!-- end -->"


PARTS = ("cli", "adversaries", "verdict", "readme")

SENSED = {
    "harbour": ("terminal-copy",),
    "meridian": (
        "search-hub",
        "search-federated",
        "planning-contract",
        "adtech-location",
        "accommodation-hosting",
        "statistics-minimisation",
    ),
}
"""Changes of the examples on the page of sensitivity."""
SENSED_MOST, SENSED_SHOWN = 24, 6


def main() -> int:
    """Write or check the pages that were asked for; 1 when a page is not current."""
    parser = argparse.ArgumentParser(description="Write the generated pages, or check them.")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    args = parser.parse_args()
    pages: dict[Path, str] = {}
    makers = {
        "cli": command_pages,
        "adversaries": adversary_page,
        "verdict": verdict_pages,
        "sensitivity": sensitivity_page,
    }
    for part in args.parts or PARTS:
        pages |= makers[part]() if part in makers else readme_page(pages)
    stale = [path for path, text in pages.items() if not _is_current(path, text)]
    for path in stale:
        name = path.relative_to(DOCS.parent)
        if args.check:
            sys.stderr.write(f"{name} is not current; `make docs` writes it\n")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(pages[path], encoding="utf-8")
            sys.stdout.write(f"wrote {name}\n")
    return int(args.check and bool(stale))


def _is_current(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def command_pages() -> dict[Path, str]:
    """Return the page of commands."""
    parts = [INTRODUCTION, "| command | does |\n|---|---|\n"]
    parts += [f"| [`{c.name}`](#{_anchor(c)}) | {c.summary} |\n" for c in COMMANDS]
    parts.append("\n## Options of every command\n\n")
    parts.append("".join(_table(_common(COMMANDS[0]))))
    parts += [section(command) for command in COMMANDS]
    return {DOCS / "cli.md": "".join(parts) + "\n" + EXITS}


def sensitivity_page() -> dict[Path, str]:
    """Return the page on what the catalog's own numbers do to verdicts; takes minutes."""
    from counterseal.review.inputs import Settings  # noqa: PLC0415 - heavy, for this part alone
    from counterseal.workspace.examining.sensing import sensitivity  # noqa: PLC0415
    from counterseal.workspace.project import open_project  # noqa: PLC0415

    page = DOCS / "sensitivity.md"
    text = page.read_text(encoding="utf-8")
    rows = ["| change | verdict | tried | move it | ratio at the ends of what moves most |\n"]
    rows.append("|---|---|---|---|---|\n")
    for example, changes in SENSED.items():
        folder = DOCS.parent / "examples" / example
        for change in changes:
            path = folder / "changes" / f"{change}.yaml"
            found = sensitivity(open_project(folder), path, Settings(), most=SENSED_MOST)
            rows.append(_sensed(found))
    return {page: _between(text, "changes", "".join(rows))}


def _sensed(found: Mapping[str, object]) -> str:
    parameters = [row for row in _listed(found["parameters"]) if isinstance(row, dict)]
    moving = [f"`{row['id']}`" for row in parameters if row["moves"]]
    widest = [
        f"`{row['id']}` {_times(row['low'])} to {_times(row['high'])}"
        for row in parameters[:SENSED_SHOWN]
    ]
    return (
        f"| `{found['change']}` | {found['verdict']} | {len(parameters)} of {found['known']} "
        f"| {', '.join(moving) or 'none'} | {'; '.join(widest)} |\n"
    )


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _times(end: Mapping[str, float | None]) -> str:
    ratio = end["ratio"]
    return "from nothing" if ratio is None else f"×{ratio:.4g}"  # noqa: RUF001 - what readers see


def adversary_page() -> dict[Path, str]:
    """Return the page of adversaries with its tables as the catalog has them."""
    page = DOCS / "adversaries.md"
    text = page.read_text(encoding="utf-8")
    profiles = catalog().adversaries.values()
    tables = {"vectors": _vectors(profiles), "campaigns": _campaigns(profiles)}
    for name, rows in tables.items():
        text = _between(text, name, "\n".join(rows) + "\n")
    return {page: text}


def _between(text: str, name: str, table: str) -> str:
    """Return ``text`` with what stands between the marks of ``name`` replaced."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    head, _, rest = text.partition(begin)
    return head + begin + table + end + rest.partition(end)[2]


def _vectors(profiles: Iterable[Adversary]) -> Iterator[str]:
    yield "| profile | way in | has it at all | clock | grade | leans on |"
    yield "|---|---|---|---|---|---|"
    for profile in profiles:
        for row in profile.vectors:
            rate = row.rate_per_year
            clock = f"{_range(rate)} a year" if rate else f"{row.time_class} step"
            has, leans = row.capability, row.capability.source or "judgement"
            grades = f"{has.grade}; clock {row.grade}"
            cells = (profile.id, row.id, _range(has), clock, grades, leans)
            yield f"| {' | '.join(cells)}; {'; '.join(row.citations)} |"


def _campaigns(profiles: Iterable[Adversary]) -> Iterator[str]:
    yield "| profile | attempts at a step | days lost when seen | horizon | shifts | changes |"
    yield "|---|---|---|---|---|---|"
    for profile in profiles:
        moved = (f"{name} {by:+d}" for name, by in profile.shift.items())
        aims = ", ".join(profile.objectives.integrity) or "none"
        cells = (
            profile.id,
            str(profile.max_attempts),
            _range(profile.reentry_days),
            f"{profile.horizon_years:g} years",
            ", ".join(moved) or "none",
            aims,
        )
        yield f"| {' | '.join(cells)} |"


def _range(quantity: Quantity) -> str:
    if quantity.low is None or quantity.high is None:
        return f"{quantity.value:g}"
    return f"{quantity.value:g} ({quantity.low:g} to {quantity.high:g})"


def section(command: Command) -> str:
    """Return the part of the page that is about one command."""
    module = importlib.import_module(command.module)
    parser = parser_for(command)
    module.configure(parser)
    own = [row for row in _rows(parser) if row not in _common(command)]
    lines = [f"\n## {command.name}\n\n{parser.description}\n"]
    if own:
        lines += ["\n", *_table(own)]
    if command.name in EXAMPLES:
        lines.append(f"\n```sh\n{EXAMPLES[command.name]}\n```\n")
    return "".join(lines)


def _common(command: Command) -> list[tuple[str, str]]:
    return list(_rows(parser_for(command)))


def _rows(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """Yield how each argument is written and what its help says."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no public list
        if action.help == argparse.SUPPRESS or "--help" in action.option_strings:
            continue
        value = _value(action)
        names = [f"{name} {value}".strip() for name in action.option_strings] or [value]
        yield ", ".join(f"`{name}`" for name in names), str(action.help or "")


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices is not None and action.metavar is None:
        return " or ".join(str(choice) for choice in action.choices)
    named = action.metavar or action.dest
    name = " ".join(named) if isinstance(named, tuple) else str(named)
    return {"?": f"[{name}]", "*": f"[{name} …]", "+": f"{name} …"}.get(str(action.nargs), name)


def _table(rows: list[tuple[str, str]]) -> Iterator[str]:
    yield "| argument | meaning |\n|---|---|\n"
    for written, meaning in rows:
        yield f"| {_cell(written)} | {_cell(meaning)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _anchor(command: Command) -> str:
    return command.name.replace(" ", "-")


def verdict_pages() -> dict[Path, str]:
    """Return the text and the picture of one review of the harbour example."""
    from counterseal.report.text import Options, render, summary  # noqa: PLC0415 - heavy
    from counterseal.review.inputs import Settings  # noqa: PLC0415 - heavy
    from counterseal.workspace.project import find_project  # noqa: PLC0415 - heavy
    from counterseal.workspace.reviewing import review_change  # noqa: PLC0415 - heavy

    review = review_change(find_project(CHANGE.parent), CHANGE, Settings())
    options = Options(width=WIDTH, colour=False, ascii_only=False, full=False, levels=False)
    text = render(review.document, options).rstrip("\n")
    last = f"exit {review.document['exit']}: {summary(review.document)}"
    return {
        DOCS / "harbour.txt": f"{text}\n{last}\n",
        DOCS / "img" / "decision.svg": standalone(review.page.decode()),
    }


def readme_page(pages: Mapping[Path, str]) -> dict[Path, str]:
    """Return the README with its excerpt of the review renewed."""
    path, kept = DOCS.parent / "README.md", DOCS / "harbour.txt"
    review = pages.get(kept) or kept.read_text(encoding="utf-8")
    before, rest = path.read_text(encoding="utf-8").split(_BEGIN, 1)
    after = rest.split(_END, 1)[1]
    return {path: f"{before}{_BEGIN}```text\n{excerpt(review)}```\n{_END}{after}"}


def excerpt(review: str) -> str:
    """Return the items of a review that ``EXCERPT`` names; what is left out is dotted.

    An item is a line and the lines below it that are indented deeper.
    """
    lines = review.splitlines()
    kept: list[str] = []
    place = 0
    for pattern in EXCERPT:
        found = next(i for i in range(place, len(lines)) if re.match(pattern, lines[i]))
        if found > place and any(line.strip() for line in lines[place:found]):
            kept.append("  …")
        place = _item_end(lines, found)
        kept += lines[found:place]
    return "".join(f"{line}\n" for line in kept)


def _item_end(lines: list[str], start: int) -> int:
    """Return where the item that begins at ``start`` is over."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    for index in range(start + 1, len(lines)):
        text = lines[index].lstrip()
        if not indent or not text or len(lines[index]) - len(text) <= indent:
            return index
    return len(lines)


def standalone(page: str) -> str:
    """Return the decision picture of a report as a file that needs no other.

    Colors follow the reader's theme: the picture keeps both sets of the report.

    Args:
        page: The HTML report.
    """
    picture = _found(r'<svg class="picture".*?</svg>', page)
    sheet = _found(r"(?<=<style>).*?(?=</style>)", page)
    themes = re.findall(r":root \{.*?\}", sheet, flags=re.DOTALL)
    rules = [line for line in sheet.splitlines() if _PICTURE_RULE.match(line)]
    used = set(re.findall(r"var\((--[a-z-]+)\)", "\n".join(rules))) | {"--page"}
    light, dark = (_only(theme, used) for theme in themes[:2])
    style = "\n".join(
        [
            light,
            f"@media (prefers-color-scheme: dark) {{\n{dark}\n}}",
            *rules,
            ".ground { fill: var(--page); }",
        ]
    )
    opening, rest = picture.split(">", 1)
    opening = opening.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    width, height = (_found(rf'(?<=\b{name}=")\d+', opening) for name in ("width", "height"))
    ground = f'<rect class="ground" width="{width}" height="{height}" rx="6"/>'
    title, drawing = rest.split("</desc>", 1)
    return f"{opening}>{title}</desc>\n<style>\n{style}\n</style>\n{ground}\n{drawing}\n"


def _only(theme: str, used: set[str]) -> str:
    """Return a theme with only the colors that the picture uses."""
    kept = [
        f"  {name}: {color};"
        for name, color in re.findall(r"(--[a-z-]+): (#\w+);", theme)
        if name in used
    ]
    return "\n".join([":root {", *kept, "}"])


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, flags=re.DOTALL)
    if match is None:
        message = f"nothing matches {pattern}"
        raise ValueError(message)
    return match[0]


if __name__ == "__main__":
    sys.exit(main())
