"""Pages and program agree: commands, options, make targets, links, versions, and names."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.parser import chosen, parse, parser_for, top_help
from counterseal.cli.table import COMMANDS
from counterseal.errors import UsageError

if TYPE_CHECKING:
    from counterseal.cli.table import Command

ROOT = Path(__file__).parents[2]
ROOTS = ("README", "ARCHITECTURE", "CONTRIBUTING", "SECURITY", "CHANGELOG")
PAGES = sorted(
    [
        *(ROOT / f"{name}.md" for name in ROOTS),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
    ]
)
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", flags=re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PLACEHOLDER = re.compile(r"[…|\[\]<>]|\.\.\.")
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _blocks(page: Path) -> list[str]:
    """Lines of the page's shell blocks, without comments and prompts."""
    text = page.read_text(encoding="utf-8")
    lines = [
        line.split(" #")[0].strip().removeprefix("$ ")
        for language, block in FENCE.findall(text)
        if language in {"sh", "bash", "console", "shell"}
        for line in block.replace("\\\n", " ").splitlines()
    ]
    return [line for line in lines if line and not line.startswith("#")]


def _inline(page: Path) -> list[str]:
    """What the page sets between single backticks, outside blocks."""
    return [
        text.strip() for text in INLINE.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    ]


def _complaint(line: str) -> str:
    """Return why the program would not take ``line``, or an empty string."""
    words = shlex.split(line)[1:]
    if not set(words) - {"--version", "--help", "-h"}:
        return ""
    try:
        command, rest = chosen(words)
        if command is None:
            return "no command"
        parser = parser_for(command)
        importlib.import_module(command.module).configure(parser)
        parse(parser, [word for word in rest if word not in {"--help", "-h"}])
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_line_in_a_block_is_one_the_program_takes(page: Path) -> None:
    lines = [
        line
        for line in _blocks(page)
        if re.match(r"(\.venv/bin/)?counterseal ", line) and not PLACEHOLDER.search(line)
    ]
    assert {line: found for line in lines if (found := _complaint(line))} == {}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_named_in_a_sentence_exists_with_its_options(page: Path) -> None:
    lines = [line for line in _inline(page) if line.startswith("counterseal ")]
    wrong = {
        line: found
        for line in lines
        if not PLACEHOLDER.search(line)
        and (found := _complaint(line))
        and "required" not in found
        and "expected one argument" not in found
    }
    assert wrong == {}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    lines = [*_blocks(page), *_inline(page)]
    named = {m[1] for line in lines if (m := re.match(r"make ([a-z]+)\b", line))}
    assert named - TARGETS == set()


def test_a_wrong_option_and_a_wrong_command_are_noticed() -> None:
    assert "no option --frm" in _complaint("counterseal review change.yaml --frm html")
    assert "no command" in _complaint("counterseal revue change.yaml")
    assert _complaint("counterseal review change.yaml --format html") == ""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_a_section_and_help_for_each_argument(command: Command) -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    parser = parser_for(command)
    importlib.import_module(command.module).configure(parser)
    assert f"\n## {command.name}\n" in page
    assert f"  {command.name} " in top_help()
    assert [action.dest for action in parser._actions if not action.help] == []


def test_the_page_of_commands_is_what_the_program_says() -> None:
    _require_current("cli")


def test_the_verdict_in_the_readme_is_an_excerpt_of_the_kept_review() -> None:
    _require_current("readme")


@pytest.mark.slow
def test_the_kept_review_and_the_picture_are_what_the_program_computes() -> None:
    _require_current("verdict")


def _require_current(part: str) -> None:
    script = ROOT / "docs" / "generate.py"
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(script), "--check", part],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(_prose(page)) if _is_broken(page, link)]
    assert broken == []


def _prose(page: Path) -> str:
    return INLINE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))


def _is_broken(page: Path, link: str) -> bool:
    if re.match(r"(https?|mailto):", link):
        return False
    file, _, anchor = link.partition("#")
    target = (page.parent / file).resolve() if file else page
    if not target.exists():
        return True
    return bool(anchor) and anchor not in _anchors(target)


def _anchors(page: Path) -> set[str]:
    """Anchors of the headings of a page, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_every_page_is_linked_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / link.split("#")[0]).resolve() for link in LINK.findall(index)}
    pages = {page for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert sorted(map(_name, pages - linked)) == ["docs/index.md"]


def test_the_changelog_has_a_section_for_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"\n## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_decision_is_short_and_says_what_was_rejected() -> None:
    for path in sorted((ROOT / "docs" / "adr").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 60, path.name
        assert re.match(rf"# {int(path.name[:4])}\. ", text), path.name
        for part in ("Context", "Decision", "Rejected", "Consequences"):
            assert f"\n## {part}\n" in text, path.name


MACHINE = re.compile(
    r"(?<![\w./-])/(work|home|root|Users|tmp)(/|\b(?!\w))"  # a place on somebody's machine
    r"|\b(localhost|127\.0\.0\.1)\b"
    r"|\bC:\\\\"
)
WRITTEN = [
    *PAGES,
    *(
        path
        for top in ("src", "tests", "examples", "benchmarks", "docs")
        for path in sorted((ROOT / top).rglob("*.*"))
    ),
    *(ROOT / name for name in ("Makefile", "pyproject.toml")),
]
TEXT = {".py", ".md", ".yaml", ".toml", ".jinja", ".css", ".txt", ".svg", ""}


def test_no_page_and_no_source_names_a_place_on_a_machine() -> None:
    found = [
        f"{_name(path)}: {match[0]}"
        for path in sorted(set(WRITTEN))
        if path.suffix in TEXT and path != Path(__file__) and path.is_file()
        for match in MACHINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
