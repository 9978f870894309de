"""A command ends with a code that scripts may rely on, and says why on its last line."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import types
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.exits import Exit, exit_of
from counterseal.cli.main import main
from counterseal.cli.table import COMMANDS
from counterseal.errors import (
    CatalogError,
    CountersealError,
    Fault,
    GraphError,
    InvalidDocumentError,
    LedgerError,
    LogError,
    NotEvaluableError,
    Place,
    PolicyError,
    SignatureError,
    UsageError,
    VerificationError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from counterseal.cli.console import Console

HEAVY = (
    "numpy",
    "numba",
    "pydantic",
    "rich",
    "jinja2",
    "cryptography",
    "yaml",
    "cel_expr_python",
)
Install = "Callable[[Callable[[Console], int]], None]"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Console], int]], None]:
    """Put a function in the place of ``explain``."""

    def install(act: Callable[[Console], int]) -> None:
        module = types.ModuleType("counterseal.cli.commands.explain")
        vars(module)["configure"] = lambda _parser: None
        vars(module)["execute"] = lambda _args, console: act(console)
        monkeypatch.setitem(sys.modules, module.__name__, module)

    return install


def raising(error: BaseException) -> Callable[[Console], int]:
    def act(_console: Console) -> int:
        raise error

    return act


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter on our own text
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("words", ["['--help']", "['--version']", "['chek']", "[]"])
def test_help_and_refusals_load_nothing_heavy(words: str) -> None:
    code = (
        f"import sys; from counterseal.cli.main import main; main({words});"
        f"print('loaded:', *(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = python(code)
    assert done.stdout.splitlines()[-1] == "loaded:", done.stdout


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_the_help_of_a_command_loads_no_engine(name: str) -> None:
    code = (
        "import sys; from counterseal.cli.main import main;"
        f"code = main({[*name.split(), '--help']!r});"
        "found = [m for m in ('numba', 'cryptography', 'rich', 'jinja2') if m in sys.modules];"
        "assert (code, found) == (0, []), (code, found)"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert "--json" in done.stdout


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_of_the_table_has_its_module(name: str) -> None:
    (entry,) = [command for command in COMMANDS if command.name == name]
    module = importlib.import_module(entry.module)
    assert callable(module.configure)
    assert callable(module.execute)


def test_help_lists_every_command_with_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(command.name in text and command.summary in text for command in COMMANDS)
    assert all(len(line) <= 80 for line in text.splitlines())


def test_the_version_is_printed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("counterseal ")


@pytest.mark.parametrize(
    ("words", "reason", "hint"),
    [
        (["chekc"], "no command 'chekc'", "did you mean `check`?"),
        (["bundel", "x"], "no command 'bundel'", "did you mean `bundle`?"),
        (["qqqqq"], "no command 'qqqqq'", "`counterseal --help` lists them"),
        ([], "no command given", "`counterseal --help` lists the commands"),
        (["--quiet"], "no command given", "`counterseal --help` lists the commands"),
        (["check", "--jsn"], "no option --jsn", "did you mean `--json`?"),
        (["check", "--js"], "no option --js", "did you mean `--json`?"),
        (["check", "a", "b"], "unexpected argument: b", "see `counterseal check --help`"),
        (["check", "--seed", "-1"], "argument --seed: expected", "--help"),
        (["check", "--seed=x"], "argument --seed: expected a whole number", "--help"),
        (["check", "--workers=0"], "expected a whole number from 1", "--help"),
        (["completion", "tcsh"], "invalid choice", "--help"),
        (["graph"], "graph needs a second word", "`counterseal graph simulate`"),
        (["graph", "draw"], "graph needs a second word", "`counterseal graph compile`"),
        (["-C", "/no/such/folder", "check"], "cannot work in /no/such/folder", ""),
    ],
)
def test_a_wrong_command_line_is_2_and_says_what_was_probably_meant(
    words: list[str], reason: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == Exit.USAGE
    captured = capsys.readouterr()
    last = captured.out.splitlines()[-1]
    assert last.startswith("exit 2: ")
    assert reason in last
    assert hint in captured.err


def test_common_options_may_stand_before_and_after_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before = os.getcwd()  # noqa: PTH109 - compared as text
    try:
        for words in (
            ["-C", str(tmp_path), "--json", "check"],
            ["check", "--json", "-C", str(tmp_path)],
        ):
            assert main(words) == Exit.NOT_EVALUABLE
            assert '"schema": "counterseal-error/1"' in capsys.readouterr().out
    finally:
        os.chdir(before)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("x"), 2),
        (InvalidDocumentError("x", faults=()), 5),
        (NotEvaluableError("x"), 5),
        (PolicyError("x"), 5),
        (CatalogError("x"), 5),
        (GraphError("x"), 5),
        (LogError("x"), 6),
        (LedgerError("x"), 6),
        (SignatureError("x"), 6),
        (VerificationError("x"), 6),
        (CountersealError("x"), 5),
    ],
)
def test_an_error_raised_on_purpose_has_the_code_of_its_kind(
    error: CountersealError,
    code: int,
    command: Callable[[Callable[[Console], int]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert exit_of(error) == code
    command(raising(error))
    assert main(["explain"]) == code
    assert capsys.readouterr().out.splitlines()[-1] == f"exit {code}: x"


@pytest.mark.parametrize("error", [RuntimeError("boom"), AssertionError(), KeyError("x")])
def test_anything_else_is_1_with_a_short_message_and_no_traceback(
    error: Exception,
    command: Callable[[Callable[[Console], int]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    command(raising(error))
    assert main(["explain"]) == Exit.INTERNAL
    captured = capsys.readouterr()
    assert captured.out == f"exit 1: internal error: {type(error).__name__}\n"
    assert "Traceback" not in captured.err
    assert main(["explain", "--debug"]) == Exit.INTERNAL
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_130(
    command: Callable[[Callable[[Console], int]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    command(raising(KeyboardInterrupt()))
    assert main(["explain"]) == 130
    assert capsys.readouterr().out == "exit 130: interrupted\n"


def test_with_json_stdout_holds_one_document_and_the_last_line_is_on_stderr(
    command: Callable[[Callable[[Console], int]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def act(console: Console) -> int:
        console.out("a line for people")
        console.document({"schema": "test/1"})
        console.document({"schema": "never two"})
        return console.conclude(Exit.OBJECTION, "redesign")

    command(act)
    assert main(["explain", "--json"]) == Exit.OBJECTION
    captured = capsys.readouterr()
    assert captured.out == '{\n  "schema": "test/1"\n}\n'
    assert captured.err == "exit 3: redesign\n"


def test_faults_are_printed_with_their_place_and_the_code_is_5(
    command: Callable[[Callable[[Console], int]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(file="estate/a.yaml", line=2, column=3)
    fault = Fault(code="CS111", message="unknown key", place=place, hint="Did you mean?")

    def act(console: Console) -> int:
        console.know({"estate/a.yaml": b"a:\n  ouner: x\n"}, paths={"estate/": "here/estate/"})
        raise InvalidDocumentError("the estate is not valid", faults=(fault,))

    command(act)
    assert main(["explain"]) == Exit.NOT_EVALUABLE
    captured = capsys.readouterr()
    assert captured.err == (
        "here/estate/a.yaml:2:3 CS111 unknown key\n"
        "    2 |   ouner: x\n"
        "      |   ^\n"
        "      = Did you mean?\n\n"
    )
    assert captured.out == "exit 5: the estate is not valid\n"


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
def test_nothing_that_is_not_a_terminal_is_coloured(variables: dict[str, str]) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "TERM"}}
    done = subprocess.run(
        [sys.executable, "-m", "counterseal.cli.main", "check", "/no/such/estate"],
        capture_output=True,
        text=True,
        check=False,
        env=environment | variables,
    )
    assert "\x1b" not in done.stdout + done.stderr


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    code = (
        "import os, sys; from counterseal.cli.main import main;"
        "r, w = os.pipe(); os.close(r); os.dup2(w, 1); sys.exit(main(['completion', 'bash']))"
    )
    assert "Traceback" not in python(code).stderr
