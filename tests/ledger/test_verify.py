"""Every byte of a bundle matters, every attack has a name, and two verifiers agree on all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.canon import canonical, digest_bytes
from counterseal.errors import UsageError, VerificationError
from counterseal.ledger import bundle, standalone_verify
from counterseal.ledger.claims import Binding, Predicate, draft, subjects_of
from counterseal.ledger.container import pack, unpack
from counterseal.ledger.policy import policy_claim
from counterseal.ledger.store import leaf_data
from counterseal.ledger.verify import verify_bundle
from counterseal.testing.sealing import (
    CHANGE,
    INPUTS,
    NOW,
    ORIGIN,
    REPORT,
    RESULT,
    House,
    key,
    policy,
    review,
)
from counterseal.tlog.checkpoint import Checkpoint, sign
from counterseal.tlog.dsse import sign_envelope
from counterseal.tlog.merkle import leaf_hash
from counterseal.tlog.proof import Proof
from counterseal.tlog.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from counterseal.ledger.claims import Claim
    from counterseal.ledger.verify import Trust, Verification
    from counterseal.tlog.dsse import Envelope

Sealed = tuple[House, bytes]


def failed(found: Verification) -> str:
    """Return the names of the checks that do not hold."""
    return ", ".join(check.name for check in found.checks if not check.ok)


def second_opinion(data: bytes, trust: Trust) -> str:
    """Return the check at which the standalone verifier stops, or nothing."""
    try:
        standalone_verify.check(
            data,
            roots=[str(key) for key in trust.roots],
            log=str(trust.log),
            kept=trust.kept,
        )
    except standalone_verify.BundleError as error:
        return error.check
    return ""


def judge(data: bytes, trust: Trust) -> str:
    """Return what failed first by both verifiers, which must agree whether anything did."""
    first = failed(verify_bundle(data, trust=trust))
    second = second_opinion(data, trust)
    assert bool(first) == bool(second), (first, second)
    return first


def test_a_sealed_decision_verifies_and_is_computed_again(sealed: Sealed) -> None:
    house, data = sealed
    found = verify_bundle(data, trust=house.trust, replay=review)
    found.require()
    assert found.ok
    assert found.checks[-1].name == "replay"
    assert second_opinion(data, house.trust) == ""


def test_what_is_not_shown_is_said(sealed: Sealed) -> None:
    house, data = sealed
    bare = verify_bundle(data, trust=house.trust)
    assert "not computed again" in bare.not_shown[-1]
    assert "no checkpoint kept" in bare.not_shown[-2]
    head = unpack(data)[bundle.CHECKPOINT]
    whole = verify_bundle(data, trust=replace(house.trust, kept=head), replay=review)
    assert set(bare.not_shown) - set(whole.not_shown) == set(bare.not_shown[-2:])


def test_a_replay_with_other_bytes_fails(sealed: Sealed) -> None:
    house, data = sealed
    found = verify_bundle(data, trust=house.trust, replay=lambda _: RESULT + b" ")
    assert failed(found) == "replay"
    with pytest.raises(VerificationError, match="replay: the review computed again"):
        found.require()


def test_a_replay_that_cannot_be_made_fails(sealed: Sealed) -> None:
    def refuse(_: Mapping[str, bytes]) -> bytes:
        raise UsageError("no engine of that version")

    house, data = sealed
    assert failed(verify_bundle(data, trust=house.trust, replay=refuse)) == "replay"


def test_nothing_is_computed_for_a_bundle_that_fails(sealed: Sealed) -> None:
    def explode(_: Mapping[str, bytes]) -> bytes:
        raise AssertionError

    house, data = sealed
    stranger = replace(house.trust, roots=(key("stranger").public,))
    assert failed(verify_bundle(data, trust=stranger, replay=explode)) == "policy"


@pytest.mark.slow
def test_one_flipped_byte_anywhere_fails_and_is_named(sealed: Sealed) -> None:
    house, data = sealed
    bent = bytearray(data)
    unnamed = []
    for at in range(len(data)):
        bent[at] ^= 1 << (at % 8)
        found = verify_bundle(bytes(bent), trust=house.trust)
        if found.ok or not all(check.detail for check in found.checks):
            unnamed.append(at)
        bent[at] ^= 1 << (at % 8)
    assert bytes(bent) == data
    assert unnamed == []


@pytest.mark.slow
def test_one_flipped_byte_fails_the_second_verifier_too(sealed: Sealed) -> None:
    house, data = sealed
    content = sum(len(item) for item in unpack(data).values())
    headers = [at for at in range(len(data)) if at % 5 == 0 or at > content]
    bent = bytearray(data)
    for at in headers:
        bent[at] ^= 1 << (at % 8)
        assert second_opinion(bytes(bent), house.trust), at
        bent[at] ^= 1 << (at % 8)
    assert len(headers) >= 2000


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_bytes_cut_added_or_doubled_fail_both_verifiers(
    sealed: Sealed, data: st.DataObject
) -> None:
    house, good = sealed
    at = data.draw(st.integers(0, len(good)))
    inserted = data.draw(st.binary(max_size=4))
    removed = data.draw(st.integers(0, 4))
    bent = good[:at] + inserted + good[at + removed :]
    if bent != good:
        assert judge(bent, house.trust) == "container"


def remade(members: dict[str, bytes], *, decision: int = 2, change: str = CHANGE) -> bytes:
    """Return the bundle of ``members`` with a manifest that fits: what a forger would do."""
    members[bundle.MANIFEST] = bundle.manifest_of(members, change=change, decision=decision)
    return pack(members)


Edit = dict[str, bytes | None]


@pytest.mark.parametrize(
    ("edit", "check"),
    [
        ({"report.html": b"<p>all is well"}, "files"),
        ({"report.html": None}, "files"),
        ({"inputs/estate/systems.yaml": b"systems: [x]"}, "files"),
        ({"inputs/more.yaml": b""}, "files"),
        ({"inputs/changes/hub.yaml": None}, "files"),
        ({"result.json": review(word="refuse")}, "files, result"),
        ({"result.json": None}, "files, result"),
        ({"result.json": b"[]"}, "files, result"),
        ({"result.json": b"\xff"}, "files, result"),
        ({"VERIFY.txt": b"It is fine, trust me."}, "manifest"),
        ({"VERIFY.txt": None}, "manifest"),
        ({"entries/00000003/note": b""}, "entries"),
        ({"extra.txt": b""}, "entries"),
        ({"entries/000000003/nonce": b""}, "entries"),
        ({"entries/00000009/nonce": b""}, "entries"),
        ({"log/history/00000009/checkpoint": b""}, "history"),
        ({"log/history/00000001/consistency": b""}, "history"),
        ({"log/history/00000001/consistency": b"zz\n"}, "history"),
        ({"log/history/00000001/consistency": None}, "history"),
        ({"log/history/00000002/checkpoint": None}, "history"),
        ({"log/checkpoint": None}, "checkpoint"),
        ({"log/checkpoint": b"nothing\n"}, "checkpoint"),
        ({"entries/00000001/nonce": bytes(32)}, "inclusion"),
        ({"entries/00000001/nonce": b"short"}, "inclusion"),
        ({"entries/00000001/proof": b""}, "inclusion"),
        ({"entries/00000001/nonce": None}, "entries"),
        ({"entries/00000001/envelope.json": b"{}"}, "entries"),
        ({"entries/00000002/envelope.json": b"[" * 9999}, "entries"),
    ],
)
def test_a_member_replaced_with_a_fitting_manifest_is_named(
    sealed: Sealed, edit: Edit, check: str
) -> None:
    house, data = sealed
    members = unpack(data)
    for name, content in edit.items():
        members.pop(name, None)
        if content is not None:
            members[name] = content
    assert judge(remade(members), house.trust) == check


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + b" ",
        lambda text: text.replace(b'"decision":2', b'"decision":3'),
        lambda text: text.replace(b'"decision":2', b'"decision":true'),
        lambda text: text.replace(b'"decision":2', b'"decision":-1'),
        lambda text: text.replace(b"central-hub", b"other-hub"),
        lambda text: text.replace(b"central-hub", b"\\ud800"),
        lambda text: text.replace(b"bundle/1", b"bundle/2"),
        lambda text: text.replace(b'"size":32', b'"size":33'),
        lambda _: b"[]",
        lambda _: b"{}",
        lambda _: b'{"members":{}}',
    ],
)
def test_a_manifest_that_does_not_fit_is_named(
    sealed: Sealed, change: Callable[[bytes], bytes]
) -> None:
    house, data = sealed
    members = unpack(data)
    before = members[bundle.MANIFEST]
    members[bundle.MANIFEST] = change(before)
    assert members[bundle.MANIFEST] != before
    assert judge(pack(members), house.trust) in {"manifest", "entries"}


def test_parts_of_the_history_may_be_absent(sealed: Sealed) -> None:
    house, data = sealed
    members = {
        name: item for name, item in unpack(data).items() if not name.startswith("log/hist")
    }
    assert judge(remade(members), house.trust) == ""


def test_two_bundles_cannot_be_mixed(sealed: Sealed) -> None:
    house, data = sealed
    other = House()
    other.enact()
    other.append(other.sign(draft(other.proposal("another")), "P"))
    receipt = other.seal()
    members = {**unpack(data), **unpack(other.bundle(receipt.index))}
    assert judge(remade(members, decision=receipt.index), house.trust)
    other.connection.close()


def test_a_kept_checkpoint_is_continued(sealed: Sealed) -> None:
    house, data = sealed
    members = unpack(data)
    for kept in (members["log/history/00000001/checkpoint"], members[bundle.CHECKPOINT]):
        assert judge(data, replace(house.trust, kept=kept)) == ""


def test_a_kept_checkpoint_that_is_newer_means_rollback(sealed: Sealed) -> None:
    house, data = sealed
    newer = House()
    newer.enact()
    newer.dissent(newer.seal().digest)
    newer.append(newer.sign(draft(newer.proposal("another")), "P"))
    head = newer.ledger.store.head()
    assert head is not None
    found = verify_bundle(data, trust=replace(house.trust, kept=head.checkpoint))
    assert [check.detail for check in found.checks if not check.ok] == [
        "rollback: the bundle shows 4 entries, the kept checkpoint 5"
    ]
    assert judge(data, replace(house.trust, kept=head.checkpoint)) == "kept checkpoint"
    newer.connection.close()


@pytest.mark.parametrize("size", [2, 4])
def test_a_kept_checkpoint_of_another_history_means_a_fork(sealed: Sealed, size: int) -> None:
    house, data = sealed
    forked = sign(Checkpoint(origin=ORIGIN, size=size, root=bytes(32)), house.log)
    assert judge(data, replace(house.trust, kept=forked)) == "kept checkpoint"


def test_a_kept_checkpoint_without_a_proof_is_said(sealed: Sealed) -> None:
    house, data = sealed
    members = unpack(data)
    kept = members["log/history/00000001/checkpoint"]
    for part in ("checkpoint", "consistency"):
        del members[f"log/history/00000001/{part}"]
    assert judge(remade(members), replace(house.trust, kept=kept)) == "kept checkpoint"


def test_another_log_or_root_is_not_trusted(sealed: Sealed) -> None:
    house, data = sealed
    other = replace(house.log, key=key("another log")).verifier
    assert "checkpoint" in judge(data, replace(house.trust, log=other))
    stranger = replace(house.trust, roots=(key("stranger").public,))
    assert judge(data, stranger) == "policy"


# Bundles whose log was written by an operator who holds the log key and skips every rule.


class Forger:
    """An operator's own log: whatever is given is in it, with a true checkpoint."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.enacted = self.root_signed(policy_claim(policy(), made=NOW))
        self.rules = policy_claim(policy(), made=NOW).digest

    def root_signed(self, claim: Claim) -> Envelope:
        return sign_envelope(draft(claim), self.house.root)

    def proposal(self, *names: str, **changed: object) -> Envelope:
        claim = replace(self.house.proposal(), policy=self.rules, **changed)  # type: ignore[arg-type] # any field
        return self.signed(claim, *names)

    def decision(self, proposal: Envelope, **changed: object) -> Claim:
        digest = digest_bytes(proposal.payload)
        claim = replace(self.house.decision(digest), policy=self.rules)
        return replace(claim, **changed)  # type: ignore[arg-type] # any field

    def signed(self, claim: Claim, *names: str) -> Envelope:
        envelope = draft(claim)
        for name in names:
            envelope = sign_envelope(envelope, key(name))
        return envelope

    def bundle(self, *envelopes: Envelope, result: bytes = RESULT) -> bytes:
        """Return a bundle of these entries; the last is the decision."""
        data = [envelope.encode() for envelope in envelopes]
        nonces = [bytes([number]) * 32 for number in range(len(data))]
        leaves = [leaf_data(n, item) for n, item in zip(nonces, data, strict=True)]
        tree = Tree(leaf_hash(leaf) for leaf in leaves)
        head = sign(Checkpoint(origin=ORIGIN, size=tree.size, root=tree.root()), self.house.log)
        members = dict(bundle.files_of(inputs=INPUTS, result=result, report=REPORT))
        members |= {bundle.VERIFY: bundle.INSTRUCTIONS, bundle.CHECKPOINT: head}
        for index, item in enumerate(data):
            proof = Proof(index=index, hashes=tree.inclusion(index), checkpoint=head)
            members[f"entries/{index:08d}/envelope.json"] = item
            members[f"entries/{index:08d}/nonce"] = nonces[index]
            members[f"entries/{index:08d}/proof"] = proof.render()
        return remade(members, decision=len(data) - 1)


