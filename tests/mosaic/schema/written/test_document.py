"""A schema document is read as its author meant, and faults say where and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterseal.errors import InvalidDocumentError
from counterseal.mosaic.schema.written.document import parse

ROOT = Path(__file__).parents[4]
EXAMPLE = (ROOT / "docs" / "mosaic-schema-example.yaml").read_text(encoding="utf-8")

SMALL = """\
schema: counterseal-mosaic-schema/1
title: t
population: {name: adults, people: 1000}
attributes:
  - id: sex
    values: {female: 3, male: 1}
    coarser: [{name: all, groups: {anybody: [female, male]}}]
  - id: age
    cardinality: 4
    zipf: {exponent: 1, low: 0, high: 2}
    missing: 0.25
    coarser: [{name: halves, width: 2}]
  - id: face
    identifier: true
  - id: secret
    shares: [1, 3]
    sensitive: true
pairs:
  - of: [sex, secret]
    table: [[15, 60], [10, 15]]
linkers:
  - {name: search, attribute: face, false-match: 0.001, false-non-match: 0.02}
holdings:
  - {id: ours, attributes: [sex, age, face, secret]}
  - {id: theirs, attributes: [sex, face], named: true, held-by: adversary, coverage: 0.5}
"""


def _faults(text: str) -> list[tuple[str, str, int]]:
    with pytest.raises(InvalidDocumentError) as caught:
        parse(text.encode(), file="s.yaml")
    return [
        (fault.code, fault.message, fault.place.line if fault.place else 0)
        for fault in caught.value.faults
    ]


def test_shares_follow_from_counts_and_shapes() -> None:
    schema = parse(SMALL.encode(), file="s.yaml")
    sex, age = schema.marginal("sex"), schema.marginal("age")
    assert (sex.shares, sex.labels) == ((0.75, 0.25), ("female", "male"))
    assert age.shares == pytest.approx((12 / 25, 6 / 25, 4 / 25, 3 / 25))
    assert age.flattest == (0.25,) * 4
    assert age.steepest[0] > age.shares[0] > age.flattest[0]
    assert age.missing == 0.25
    assert age.coarser[0].groups == (0, 0, 1, 1)
    assert sex.coarser[0].groups == (0, 0)
    assert schema.marginal("face").is_identifier
    assert schema.pairs[0].array().sum() == pytest.approx(1.0)


def test_what_is_not_said_of_the_change_is_nothing_before_and_all_after() -> None:
    schema = parse(SMALL.encode(), file="s.yaml")
    assert (schema.before, schema.after) == ((), ("ours",))
    assert schema.holdings[1].is_adversarys
    assert schema.holdings[1].is_named
    assert schema.sensitive == {"secret"}


def test_the_example_of_the_page_is_read() -> None:
    schema = parse(EXAMPLE.encode(), file="example.yaml")
    assert schema.people == 400_000
    assert schema.before == ("plate-reads", "enrolment")


@pytest.mark.parametrize(
    ("old", "new", "code", "words", "line"),
    [
        ("attributes: [sex, face]", "attributes: [sex, fase]", "CS122", "'fase'", 25),
        ("attributes: [sex, face]", "attributes: [sex, sex]", "CS139", "twice", 25),
        ("id: theirs", "id: ours", "CS121", "'ours'", 25),
        ("id: secret\n", "id: sex\n", "CS121", "'sex'", 14),
        ("attribute: face", "attribute: sex", "CS117", "everybody's own", 22),
        ("of: [sex, secret]", "of: [sex, sex]", "CS133", "itself", 18),
        ("of: [sex, secret]", "of: [sex, age]", "CS117", "listed values", 18),
        ("of: [sex, secret]", "of: [sex, seks]", "CS122", "'seks'", 18),
        ("[10, 15]", "[10, 15, 1]", "CS115", "2 rows of 2", 19),
        ("[[15, 60], [10, 15]]", "[[60, 15], [10, 15]]", "CS117", "contradicts", 19),
        ("[[15, 60], [10, 15]]", "[[0, 0], [0, 0]]", "CS117", "above 0", 19),
        ("anybody: [female, male]", "anybody: [female, mael]", "CS122", "'mael'", 7),
        ("anybody: [female, male]", "a: [female], b: [female]", "CS139", "two groups", 7),
        (
            "identifier: true",
            "identifier: true\n    cardinality: 3",
            "CS117",
            "exactly one",
            13,
        ),
        ("    zipf: {exponent: 1, low: 0, high: 2}\n", "", "CS117", "zipf", 8),
        ("low: 0, high: 2", "low: 2, high: 2", "CS117", "low <= exponent", 10),
        ("missing: 0.25", "missing: 1.5", "CS115", "below 1", 11),
        ("people: 1000", "people: 10", "CS115", "at least 11", 3),
        ("false-match: 0.001", "false-match: 2", "CS115", "at most 1", 22),
        ("named: true", "name: 1", "CS113", "text", 25),
        ("held-by: adversary", "held-by: adversery", "CS114", "adversary", 25),
        ("title: t\n", "titel: t\n", "CS111", "'titel'", 2),
        ("{name: halves, width: 2}", "{name: halves}", "CS117", "'width' or 'groups'", 12),
        (
            "identifier: true",
            "identifier: true\n    coarser: [{name: c, width: 2}]",
            "CS117",
            "coarser form",
            14,
        ),
        (
            "shares: [1, 3]",
            "shares: [1, 3]\n    coarser: [{name: c, groups: {a: [b]}}]",
            "CS117",
            "groups of labels",
            16,
        ),
        ("attribute: face", "attribute: fase", "CS122", "'fase'", 22),
        ("shares: [1, 3]", "shares: [0, 0]", "CS117", "above 0", 15),
        ("sensitive: true\n", "grade: measured\n", "CS117", "needs a source", 15),
    ],
)
def test_faults_say_where_and_what(
    old: str, new: str, code: str, words: str, line: int
) -> None:
    assert old in SMALL
    found = _faults(SMALL.replace(old, new))
    assert any(one[0] == code and words in one[1] for one in found), found
    assert any(one[0] == code and abs(one[2] - line) <= 1 for one in found), found


def test_all_faults_come_at_once() -> None:
    text = SMALL.replace("[sex, face]", "[seks, fase]").replace("of: [sex,", "of: [sax,")
    assert len(_faults(text)) == 3


def test_a_change_of_holdings_that_are_not_ours_is_refused() -> None:
    found = _faults(SMALL + "change: {before: [theirs]}\n")
    assert found == [
        ("CS122", "there is no holding of the organization 'theirs'", 26),
    ]


def test_more_holdings_than_can_be_put_together_are_refused() -> None:
    more = "".join(f"  - {{id: more-{i}, attributes: [sex]}}\n" for i in range(7))
    assert [one[0] for one in _faults(SMALL + more)] == ["CS115"]


def test_a_record_about_a_person_is_refused() -> None:
    found = _faults(SMALL.replace("title: t", "title: ssn 123-45-6789"))
    assert {one[0] for one in found} == {"CS110"}
    assert "6789" not in str(found)
