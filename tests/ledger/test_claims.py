"""A claim has one spelling, and its binding names the whole review."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.canon import canonical, digest_bytes
from counterseal.errors import CountersealError, LedgerError, LogError
from counterseal.ledger.claims import (
    BINDING_KEYS,
    Binding,
    Claim,
    Decision,
    Outcome,
    Predicate,
    parse_claim,
)
from counterseal.testing.sealing import NOW, RESULT, review

if TYPE_CHECKING:
    from counterseal.canon import Json

DIGEST = "ab" * 32
CLAIM = Claim(
    predicate=Predicate.DISSENT,
    change="central-hub",
    policy=f"sha256:{DIGEST}",
    made=NOW,
    subjects={"result.json": DIGEST},
    refers={"decision": f"sha256:{DIGEST}"},
    body={"statement": "No."},
)


@given(
    st.sampled_from([kind for kind in Predicate if kind is not Predicate.POLICY]),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis wants naive bounds
    st.none() | st.just(Binding.of_result(RESULT)),
)
def test_a_claim_survives_its_bytes(
    predicate: Predicate, change: str, made: datetime, binding: Binding | None
) -> None:
    claim = replace(
        CLAIM,
        predicate=predicate,
        change=change,
        made=made.replace(microsecond=0),
        binding=binding,
    )
    assert parse_claim(claim.render()) == claim
    assert claim.digest == digest_bytes(claim.render())


@given(st.binary(max_size=80))
def test_any_bytes_as_a_claim_raise_our_error_only(data: bytes) -> None:
    with pytest.raises(CountersealError):
        parse_claim(data)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("binding", {}),
        ("binding", 1),
        ("body", []),
        ("change", ""),
        ("change", None),
        ("made", "2026-3-2T09:00:00Z"),
        ("made", "2026-03-02"),
        ("policy", 1),
        ("refers", {"proposal": "sha256:short"}),
        ("refers", {"proposal": 1}),
        ("refers", []),
        ("more", 1),
    ],
)
def test_a_predicate_with_another_spelling_is_refused(key: str, value: object) -> None:
    statement = json.loads(CLAIM.render())
    statement["predicate"][key] = value
    with pytest.raises(LedgerError):
        parse_claim(canonical(statement))


def test_a_statement_of_an_unknown_kind_is_refused() -> None:
    statement = json.loads(CLAIM.render())
    statement["predicateType"] = "https://counterseal.example/predicate/decision/v2"
    with pytest.raises(LedgerError, match="kind"):
        parse_claim(canonical(statement))


@pytest.mark.parametrize(
    "changed",
    [
        {"made": NOW.replace(tzinfo=None)},
        {"made": NOW.replace(microsecond=1)},
        {"made": NOW.astimezone(timezone(timedelta(hours=1)))},
        {"subjects": {}},
        {"change": ""},
        {"refers": {"proposal": "md5:0"}},
    ],
)
def test_a_claim_without_time_subject_or_change_is_not_made(changed: dict[str, str]) -> None:
    with pytest.raises(LedgerError):
        replace(CLAIM, **changed)  # type: ignore[arg-type] # one field each


def test_a_binding_names_every_digest_of_the_review_and_its_result() -> None:
    binding = Binding.of_result(RESULT)
    assert set(binding.values) == set(BINDING_KEYS)
    assert binding.values["result"] == digest_bytes(RESULT)
    assert binding.values["seed"] == "7"
    assert binding.values["draws"] == '{"lanes":64,"outer":64}'


@pytest.mark.parametrize("key", [key for key in BINDING_KEYS if key != "result"])
def test_a_binding_changes_with_every_digest_of_the_review(key: str) -> None:
    document = json.loads(RESULT)
    document["digests"][key] = "other"
    changed = Binding.of_result(canonical(document))
    assert changed.changed(Binding.of_result(RESULT)) == tuple(sorted({key, "result"}))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"digests": []},
        {"digests": {"seed": 1}},
        {"digests": {**json.loads(RESULT)["digests"], "seed": 0.5}},
        {"digests": {**json.loads(RESULT)["digests"], "result": "sha256:0"}},
    ],
)
def test_a_document_without_complete_digests_binds_nothing(
    document: dict[str, Json],
) -> None:
    with pytest.raises((LedgerError, LogError)):
        Binding.of_result(canonical(document))


DECISION = Decision(outcome=Outcome.APPROVED, verdict="no objection", assessed=date(2026, 3, 1))


@given(st.dates(), st.none() | st.dates(), st.lists(st.text(max_size=3), max_size=2))
def test_a_decision_survives_its_body_and_says_what_came_first(
    assessed: date, selected: date | None, conditions: list[str]
) -> None:
    decision = replace(
        DECISION, assessed=assessed, selected=selected, conditions=tuple(conditions)
    )
    late = selected is not None and assessed > selected
    assert decision.body()["precedence"] == f"{'after' if late else 'before'} selection"
    assert Decision.parse(decision.body()) == decision


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("precedence", "after selection"),
        ("selected", "2026-02-01"),
        ("assessed", "20260301"),
        ("outcome", "accepted"),
        ("verdict", 1),
        ("reason", None),
        ("conditions", "C1"),
        ("conditions", [1]),
        ("more", 1),
    ],
)
def test_a_decision_that_contradicts_itself_is_refused(key: str, value: Json) -> None:
    with pytest.raises(LedgerError):
        Decision.parse({**DECISION.body(), key: value})


def test_a_decision_with_a_part_missing_is_refused() -> None:
    for key in DECISION.body():
        with pytest.raises(LedgerError, match=r"malformed|contradicts"):
            Decision.parse({k: v for k, v in DECISION.body().items() if k != key})


def test_a_review_document_of_the_examples_is_bound_to_its_inputs() -> None:
    assert review({"a": b"1"}) != review({"a": b"2"})
