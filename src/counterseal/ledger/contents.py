"""The parsed contents of a bundle: nothing trusted yet, but nothing without a meaning either.

Every member is listed with its digest, every name has a known form, and every entry is a claim;
whether the claims hold is for ``verify``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.canon import digest_bytes
from counterseal.errors import VerificationError
from counterseal.ledger import bundle as bundles
from counterseal.ledger.admission import parse_record
from counterseal.ledger.claims import Predicate, subjects_of
from counterseal.tlog.dsse import decode_json

if TYPE_CHECKING:
    from counterseal.ledger.claims import Claim
    from counterseal.tlog.dsse import Envelope

__all__ = ["Contents", "LoggedClaim", "member_of", "parse_contents", "verify_manifest"]

_ENTRY = re.compile(r"entries/(?P<number>[0-9]{8,19})/(?:envelope\.json|nonce|proof)")
_HISTORY = re.compile(r"log/history/(?P<number>[0-9]{8,19})/(?:checkpoint|consistency)")
_FIXED = frozenset(
    {bundles.MANIFEST, bundles.VERIFY, bundles.CHECKPOINT, bundles.RESULT, bundles.REPORT}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedClaim:
    """One entry of the log as the bundle has it."""

    index: int
    envelope: Envelope
    claim: Claim
    data: bytes
    nonce: bytes
    proof: bytes

    @property
    def digest(self) -> str:
        """The ``sha256:`` digest of the signed payload."""
        return digest_bytes(self.envelope.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The parsed bundle.

    Attributes:
        members: Name to bytes.
        entries: In order of their indices.
        decision: The entry that the bundle is about.
        history: Sizes of the earlier checkpoints, ascending.
    """

    members: Mapping[str, bytes]
    entries: tuple[LoggedClaim, ...]
    decision: LoggedClaim
    history: tuple[int, ...]

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files that the decision is about."""
        names = (bundles.RESULT, bundles.REPORT)
        return {
            name: data
            for name, data in self.members.items()
            if name in names or name.startswith(bundles.INPUTS)
        }

    @property
    def inputs(self) -> Mapping[str, bytes]:
        """What the review read, by the names it knows."""
        return {
            name.removeprefix(bundles.INPUTS): data
            for name, data in self.members.items()
            if name.startswith(bundles.INPUTS)
        }


def verify_manifest(members: Mapping[str, bytes]) -> int:
    """Return how many files are listed, each there with its digest and no other beside them.

    Raises:
        VerificationError: Names the first file that is missing, unlisted or different.
        LogError: The manifest is not JSON.
    """
    change, decision, listed = _read_manifest(members)
    found = subjects_of({name: members[name] for name in members if name != bundles.MANIFEST})
    for name in sorted({*found, *listed}):
        entry = listed.get(name)
        if name not in found:
            raise VerificationError(f"{name} is listed and not there")
        if not isinstance(entry, Mapping) or entry.get("sha256") != found[name]:
            raise VerificationError(f"{name} does not have the SHA-256 that is listed")
    rebuilt = bundles.manifest_of(members, change=change, decision=decision)
    if rebuilt != members[bundles.MANIFEST]:
        raise VerificationError("manifest.json is not spelled as the members give it")
    if member_of(members, bundles.VERIFY) != bundles.INSTRUCTIONS:
        raise VerificationError("VERIFY.txt is not the text that belongs to this format")
    return len(found)


def parse_contents(members: Mapping[str, bytes]) -> Contents:
    """Return the contents of a bundle whose manifest holds.

    Raises:
        VerificationError: A name is unknown, a part is missing, or the parts do not fit.
        LedgerError: An entry is not a claim.
        LogError: An entry is malformed.
    """
    change, decision, _ = _read_manifest(members)
    indices: set[int] = set()
    history: set[int] = set()
    for name in members:
        _sort_name(name, indices, history)
    entries = tuple(_entry(members, index) for index in sorted(indices))
    named = [entry for entry in entries if entry.index == decision]
    if not named or named[0].claim.predicate is not Predicate.DECISION:
        raise VerificationError("the manifest does not name a decision that is there")
    for entry in entries:
        if entry.claim.change not in {"", change}:
            raise VerificationError(f"entry {entry.index} is about another change")
    return Contents(
        members=members, entries=entries, decision=named[0], history=tuple(sorted(history))
    )


def member_of(members: Mapping[str, bytes], name: str) -> bytes:
    """Return the member ``name``.

    Raises:
        VerificationError: It is missing.
    """
    data = members.get(name)
    if data is None:
        raise VerificationError(f"{name} is missing")
    return data


def _read_manifest(members: Mapping[str, bytes]) -> tuple[str, int, Mapping[str, object]]:
    value = decode_json(member_of(members, bundles.MANIFEST))
    listed = value.get("members") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(listed, Mapping):
        raise VerificationError("manifest.json is not a manifest")
    change, decision = value.get("change"), value.get("decision")
    if not isinstance(change, str) or type(decision) is not int or not 0 <= decision < 2**53:
        raise VerificationError("manifest.json names no change or no decision")
    return change, decision, listed


def _sort_name(name: str, indices: set[int], history: set[int]) -> None:
    """Note the entry or the checkpoint that member ``name`` belongs to; refuse others."""
    for pattern, numbers in ((_ENTRY, indices), (_HISTORY, history)):
        match = pattern.fullmatch(name)
        if match and f"{int(match['number']):08d}" == match["number"]:
            numbers.add(int(match["number"]))
            return
    if name not in _FIXED and not name.startswith(bundles.INPUTS):
        raise VerificationError(f"{name} does not belong into a bundle")


def _entry(members: Mapping[str, bytes], index: int) -> LoggedClaim:
    folder = f"entries/{index:08d}"
    data = member_of(members, f"{folder}/envelope.json")
    envelope, claim = parse_record(data)
    return LoggedClaim(
        index=index,
        envelope=envelope,
        claim=claim,
        data=data,
        nonce=member_of(members, f"{folder}/nonce"),
        proof=member_of(members, f"{folder}/proof"),
    )
