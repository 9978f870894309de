"""Whether a bundle shows what it claims to show, check by check, each with a name.

The caller trusts a root key, a log key and, if it has one, a checkpoint it kept; nothing in the
bundle is trusted. ``standalone_verify.py`` makes the same checks and shares no code with this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from counterseal.errors import CountersealError, VerificationError
from counterseal.ledger import bundle as bundles
from counterseal.ledger.admission import (
    Record,
    Standing,
    signers_of,
    verify_body,
    verify_policy,
    verify_references,
    verify_separation,
)
from counterseal.ledger.claims import Binding, Decision, Predicate, subjects_of
from counterseal.ledger.container import unpack
from counterseal.ledger.contents import member_of, parse_contents, verify_manifest
from counterseal.ledger.policy import verify_quorum
from counterseal.ledger.store import leaf_data
from counterseal.tlog.checkpoint import verify as verify_checkpoint
from counterseal.tlog.dsse import decode_json
from counterseal.tlog.merkle import leaf_hash, verify_consistency, verify_inclusion
from counterseal.tlog.proof import parse_proof

if TYPE_CHECKING:
    from counterseal.ledger.contents import Contents
    from counterseal.ledger.policy import Person, Policy
    from counterseal.tlog.checkpoint import SignedCheckpoint
    from counterseal.tlog.keys import PublicKey
    from counterseal.tlog.note import VerifierKey

__all__ = ["NOT_SHOWN", "Check", "Trust", "Verification", "verify_bundle"]

NOT_SHOWN = (
    "That the facts of the estate are true: the bundle shows what was reviewed, not what is.",
    "That the change is lawful, necessary or ethical.",
    "Who holds a key: the policy says whose it is, the root key vouches for the policy.",
    "That nothing later replaced these, and no dissent was left out: check the whole log.",
    "That the log shows the same history to everybody: that needs cosignatures of witnesses.",
)

Value = TypeVar("Value")
Replay = Callable[[Mapping[str, bytes]], bytes]
"""Computes the review document from the inputs, by name without ``inputs/``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: its name, whether it holds, and what was found."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """All checks that could be made, in order, and what none of them shows."""

    checks: tuple[Check, ...]
    not_shown: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    def require(self) -> None:
        """Raise unless every check holds.

        Raises:
            VerificationError: Names the first check that does not hold.
        """
        for check in self.checks:
            if not check.ok:
                raise VerificationError(f"{check.name}: {check.detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the verifier knows from elsewhere.

    Attributes:
        roots: Keys trusted to sign policies.
        log: Key of the log.
        kept: A checkpoint of the log seen earlier, if any.
    """

    roots: tuple[PublicKey, ...]
    log: VerifierKey
    kept: bytes | None = None


class _Checks:
    """Makes checks one after the other and keeps what each found."""

    def __init__(self) -> None:
        self.made: list[Check] = []

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.made)

    def make(self, name: str, check: Callable[[], tuple[Value, str]]) -> Value | None:
        """Return what ``check`` returns, or None when it raised."""
        try:
            value, detail = check()
        except CountersealError as error:
            self.made.append(Check(name=name, ok=False, detail=error.message))
            return None
        self.made.append(Check(name=name, ok=True, detail=detail))
        return value


def verify_bundle(data: bytes, *, trust: Trust, replay: Replay | None = None) -> Verification:
    """Return every check of the bundle in ``data``; never raises for what the bundle says.

    Args:
        data: The bundle.
        trust: What the verifier knows from elsewhere.
        replay: Given the inputs by name, computes the review document anew; None to leave the
            verdict unreplayed, which is then said. It runs only when all else holds.

    Returns:
        The checks up to the first on which all others rest; ``ok`` is whether all hold.
    """
    checks = _Checks()
    contents = _open(data, checks)
    if contents is not None:
        _verify_contents(contents, trust, checks)
    not_shown: tuple[str, ...] = NOT_SHOWN
    if trust.kept is None:
        not_shown += ("That the log only grew: no checkpoint kept from earlier was given.",)
    if replay is None:
        not_shown += ("That the verdict follows from the inputs: it was not computed again.",)
    elif contents is not None and checks.ok:
        checks.make("replay", lambda: _replay(contents, replay))
    return Verification(checks=tuple(checks.made), not_shown=not_shown)


def _open(data: bytes, checks: _Checks) -> Contents | None:
    """Return the contents if container, manifest and entries can be read at all."""
    members = checks.make("container", lambda: _container(data))
    if members is None or checks.make("manifest", lambda: _manifest(members)) is None:
        return None
    return checks.make("entries", lambda: _contents(members))