@pytest.fixture
def forger(sealed: Sealed) -> Forger:
    return Forger(sealed[0])


def test_what_the_forger_writes_lawfully_verifies(forger: Forger) -> None:
    proposal = forger.proposal("P")
    decision = forger.signed(forger.decision(proposal), "A", "B")
    data = forger.bundle(forger.enacted, proposal, decision)
    assert judge(data, forger.house.trust) == ""


@pytest.mark.parametrize(
    ("proposer", "signers", "check"),
    [
        ("P", [], "quorum"),
        ("P", ["A"], "quorum"),
        ("P", ["A", "D"], "quorum"),
        ("P", ["A", "A"], "signatures"),
        ("P", ["B", "B2"], "signatures"),
        ("P", ["A", "stranger"], "signatures"),
        ("C", ["A", "C"], "separation of duties"),
        ("C", ["B", "C"], "separation of duties"),
        ("D", ["A", "B"], "quorum"),
        ("P", ["A", "C"], ""),
        ("P", ["A", "B", "D"], ""),
    ],
)
def test_an_operator_cannot_get_by_without_the_people(
    forger: Forger, proposer: str, signers: list[str], check: str
) -> None:
    proposal = forger.proposal(proposer)
    decision = forger.signed(forger.decision(proposal), *signers)
    data = forger.bundle(forger.enacted, proposal, decision)
    assert judge(data, forger.house.trust) == check


