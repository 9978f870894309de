"""What a file says can never steer a terminal, and a record about a person is never shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.cli.console import MOST_FAULTS, Console, shown
from counterseal.errors import Fault, Place
from counterseal.workspace.terminal import Terminal


def console(*, colour: bool = False, ascii_only: bool = False, quiet: bool = False) -> Console:
    terminal = Terminal(colour=colour, ascii_only=ascii_only)
    return Console(terminal, is_json=False, is_quiet=quiet)


def fault(
    *, line: int = 1, column: int = 1, code: str = "CS113", message: str = "wrong"
) -> Fault:
    return Fault(
        code=code, message=message, place=Place(file="a.yaml", line=line, column=column)
    )


@given(st.text(max_size=60), st.integers(1, 80))
def test_a_source_line_never_carries_a_control_character(text: str, column: int) -> None:
    out = console()
    out.know({"a.yaml": text.encode("utf-8", "replace")}, paths={})
    framed = out._framed(fault(column=column, message=text))
    assert all(char.isprintable() or char == "\n" for char in framed)


def test_the_caret_stands_below_the_column() -> None:
    out = console()
    out.know({"a.yaml": "first: 1\nsecond: zwölf\n".encode()}, paths={})
    assert out._framed(fault(line=2, column=9)).splitlines()[1:] == [
        "    2 | second: zwölf",
        "      |         ^",
    ]


def test_a_long_line_is_cut_to_a_window_that_holds_the_column() -> None:
    out = console()
    out.know({"a.yaml": b"x" * 5_000 + b"HERE" + b"x" * 5_000}, paths={})
    _, line, caret = out._framed(fault(column=5_001)).splitlines()
    assert len(line) < 120
    assert line[caret.index("^") :].startswith("HERE")


@pytest.mark.parametrize(("line", "column"), [(9, 1), (1, 1)])
def test_a_place_that_is_not_in_a_known_file_has_no_frame(line: int, column: int) -> None:
    out = console()
    if line == 9:
        out.know({"a.yaml": b"one line"}, paths={})
    assert len(out._framed(fault(line=line, column=column)).splitlines()) == 1


def test_the_line_of_a_record_about_a_person_is_not_shown() -> None:
    out = console()
    out.know({"a.yaml": b"note: 123-45-6789"}, paths={})
    assert "6789" not in out._framed(fault(code="CS110"))


def test_a_fault_without_a_place_is_printed_with_its_hint() -> None:
    text = console()._framed(Fault(code="CS277", message="a case fails", hint="mend it"))
    assert text == "CS277 a case fails\n      = mend it"


def test_many_faults_are_cut_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    console().faults([fault()] * (MOST_FAULTS + 7))
    text = capsys.readouterr().err
    assert text.count("CS113") == MOST_FAULTS
    assert "and 7 more" in text


def test_colour_is_used_only_where_it_is_wanted() -> None:
    assert "\x1b[1m" in console(colour=True)._framed(fault())
    assert "\x1b" not in console()._framed(fault())


def test_quiet_leaves_notes_out_and_keeps_results(capsys: pytest.CaptureFixture[str]) -> None:
    out = console(quiet=True)
    out.note("a note")
    out.out("a result")
    assert capsys.readouterr() == ("a result\n", "")


def test_only_ascii_is_printed_where_only_ascii_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console(ascii_only=True).out("● no objection — “done”")
    assert capsys.readouterr().out.isascii()


def test_text_for_a_program_is_printed_exactly_and_moves_the_last_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = console()
    out.write("exact\n")
    out.last_line(0)
    assert capsys.readouterr() == ("exact\n", "exit 0: done\n")


@given(st.text(max_size=50))
def test_shown_text_keeps_every_printable_character(text: str) -> None:
    assert len(shown(text)) == len(text)
    assert [c for c in shown(text) if c != " "] == [
        c for c in text if (c.isprintable() or c == "\n") and c != " "
    ]