def _verify_contents(contents: Contents, trust: Trust, checks: _Checks) -> None:
    head = checks.make("checkpoint", lambda: _checkpoint(contents, trust))
    if head is not None:
        checks.make("inclusion", lambda: _inclusion(contents, head))
        checks.make("history", lambda: _history(contents, head, trust))
        if trust.kept is not None:
            kept = trust.kept
            checks.make("kept checkpoint", lambda: _kept(contents, head, trust, kept))
    policies = checks.make("policy", lambda: _policies(contents, trust))
    if policies is not None:
        records = checks.make("signatures", lambda: _signatures(contents, policies))
        if records is not None:
            _verify_people(contents, policies, records, checks)
    checks.make("precedence", lambda: _precedence(contents))
    checks.make("files", lambda: _files(contents))
    checks.make("result", lambda: _result(contents))


def _verify_people(
    contents: Contents,
    policies: Mapping[str, Policy],
    records: Mapping[str, Record],
    checks: _Checks,
) -> None:
    checks.make("references", lambda: _references(contents, records))
    checks.make("separation of duties", lambda: _separation(contents, records))
    checks.make("quorum", lambda: _quorum(contents, policies, records))


def _container(data: bytes) -> tuple[Mapping[str, bytes], str]:
    members = unpack(data)
    return members, f"{len(members)} members, {len(data)} bytes"


def _manifest(members: Mapping[str, bytes]) -> tuple[int, str]:
    count = verify_manifest(members)
    return count, f"{count} files have the SHA-256 that is listed"


def _contents(members: Mapping[str, bytes]) -> tuple[Contents, str]:
    contents = parse_contents(members)
    found = f"{len(contents.entries)} entries; the decision is entry {contents.decision.index}"
    return contents, found


def _checkpoint(contents: Contents, trust: Trust) -> tuple[SignedCheckpoint, str]:
    signed = verify_checkpoint(member_of(contents.members, bundles.CHECKPOINT), log=trust.log)
    head = signed.checkpoint
    return signed, f"{head.origin}, {head.size} entries, signed by the log"


def _inclusion(contents: Contents, head: SignedCheckpoint) -> tuple[bool, str]:
    for entry in contents.entries:
        proof = parse_proof(entry.proof)
        same = proof.checkpoint == contents.members[bundles.CHECKPOINT]
        if not same or proof.index != entry.index or proof.render() != entry.proof:
            raise VerificationError(f"the proof of entry {entry.index} is of something else")
        if proof.extra is not None:
            raise VerificationError(f"the proof of entry {entry.index} has unsigned data")
        verify_inclusion(
            leaf=leaf_hash(leaf_data(entry.nonce, entry.data)),
            index=entry.index,
            size=head.checkpoint.size,
            proof=proof.hashes,
            root=head.checkpoint.root,
        )
    return True, f"all {len(contents.entries)} entries are in the log"


def _history(contents: Contents, head: SignedCheckpoint, trust: Trust) -> tuple[bool, str]:
    for size in contents.history:
        note = member_of(contents.members, f"log/history/{size:08d}/checkpoint")
        earlier = verify_checkpoint(note, log=trust.log).checkpoint
        if earlier.size != size or size >= head.checkpoint.size:
            raise VerificationError(f"the earlier checkpoint {size} is of another size")
        _verify_growth(contents, earlier.size, earlier.root, head)
    return True, f"the log only grew since {len(contents.history)} earlier checkpoints"


def _kept(
    contents: Contents, head: SignedCheckpoint, trust: Trust, kept: bytes
) -> tuple[bool, str]:
    seen, now = verify_checkpoint(kept, log=trust.log).checkpoint, head.checkpoint
    if seen.size > now.size:
        raise VerificationError(
            f"rollback: the bundle shows {now.size} entries, the kept checkpoint {seen.size}"
        )
    if seen.size == now.size:
        if seen.root != now.root:
            raise VerificationError(f"fork: two signed heads of {now.size} entries differ")
        return True, "the head is the kept checkpoint"
    if f"log/history/{seen.size:08d}/consistency" not in contents.members:
        raise VerificationError(
            f"the bundle has no proof from the kept checkpoint of {seen.size} entries"
        )
    _verify_growth(contents, seen.size, seen.root, head)
    return True, f"the log only grew since the kept checkpoint of {seen.size} entries"