def test_a_second_proposal_by_a_colleague_hides_nothing(forger: Forger) -> None:
    first, second = forger.proposal("C"), forger.proposal("P", body={"again": True})
    decision = forger.signed(forger.decision(second), "A", "C")
    data = forger.bundle(forger.enacted, first, second, decision)
    assert judge(data, forger.house.trust) == "separation of duties"


def test_a_swapped_reviewer_key_is_named(forger: Forger) -> None:
    people = policy().people
    swapped = (people[0], replace(people[1], keys=(key("stranger").public,)), *people[2:])
    claim = policy_claim(policy(people=swapped), made=NOW)
    forger.rules = claim.digest
    proposal = forger.proposal("P")
    decision = forger.signed(forger.decision(proposal), "stranger", "B")
    unsigned = forger.bundle(draft(claim), proposal, decision)
    assert judge(unsigned, forger.house.trust) == "policy"
    self_signed = forger.bundle(sign_envelope(draft(claim), key("log")), proposal, decision)
    assert judge(self_signed, forger.house.trust) == "policy"


def test_a_policy_after_the_fact_or_of_another_log_is_named(forger: Forger) -> None:
    proposal = forger.proposal("P")
    decision = forger.signed(forger.decision(proposal), "A", "B")
    late = forger.bundle(proposal, forger.enacted, decision)
    assert judge(late, forger.house.trust) == "policy"
    other = policy_claim(replace(policy(), origin="elsewhere"), made=NOW)
    forger.rules = other.digest
    proposal = forger.proposal("P")
    decision = forger.signed(forger.decision(proposal), "A", "B")
    data = forger.bundle(forger.root_signed(other), proposal, decision)
    assert judge(data, forger.house.trust) == "policy"


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"refers": {}}, "references"),
        ({"refers": {"proposal": f"sha256:{'0' * 64}"}}, "references"),
        ({"made": NOW - timedelta(days=1)}, "references"),
        ({"binding": None}, "references, result"),
        ({"binding": Binding.of_result(review(word="refuse"))}, "result"),
        ({"subjects": subjects_of({"result.json": RESULT})}, "references, files"),
        ({"body": {"selected": "2026-02-01"}}, "precedence"),
        ({"body": {"assessed": "2026-03-09"}}, "precedence"),
        ({"body": {"assessed": "2026-03-09", "precedence": "after selection"}}, "precedence"),
        ({"body": {"verdict": "refuse"}}, "precedence, result"),
        ({"body": {"verdict": "conditions"}}, "precedence, result"),
        ({"body": {"verdict": 1}}, "precedence, result"),
        ({"body": {"outcome": "approved with conditions"}}, "precedence"),
        ({"body": {"outcome": "refused"}}, ""),
        ({"body": {"conditions": "C1"}}, "precedence"),
        ({"body": {"reason": None}}, "precedence"),
        ({"body": {"selected": "20260301"}}, "precedence"),
        ({"body": {"selected": "2026-03-01"}}, ""),
        (
            {"body": {"selected": "2026-02-01", "precedence": "after selection"}},
            "",
        ),
    ],
)
def test_a_signed_decision_that_does_not_hold_together_is_named(
    forger: Forger, changed: dict[str, dict[str, object]], check: str
) -> None:
    proposal = forger.proposal("P")
    claim = forger.decision(proposal)
    if "body" in changed:
        changed = {"body": {**claim.body, **changed["body"]}}
    claim = replace(claim, **changed)  # type: ignore[arg-type] # one field each
    data = forger.bundle(forger.enacted, proposal, forger.signed(claim, "A", "B"))
    assert judge(data, forger.house.trust) == check


