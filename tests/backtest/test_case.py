"""Cases are read with all faults at once; what a case leaves out is left out."""

from __future__ import annotations

import pytest

from counterseal.backtest.case import kebab_id, parse
from counterseal.errors import InvalidDocumentError

SMALL_PRE = (
    "case_id: small\norgs: [{id: a, kind: operator}]\nsystems: [{id: s, owner: a, extra: 1}]\n"
)
SMALL_TRUTH = "case_id: small\nobjective: a label\n"


def faults_of(pre: dict[str, str], truth: dict[str, str]) -> list[tuple[str, int]]:
    with pytest.raises(InvalidDocumentError) as caught:
        parse(
            {f"pre/{name}": text.encode() for name, text in pre.items()},
            {f"truth/{name}": text.encode() for name, text in truth.items()},
        )
    places = [fault.place for fault in caught.value.faults]
    assert all(place is not None for place in places)
    return [(f.code, f.place.line if f.place else 0) for f in caught.value.faults]


def test_holdings_trust_controls_and_path_may_be_absent_and_other_keys_are_passed_over() -> (
    None
):
    (case,) = parse({"pre/s.yaml": SMALL_PRE.encode()}, {"truth/s.yaml": SMALL_TRUTH.encode()})
    assert case.id == "small"
    assert not [*case.before.holdings, *case.before.trust, *case.before.controls]
    assert case.truth.path == ()


def test_edges_of_a_step_are_separated_by_commas_and_may_be_null(
    pre_text: str, truth_text: str
) -> None:
    (case,) = parse({"x.yaml": pre_text.encode()}, {"x.yaml": truth_text.encode()})
    assert [step.edges for step in case.truth.path] == [(), ("e1",), ("e2", "e3"), ("e99",)]


def test_all_faults_of_all_files_come_at_once_with_their_places(
    pre_text: str, truth_text: str
) -> None:
    broken = pre_text.replace("owner: office, zone: dmz", "owner: nobody, zone: dmz").replace(
        "to: lan, kind: network", "to: nowhere, kind: network"
    )
    other = "case_id: other\nobjective: 4\npath: [{edge: 7}]\n"
    found = faults_of(
        {"a.yaml": broken, "b.yaml": SMALL_PRE}, {"a.yaml": truth_text, "b.yaml": other}
    )
    assert found == [
        ("CS122", 9),
        ("CS122", 19),
        ("CS113", 2),
        ("CS113", 3),
    ]


def test_two_ids_that_become_one_are_a_fault(pre_text: str, truth_text: str) -> None:
    twice = pre_text.replace("id: crew_net", "id: Tug-CO")
    assert ("CS121", 8) in faults_of({"a.yaml": twice}, {"a.yaml": truth_text})


def test_a_half_without_its_other_half_is_a_fault(pre_text: str, truth_text: str) -> None:
    assert faults_of({"a.yaml": pre_text}, {"b.yaml": truth_text}) == [
        ("CS122", 1),
        ("CS122", 1),
    ]


def test_halves_of_different_cases_are_a_fault(pre_text: str) -> None:
    assert faults_of({"a.yaml": pre_text}, {"a.yaml": SMALL_TRUTH}) == [("CS122", 1)]


def test_two_cases_of_one_id_are_a_fault() -> None:
    pre, truth = (
        dict.fromkeys(("a.yaml", "b.yaml"), text) for text in (SMALL_PRE, SMALL_TRUTH)
    )
    assert faults_of(pre, truth) == [("CS121", 1)]


def test_no_case_at_all_is_a_fault() -> None:
    assert faults_of({}, {}) == [("CS120", 1)]


def test_rows_that_look_like_people_are_refused(pre_text: str, truth_text: str) -> None:
    row = "people: [{name: A. Example, birth_date: 1970-01-02, passport_number: X1234567}]\n"
    codes = {code for code, _ in faults_of({"a.yaml": pre_text + row}, {"a.yaml": truth_text})}
    assert codes == {"CS110"}


def test_cases_come_in_order_of_id(pre_text: str, truth_text: str) -> None:
    found = parse(
        {"1.yaml": SMALL_PRE.encode(), "2.yaml": pre_text.encode()},
        {"1.yaml": SMALL_TRUTH.encode(), "2.yaml": truth_text.encode()},
    )
    assert [case.id for case in found] == ["harbour_office", "small"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("h_bi", "h-bi"), ("E 3b", "e-3b"), ("__", "9911f4d2b184"), ("x", "x")],
)
def test_ids_become_words_joined_by_hyphens(text: str, expected: str) -> None:
    assert kebab_id(text) == expected


def test_blanks_are_as_good_as_nothing_and_lists_may_be_written_either_way() -> None:
    pre = (
        "case_id: small\norgs: [{id: a, kind: null}]\nholdings:\ntrust: null\n"
        "systems: [{id: s, owner: a, zone: null}]\n"
    )
    truth = (
        "case_id: small\nobjective: null\nobjective_holdings: h1\ndates: unknown\n"
        "path: [{to: s, edge: [e1, e2]}, {from: s, to: null, edge: null}]\n"
    )
    (case,) = parse({"pre/s.yaml": pre.encode()}, {"truth/s.yaml": truth.encode()})
    assert (case.before.holdings, case.before.trust) == ((), ())
    assert case.truth.objective_holdings == ("h1",)
    assert [step.edges for step in case.truth.path] == [("e1", "e2"), ()]
    assert case.truth.dates == {}


def test_long_ids_stay_apart() -> None:
    one, other = kebab_id("a" * 90 + "1"), kebab_id("a" * 90 + "2")
    assert one != other
    assert max(len(one), len(other)) <= 56