def _verify_growth(contents: Contents, size: int, root: bytes, head: SignedCheckpoint) -> None:
    text = member_of(contents.members, f"log/history/{size:08d}/consistency")
    if re.fullmatch(rb"([0-9a-f]{64}\n)*", text) is None:
        raise VerificationError(f"the consistency proof from {size} is malformed")
    verify_consistency(
        old_size=size,
        old_root=root,
        new_size=head.checkpoint.size,
        new_root=head.checkpoint.root,
        proof=tuple(bytes.fromhex(line.decode()) for line in text.split()),
    )


def _policies(contents: Contents, trust: Trust) -> tuple[Mapping[str, Policy], str]:
    found: dict[str, Policy] = {}
    places: dict[str, int] = {}
    standing = Standing(roots=trust.roots)
    for entry in contents.entries:
        if entry.claim.predicate is not Predicate.POLICY:
            continue
        policy = verify_policy(entry.envelope, entry.claim, standing=standing)
        if policy.origin != trust.log.name:
            raise VerificationError(f"the policy is for the log {policy.origin!r}")
        found[entry.digest] = policy
        places[entry.digest] = entry.index
    for entry in contents.entries:
        if entry.claim.predicate is Predicate.POLICY:
            continue
        if places.get(entry.claim.policy, entry.index) >= entry.index:
            raise VerificationError(f"the policy of entry {entry.index} is not before it")
    return found, f"{len(found)} signed by a trusted root"


def _signatures(
    contents: Contents, policies: Mapping[str, Policy]
) -> tuple[Mapping[str, Record], str]:
    records: dict[str, Record] = {}
    count = 0
    for entry in contents.entries:
        claim = entry.claim
        signers: tuple[Person, ...] = ()
        if claim.predicate is not Predicate.POLICY:
            signers = signers_of(entry.envelope, policies[claim.policy])
        count += len(signers)
        digest = entry.digest
        records[digest] = Record(index=entry.index, claim=claim, digest=digest, signers=signers)
    people = ", ".join(person.label for person in records[contents.decision.digest].signers)
    return records, f"{count} hold; the decision is signed by {people or 'nobody'}"


def _references(contents: Contents, records: Mapping[str, Record]) -> tuple[bool, str]:
    for entry in contents.entries:
        verify_references(entry.claim, index=entry.index, records=records)
    return True, "each claim refers to earlier ones that agree with it"


def _separation(contents: Contents, records: Mapping[str, Record]) -> tuple[bool, str]:
    for entry in contents.entries:
        signers = records[entry.digest].signers
        verify_separation(entry.claim, signers, index=entry.index, records=records)
    return True, "no proposer is among the signers"


def _quorum(
    contents: Contents, policies: Mapping[str, Policy], records: Mapping[str, Record]
) -> tuple[bool, str]:
    for entry in contents.entries:
        claim = entry.claim
        if claim.predicate is not Predicate.POLICY:
            signers = records[entry.digest].signers
            verify_quorum(claim.predicate, signers, policy=policies[claim.policy])
    return True, "every role that the policy asks for has signed"


def _precedence(contents: Contents) -> tuple[bool, str]:
    for entry in contents.entries:
        verify_body(entry.claim)
    decision = Decision.parse(contents.decision.claim.body)
    when = f"assessed {decision.assessed}, selected {decision.selected or 'not yet'}"
    late = decision.precedence == "after selection"
    return True, f"{when}{'; the decision records the violation' if late else ''}"


def _files(contents: Contents) -> tuple[bool, str]:
    signed, found = contents.decision.claim.subjects, subjects_of(contents.files)
    for name in sorted({*signed, *found}):
        if signed.get(name) != found.get(name):
            raise VerificationError(f"{name} is not the file that was signed")
    return True, f"{len(found)} files are those that were signed"


def _result(contents: Contents) -> tuple[bool, str]:
    claim = contents.decision.claim
    result = member_of(contents.members, bundles.RESULT)
    if Binding.of_result(result) != claim.binding:
        raise VerificationError("the decision is bound to another review document")
    document = cast("Mapping[str, object]", decode_json(result))
    change, verdict = document.get("change"), document.get("verdict")
    if not isinstance(change, Mapping) or change.get("id") != claim.change:
        raise VerificationError("the review document is about another change")
    word = verdict.get("word") if isinstance(verdict, Mapping) else None
    if word != claim.body.get("verdict"):
        raise VerificationError(f"the verdict of the review is {word!r}, decided was another")
    return True, f"verdict: {word}"


def _replay(contents: Contents, replay: Replay) -> tuple[bool, str]:
    if replay(contents.inputs) != contents.members[bundles.RESULT]:
        raise VerificationError("the review computed again has other bytes than result.json")
    return True, "the review computed again has the same bytes"