def test_a_late_assessment_is_told_as_one(forger: Forger) -> None:
    proposal = forger.proposal("P")
    claim = forger.decision(proposal)
    late = {**claim.body, "selected": "2026-02-01", "precedence": "after selection"}
    envelope = forger.signed(replace(claim, body=late), "A", "B")
    data = forger.bundle(forger.enacted, proposal, envelope)
    found = verify_bundle(data, trust=forger.house.trust)
    (check,) = [check for check in found.checks if check.name == "precedence"]
    assert check.detail.endswith("the decision records the violation")


def test_a_result_about_another_change_is_named(forger: Forger) -> None:
    result = review(change="another")
    proposal = forger.proposal("P")
    files = bundle.files_of(inputs=INPUTS, result=result, report=REPORT)
    claim = replace(
        forger.decision(proposal),
        binding=Binding.of_result(result),
        subjects=subjects_of(files),
    )
    decision = forger.signed(claim, "A", "B")
    data = forger.bundle(forger.enacted, proposal, decision, result=result)
    assert judge(data, forger.house.trust) == "result"


def test_a_dissent_by_a_stranger_is_named(forger: Forger) -> None:
    proposal = forger.proposal("P")
    dissent = replace(forger.house.proposal(), predicate=Predicate.DISSENT, policy=forger.rules)
    decision = forger.signed(forger.decision(proposal), "A", "B")
    for names, check in ((["stranger"], "signatures"), ([], "quorum"), (["D"], "")):
        dissenting = forger.signed(dissent, *names)
        data = forger.bundle(forger.enacted, proposal, dissenting, decision)
        assert judge(data, forger.house.trust) == check


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(st.data())
def test_both_verifiers_agree_on_any_edit_of_any_claim(
    sealed: Sealed, data: st.DataObject
) -> None:
    forger = Forger(sealed[0])
    proposal = forger.proposal("P")
    envelopes = [forger.enacted, proposal, forger.signed(forger.decision(proposal), "A", "B")]
    index = data.draw(st.integers(0, 2))
    statement = json.loads(envelopes[index].payload)
    mutate(statement, data)
    names = [["root"], ["P"], ["A", "B"]][index]
    try:
        payload = canonical(statement)
    except ValueError:
        return
    envelope = replace(envelopes[index], payload=payload, signatures=())
    for name in names:
        envelope = sign_envelope(envelope, key(name))
    envelopes[index] = envelope
    judge(forger.bundle(*envelopes), forger.house.trust)


