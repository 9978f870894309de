"""Nobody signs what they may not, what is stale, or by another way than ``sign``."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import counterseal
from counterseal.canon import canonical, digest_bytes
from counterseal.errors import LedgerError, SignatureError
from counterseal.ledger.claims import Binding, Decision, Outcome, Predicate, draft
from counterseal.ledger.policy import policy_claim
from counterseal.ledger.signing import sign
from counterseal.testing.sealing import NOW, RESULT, key, policy, review
from counterseal.tlog.dsse import EnvelopeSignature

if TYPE_CHECKING:
    from counterseal.ledger.claims import Claim
    from counterseal.testing.sealing import House

APPROVED = Decision(outcome=Outcome.APPROVED, verdict="no objection", assessed=date(2026, 3, 1))


def calls(*names: str) -> dict[str, set[str]]:
    """Return for each of ``names`` the modules of the package that call it."""
    root = Path(counterseal.__file__).parent
    found: dict[str, set[str]] = {name: set() for name in names}
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if not any(name in text for name in names):
            continue
        for node in ast.walk(ast.parse(text)):
            function = node.func if isinstance(node, ast.Call) else None
            name = getattr(function, "attr", None) or getattr(function, "id", None)
            if name in found:
                found[name].add(path.relative_to(root).as_posix())
    return found


def test_there_is_one_way_to_a_persons_signature() -> None:
    found = calls("sign_envelope", "sign_bytes", "from_private_bytes")
    assert found["sign_envelope"] == {"ledger/signing.py"}
    assert found["sign_bytes"] == {"tlog/dsse.py", "tlog/note.py"}
    assert found["from_private_bytes"] == {"tlog/keys.py"}


def test_two_reviewers_sign_a_decision(house: House) -> None:
    proposed = house.propose()
    envelope = house.sign(draft(house.decision(proposed.digest)), "A", "B")
    assert len(envelope.signatures) == 2


def refused(house: House, claim: Claim, *names: str, **given: Any) -> None:  # noqa: ANN401 - the arguments of `sign`
    envelope = house.sign(draft(claim), *names[:-1])
    arguments = {
        "standing": house.ledger.standing(claim),
        "current": house.current,
        "now": NOW,
        **given,
    }
    with pytest.raises(LedgerError) as caught:
        sign(envelope, key(names[-1]), **arguments)
    raise caught.value


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["stranger"], "not in the policy"),
        (["P"], "role"),
        (["D"], "role"),
        (["A", "A"], "has signed already"),
        (["B", "B2"], "has signed already"),
    ],
)
def test_a_key_that_may_not_sign_a_decision_is_refused(
    house: House, names: list[str], reason: str
) -> None:
    proposed = house.propose()
    with pytest.raises(SignatureError, match=reason):
        refused(house, house.decision(proposed.digest), *names)


def test_a_proposer_does_not_sign_the_decision_whatever_the_role(house: House) -> None:
    proposed = house.propose("C")
    with pytest.raises(SignatureError, match="proposed the change"):
        refused(house, house.decision(proposed.digest), "C")


def test_a_second_proposal_by_a_colleague_does_not_free_the_proposer(house: House) -> None:
    house.propose("C")
    claim = replace(house.proposal(), made=NOW - timedelta(minutes=1))
    second = house.append(house.sign(draft(claim), "P"))
    with pytest.raises(SignatureError, match="proposed the change"):
        refused(house, house.decision(second.digest), "C")


@pytest.mark.parametrize(
    "changed",
    ["estate_before", "estate_after", "change", "catalog", "rules", "engine", "seed", "result"],
)
def test_a_signature_is_refused_when_anything_it_binds_has_changed(
    house: House, changed: str
) -> None:
    proposed = house.propose()
    now = Binding(values={**house.current.values, changed: "sha256:other"})
    with pytest.raises(SignatureError, match=f"stale: {changed} changed"):
        refused(house, house.decision(proposed.digest), "A", current=now)


def test_a_signature_without_a_current_review_is_refused(house: House) -> None:
    proposed = house.propose()
    with pytest.raises(SignatureError, match="no current review"):
        refused(house, house.decision(proposed.digest), "A", current=None)


def test_a_claim_under_a_policy_that_was_replaced_is_stale(house: House) -> None:
    proposed = house.propose()
    claim = house.decision(proposed.digest)
    house.enact(policy(version=2))
    with pytest.raises(SignatureError, match="stale"):
        refused(house, claim, "A")


def test_a_claim_from_the_future_is_not_signed(house: House) -> None:
    proposed = house.propose()
    with pytest.raises(SignatureError, match="future"):
        refused(house, house.decision(proposed.digest), "A", now=NOW - timedelta(seconds=1))


def test_only_a_root_signs_a_policy_and_only_once(house: House) -> None:
    claim = policy_claim(policy(version=2), made=NOW)
    with pytest.raises(SignatureError, match="only a root key"):
        refused(house, claim, "A")
    with pytest.raises(SignatureError, match="signed already"):
        refused(house, claim, "root", "root")


def test_nobody_signs_over_a_forged_signature(house: House) -> None:
    proposed = house.propose()
    envelope = house.sign(draft(house.decision(proposed.digest)), "A")
    forged = replace(
        envelope,
        signatures=(EnvelopeSignature(signature=bytes(64), keyid=key("A").public.id),),
    )
    with pytest.raises(SignatureError, match="is wrong"):
        house.sign(forged, "B")


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (replace(APPROVED, verdict="redesign"), "needs a waiver"),
        (replace(APPROVED, verdict="conditions"), "needs a waiver"),
        (replace(APPROVED, verdict="not evaluable"), "needs a waiver"),
        (replace(APPROVED, verdict="fine"), "not a verdict"),
        (replace(APPROVED, conditions=("C1",)), "do not go together"),
        (replace(APPROVED, outcome=Outcome.APPROVED_WITH_CONDITIONS), "do not go together"),
        (replace(APPROVED, assessed=date(2026, 3, 3)), "dated after the decision"),
    ],
)
def test_a_decision_that_does_not_follow_is_not_signed(
    house: House, decision: Decision, reason: str
) -> None:
    proposed = house.propose()
    with pytest.raises(LedgerError, match=reason):
        refused(house, house.decision(proposed.digest, decision), "A")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"refers": {}}, "refers to its proposal"),
        ({"refers": {"proposal": digest_bytes(b"")}}, "not in the log"),
        ({"binding": None}, "is bound to a review"),
        ({"change": "another"}, "about another change"),
        ({"subjects": {"inputs/changes/hub.yaml": "00" * 32}}, "is not the file"),
        ({"made": NOW - timedelta(seconds=1)}, "not earlier"),
    ],
)
def test_a_decision_that_disagrees_with_its_proposal_is_not_signed(
    house: House, changed: dict[str, Any], reason: str
) -> None:
    proposed = house.propose()
    claim = replace(house.decision(proposed.digest), **changed)
    with pytest.raises(LedgerError, match=reason):
        refused(house, claim, "A")


def waiver(house: House, proposal: str, expires: object) -> Claim:
    return replace(
        house.decision(proposal),
        predicate=Predicate.WAIVER,
        body={"expires": expires, "rule": "CI-7"},  # type: ignore[dict-item] # also wrong ones
    )


def test_a_waiver_opens_what_a_verdict_closes_until_it_expires(house: House) -> None:
    result = review(word="redesign")
    house.current = Binding.of_result(result)
    proposed = house.propose()
    claim = replace(
        waiver(house, proposed.digest, "2026-03-03"), binding=Binding.of_result(result)
    )
    granted = house.append(house.sign(draft(claim), "A", "B"))
    decided = house.decision(
        proposed.digest, replace(APPROVED, verdict="redesign"), result=result
    )
    files = {**decided.subjects, **claim.subjects, "result.json": claim.subjects["result.json"]}
    assert files["result.json"] != decided.subjects["result.json"]
    refers = {**decided.refers, "waiver": granted.digest}
    with pytest.raises(LedgerError, match="is not the file"):
        refused(house, replace(decided, refers=refers), "A")
    decided = replace(decided, refers=refers, subjects=claim.subjects)
    assert len(house.sign(draft(decided), "A", "B").signatures) == 2
    late = replace(decided, made=NOW + timedelta(days=1))
    with pytest.raises(LedgerError, match="has expired"):
        refused(house, late, "A", now=NOW + timedelta(days=1))


@pytest.mark.parametrize("expires", [None, 1, "never", "2026-03-02", "20270101"])
def test_a_waiver_without_a_later_end_is_not_signed(house: House, expires: object) -> None:
    proposed = house.propose()
    with pytest.raises(LedgerError, match="waiver"):
        refused(house, waiver(house, proposed.digest, expires), "A")


def test_a_verdict_that_rests_on_another_review_cannot_carry_a_decision(house: House) -> None:
    proposed = house.propose()
    other = review(word="conditions")
    verdict = replace(
        house.decision(proposed.digest, result=other), predicate=Predicate.VERDICT, body={}
    )
    house.current = Binding.of_result(other)
    given = house.append(house.sign(draft(verdict), "A"))
    house.current = Binding.of_result(RESULT)
    claim = house.decision(proposed.digest)
    claim = replace(
        claim,
        refers={**claim.refers, "verdict": given.digest},
        subjects=verdict.subjects,
    )
    with pytest.raises(LedgerError, match="rests on another review"):
        refused(house, claim, "A")


def test_an_envelope_spelled_otherwise_is_not_signed(house: House) -> None:
    claim = house.proposal()
    other = replace(draft(claim), payload_type="application/json")
    with pytest.raises(LedgerError, match="spelled"):
        sign(other, key("P"), standing=house.ledger.standing(claim), current=None, now=NOW)
    assert canonical({"ok": True}) == b'{"ok":true}'
