"""``consequence`` prints what a loss yields, whom, for how long, and what is not known."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main
from counterseal.cli.yielding.words import amount, people, ranged, span
from counterseal.consequence.taken.ranges import Range
from counterseal.workspace.packaged import example_folder
from counterseal.workspace.starting import start

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

HARBOUR = str(example_folder("harbour"))
MERIDIAN = str(example_folder("meridian"))
WIRE = """
systems:
  - {id: desk, kind: application, zone: office-network, owner: my-organization}
links:
  - id: wire
    from: desk
    to: case-files
    kind: query
    carries: [applications]
    encryption: {scheme: classical, secure-years: 9, key-years: 1, migration-years: 4}
"""
DECIDED = """
    target:
      confirmed: true
      owner: my-organization
      decided: 2026-01-10
      review-by: 2027-01-10
"""


def _out(capsys: Capture, *words: str) -> str:
    assert main(["consequence", *words]) == 0
    return capsys.readouterr().out


def _project(folder: Path, *, holding: str = "", more: str = "") -> str:
    start(folder)
    path = folder / "estate" / "estate.yaml"
    text = path.read_text(encoding="utf-8").replace("authorities:", f"{holding}\nauthorities:")
    path.write_text(text, encoding="utf-8")
    if more:
        path.with_name("more.yaml").write_text(more, encoding="utf-8")
    return str(folder)


@pytest.fixture(scope="module")
def meridian() -> str:
    """Return what is printed of the larger example, with weights."""
    printed = StringIO()
    with redirect_stdout(printed):
        assert main(["consequence", MERIDIAN, "--weights"]) == 0
    return printed.getvalue()


def test_one_holding_is_told_in_full(capsys: Capture) -> None:
    out = _out(capsys, HARBOUR)
    assert "passes: 38,000 (36,000 to 41,000) people in one place" in out
    assert "person-years; reset: impossible" in out
    assert "ready for: coerce-through-kin 99,000 (65,000 to 140,000) relatives" in out


def test_parts_of_the_records_families_and_layers_are_told_apart(meridian: str) -> None:
    for family in ("coercion", "influence", "recruitment"):
        assert f"\n  {family}\n" in meridian
    assert "coerce: 10% " in meridian
    assert "; 50% " in meridian
    assert "identity " in meridian
    assert "all three " in meridian
    assert "reference population general-public: " in meridian
    assert "outside the declared mission: " in meridian


def test_own_staff_and_what_the_data_reveals_are_said(meridian: str) -> None:
    assert "Own staff as subjects" in meridian
    assert "map-structure: " in meridian
    assert "What the data reveals about the organization: 16 disclosure(s)" in meridian


@pytest.mark.slow
def test_many_holdings_are_told_shortly_unless_in_full(meridian: str, capsys: Capture) -> None:
    short, full = meridian, _out(capsys, MERIDIAN, "--full", "--weights")
    assert "more (--full)" in short
    assert "more (--full" not in full
    assert len(full.splitlines()) > 1.5 * len(short.splitlines())


def test_the_curves_say_what_a_refused_exponential_would(capsys: Capture) -> None:
    out = _out(capsys, HARBOUR, "--curves")
    assert "exponential refused (also of residential-address, utility-account)" in out
    assert "0.875 after 1 y: 7.22 years" in out
    assert "weibull through 0.875 after 1 y and 0.646 after 5 y: 11.8 years" in out
    assert "fingerprint to password over 25 years: 68 (22 to 160) to 1" in out


def test_weights_are_a_view_with_the_share_in_which_each_order_holds(
    meridian: str, capsys: Capture
) -> None:
    assert "never a verdict or headline" in meridian
    assert "Inverse bulk thresholds (28 CFR 202.205) (documented)" in meridian
    assert "of drawn weightings" in meridian
    document = json.loads(_out(capsys, HARBOUR, "--weights", "--json"))
    assert document["weightings"]["draws"] == 1000
    assert [one["id"] for one in document["weightings"]["sets"]] == [
        "bulk-thresholds",
        "nist-impact",
        "special-categories",
    ]


def test_without_asking_there_are_no_weights(capsys: Capture) -> None:
    assert "weightings" not in json.loads(_out(capsys, HARBOUR, "--json"))


def test_a_protection_that_ends_too_early_is_said_and_the_rest_is_unknown(
    tmp_path: Path, capsys: Capture
) -> None:
    out = _out(capsys, _project(tmp_path / "project", more=WIRE))
    assert "link wire carries applications" in out
    assert "what is recorded now can be read while still sensitive, for " in out
    assert "nothing stated, so unknown, for 1 holding(s): applications" in out


def test_what_holds_and_what_may_fall_short_are_told_from_what_does(
    tmp_path: Path, capsys: Capture
) -> None:
    stated = "{scheme: hybrid, secure-years: 99, migration-years: 1, "
    stated += "key-years: {value: 40, high: 50}}\n"
    wire = WIRE.replace(WIRE[WIRE.index("{scheme") :], stated)
    out = _out(capsys, _project(tmp_path / "project", more=wire))
    assert "scheme 99 years: " in out
    assert "key 40 (40 to 50) years: may fall short" in out


def test_what_is_not_encrypted_is_said_plainly(meridian: str) -> None:
    assert "not encrypted: short; readable at once by whoever takes a copy" in meridian


def test_the_register_asks_owners_and_remembers_their_answer(
    tmp_path: Path, capsys: Capture
) -> None:
    folder = _project(tmp_path / "project", holding=DECIDED)
    out = _out(capsys, folder, "--on", "2026-06-01")
    assert "confirmed by my-organization on 2026-01-10, review by 2027-01-10" in out
    out = _out(capsys, folder, "--on", "2027-06-01")
    assert "review overdue since 2027-01-10" in out
    assert "nobody has confirmed or declined it" in _out(capsys, HARBOUR)


def test_a_day_that_is_none_is_refused(capsys: Capture) -> None:
    assert main(["consequence", HARBOUR, "--on", "soon"]) == 2
    assert "YYYY-MM-DD" in "".join(capsys.readouterr())


def test_pictures_are_written_and_listed(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "pictures"
    document = json.loads(_out(capsys, HARBOUR, "--pictures", str(folder), "--json"))
    assert sorted(document["pictures"]) == sorted(p.as_posix() for p in folder.iterdir())
    assert (folder / "survival-residential-address.svg").exists()
    assert (folder / "person-years.svg").exists()


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Range(low=0, value=0, high=0), "nobody"),
        (Range(low=1, value=2, high=9), "fewer than 11"),
        (Range(low=1, value=2, high=90), "fewer than 11 (0 to 90)"),
        (Range(low=5, value=50, high=90), "50 (0 to 90)"),
        (Range(low=50, value=50, high=50), "50"),
        (Range(low=1.2e6, value=1.5e6, high=2.3e6), "1.5 million (1.2 to 2.3 million)"),
        (Range(low=1.2e5, value=1.5e6, high=2.3e9), "1.5 million (120,000 to 2.3 billion)"),
    ],
)
def test_people_are_written_with_their_range_and_never_in_small_cells(
    one: Range, words: str
) -> None:
    assert people(one) == words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Range(low=2, value=3, high=4), "3 (2 to 4) years"),
        (Range(low=40, value=40, high=float("inf")), "at least 40 years"),
        (Range(low=1, value=1, high=1), "1 year"),
        (Range(low=9, value=22, high=float("inf")), "22 years (9 or more)"),
        (Range(low=float("inf"), value=float("inf"), high=float("inf")), "ever"),
    ],
)
def test_years_without_an_end_are_said_in_words(one: Range, words: str) -> None:
    assert span(one) == words


def test_a_point_has_no_range() -> None:
    assert ranged(Range(low=3, value=3, high=3)) == "3"
    assert amount(123456) == "120,000"


def test_without_copies_there_is_nothing_to_spread(capsys: Capture) -> None:
    few = ["--draws", "4", "--lanes", "2", "--workers", "1", "--adversary", "cyber-espionage"]
    out = _out(capsys, HARBOUR, "--spread", *few)
    assert "no holding that it wants has a copy" in out


def test_copies_are_told_apart_from_volume(capsys: Capture, tmp_path: Path) -> None:
    folder = _project(tmp_path / "project", holding="    copies: [desk]\n", more=WIRE)
    few = ["--draws", "4", "--lanes", "2", "--workers", "1", "--adversary", "cyber-espionage"]
    out = _out(capsys, folder, "--spread", *few)
    assert "45,000) people in 2 places; " in out