def mutate(value: object, data: st.DataObject) -> None:
    """Change, drop or add one thing somewhere in a JSON ``value``."""
    while True:
        keys = list(value) if isinstance(value, dict) else range(len(value))  # type: ignore[arg-type] # containers only
        if not keys:
            return
        at = data.draw(st.sampled_from(sorted(keys)))
        inner = value[at]  # type: ignore[index] # containers only
        deeper = isinstance(inner, dict | list) and bool(inner)
        if not deeper or data.draw(st.integers(0, 3)) == 0:
            break
        value = inner
    odd: st.SearchStrategy[object] = st.sampled_from(
        [None, True, 0, 1, 2**53, 0.5, "", "x", [], {}, "2026-03-09", -1]
    )
    how = data.draw(st.sampled_from(["change", "drop", "twice"]))
    if how == "change":
        value[at] = data.draw(odd)  # type: ignore[index] # containers only
    elif how == "drop":
        del value[at]  # type: ignore[attr-defined] # containers only
    elif isinstance(value, list):
        value.append(inner)
    else:
        value[f"{at}2"] = inner  # type: ignore[index] # containers only


@given(data=st.binary(max_size=60))
def test_any_bytes_as_a_bundle_fail_and_raise_nothing(sealed: Sealed, data: bytes) -> None:
    assert judge(data, sealed[0].trust) == "container"


