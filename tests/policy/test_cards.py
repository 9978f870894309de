"""Rule cards are read whole, with every fault placed, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import InvalidDocumentError, PolicyError
from counterseal.policy.cards import overlay, parse
from counterseal.policy.cases import check_cases

RULES = Path(__file__).parents[2] / "src/counterseal/policy/data/rules"
FILES = {path.name: path.read_bytes() for path in RULES.glob("*.yaml")}
DEFAULT = parse(FILES)
CARD = """\
rules:
  - id: feed
    statement: A feed that others can buy too is joined.
    when: data.commercial_feed && exposure.p_worse >= limit.some
    effect: condition
    authority: Our own judgement, for a test.
    owner: chief data officer
    review-date: 2027-06-30
    remedy: Do without the feed.
    limits:
      some: {value: 0.5, unit: probability, reason: One half divides likely from unlikely.}
    waiver: {allowed: true, max-days: 30}
    cases:
      must-fire:
        - name: a feed is joined
          assessment: {data.commercial_feed: true, exposure.p_worse: 0.7}
      must-not-fire:
        - {name: no feed is joined, assessment: {exposure.p_worse: 0.7}}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidDocumentError) as raised:
        parse({"rules.yaml": text.encode()})
    return [str(fault) for fault in raised.value.faults]


def test_the_card_of_these_tests_is_valid() -> None:
    assert check_cases(parse({"rules.yaml": CARD.encode()})) == ()


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("exposure.p_worse >=", "exposure.p_wors >=", "4:11", "mean exposure.p_worse?"),
        ("limit.some\n", "limit.sone\n", "4:11", "mean limit.some?"),
        (">= limit.some", ">= 1", "4:11", "decimal point"),
        (" >= limit.some", "", "4:11", "does not compile"),
        ("effect: condition", "effect: conditions", "5:13", "condition"),
        ("    owner:", "    ouner:", "7:5", "owner"),
        ("max-days: 30", "max-days: 0", "12:39", "at least"),
        (", max-days: 30", "", "12:13", "max-days"),
        (
            "{exposure.p_worse: 0.7}",
            "{exposure.p_wors: 0.7}",
            "18:49",
            "mean exposure.p_worse?",
        ),
        ("{exposure.p_worse: 0.7}", "{exposure.p_worse: 7.0}", "18:49", "from 0 to 1"),
        ("id: feed", "id: The Feed", "2:9", "hyphens"),
        ("2027-06-30", "soon", "8:18", "date"),
    ],
)
def test_a_fault_of_a_card_has_its_place_and_a_way_out(
    old: str, new: str, place: str, words: str
) -> None:
    assert old in CARD
    found = faults(CARD.replace(old, new))
    assert any(text.startswith(f"rules.yaml:{place} ") and words in text for text in found), (
        found
    )


@pytest.mark.parametrize("side", ["must-fire", "must-not-fire"])
def test_a_card_without_a_case_on_either_side_is_refused(side: str) -> None:
    before, _, rest = CARD.partition(f"      {side}:\n")
    rest = rest.partition("\n")[2]
    assert faults(f"{before}      {side}: []\n{rest}")


def test_all_faults_of_all_files_are_reported_at_once() -> None:
    wrong = CARD.replace("effect: condition", "effect: stop")
    with pytest.raises(InvalidDocumentError) as raised:
        parse({"a.yaml": wrong.encode(), "b.yaml": b"rules: [", "c.yaml": CARD.encode()})
    assert {fault.place.file for fault in raised.value.faults if fault.place} == {
        "a.yaml",
        "b.yaml",
    }


def test_a_card_that_holds_a_record_of_a_person_is_refused_without_quoting_it() -> None:
    found = faults(CARD.replace("a feed is joined", "number 123-45-6789 is joined"))
    assert len(found) == 1
    assert "123-45-6789" not in found[0]


def test_two_cards_of_one_id_are_refused_whatever_files_they_are_in() -> None:
    with pytest.raises(InvalidDocumentError) as raised:
        parse({"a.yaml": CARD.encode(), "b.yaml": CARD.encode()})
    (fault,) = raised.value.faults
    assert str(fault).startswith("b.yaml:2:9 CS275")


@pytest.mark.parametrize("files", [{}, {"a.yaml": b""}, {"a.yaml": b"rules: []"}])
def test_no_rules_at_all_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(InvalidDocumentError):
        parse(files)


def test_a_card_of_the_user_replaces_the_card_of_its_id_and_leaves_the_others() -> None:
    (name,) = [rule for rule in DEFAULT.cards if rule == "commercial-feed-joined"]
    mine = CARD.replace("id: feed", f"id: {name}").encode()
    both = overlay(FILES, {"mine.yaml": mine})
    assert both.cards.keys() == DEFAULT.cards.keys()
    assert both.cards[name] != DEFAULT.cards[name]
    assert all(both.cards[rule] == card for rule, card in DEFAULT.cards.items() if rule != name)
    assert both.digest != DEFAULT.digest


def test_an_overlay_of_nothing_is_the_default_rule_set() -> None:
    assert overlay(FILES, {}).digest == DEFAULT.digest


def test_the_digest_names_the_cards_and_not_their_files_or_order() -> None:
    joined = b"rules:\n" + b"".join(
        FILES[name].partition(b"rules:\n")[2] for name in sorted(FILES, reverse=True)
    )
    assert parse({"all.yaml": joined}).digest == DEFAULT.digest


def test_a_changed_limit_changes_the_digest() -> None:
    one, two = (
        parse({"a.yaml": CARD.replace("value: 0.5", value).encode()})
        for value in ("value: 0.5", "value: 0.6")
    )
    assert one.digest != two.digest


def test_a_rule_that_does_not_exist_is_named_with_the_nearest_one() -> None:
    with pytest.raises(PolicyError) as raised:
        DEFAULT.card("likely-wors")
    assert "likely-worse" in raised.value.hint


@given(st.binary(max_size=200))
def test_any_bytes_are_rule_cards_or_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidDocumentError):
        parse({"a.yaml": data})


@given(st.data())
def test_a_damaged_card_is_read_or_refused_with_a_fault(data: st.DataObject) -> None:
    text = CARD.encode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    damaged = text[:start] + data.draw(st.binary(max_size=4)) + text[end:]
    try:
        rules = parse({"a.yaml": damaged})
    except InvalidDocumentError as error:
        places = [fault.place.file for fault in error.faults if fault.place]
        rules = None
    else:
        places = ["a.yaml"]
    assert set(places) == {"a.yaml"}
    assert rules is None or len(rules.cards) == 1