def test_the_standalone_verifier_imports_nothing_of_counterseal() -> None:
    source = Path(standalone_verify.__file__).read_text(encoding="utf-8")
    imported = re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE)
    assert "counterseal" not in imported
    assert set(imported) - set(sys.stdlib_module_names) == {"cryptography"}


def test_the_standalone_verifier_runs_on_its_own(sealed: Sealed, tmp_path: Path) -> None:
    house, data = sealed
    script, file = tmp_path / "verify.py", tmp_path / "a.zip"
    script.write_bytes(Path(standalone_verify.__file__).read_bytes())
    file.write_bytes(data)
    kept = tmp_path / "kept"
    kept.write_bytes(unpack(data)["log/history/00000001/checkpoint"])
    given = [f"--root={house.root.public}", f"--log={house.log.verifier}", f"--kept={kept}"]
    command = [sys.executable, "-I", str(script), str(file), *given]
    good = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own file
    assert (good.returncode, good.stdout.splitlines()[-1]) == (
        0,
        "every check holds; the verdict was not computed again",
    )
    file.write_bytes(data[:-1])
    bad = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own file
    assert bad.returncode == 6
    assert bad.stdout.startswith("FAILED container")


def test_the_standalone_verifier_speaks_when_called_in_process(
    sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house, data = sealed
    file = tmp_path / "a.zip"
    given = [str(file), f"--root={house.root.public}", f"--log={house.log.verifier}"]
    file.write_bytes(data)
    assert standalone_verify.main(given) == 0
    file.write_bytes(b"")
    assert standalone_verify.main(given) == 6
    assert "FAILED container" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("roots", "log"),
    [(["x"], None), (["ed25519:AAAA"], None), (None, "x"), (None, "a+00000000+AQAA")],
)
def test_the_standalone_verifier_refuses_keys_it_cannot_read(
    sealed: Sealed, roots: list[str] | None, log: str | None
) -> None:
    house, data = sealed
    with pytest.raises(standalone_verify.BundleError, match="arguments"):
        standalone_verify.check(
            data,
            roots=roots or [str(house.root.public)],
            log=log or str(house.log.verifier),
        )
