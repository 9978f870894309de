"""A decision with everything that shows it, in one file: same inputs, same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.canon import canonical, digest_bytes
from counterseal.errors import LedgerError
from counterseal.ledger.admission import parse_record
from counterseal.ledger.claims import Predicate, subjects_of
from counterseal.ledger.container import pack
from counterseal.ledger.log import change_token, token_of, tree_of
from counterseal.tlog.checkpoint import parse_checkpoint
from counterseal.tlog.note import parse_note
from counterseal.tlog.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.canon import Json
    from counterseal.ledger.claims import Claim
    from counterseal.ledger.store import Entry, Store
    from counterseal.tlog.tree import Tree

__all__ = [
    "CHECKPOINT",
    "INPUTS",
    "INSTRUCTIONS",
    "MANIFEST",
    "MAX_HISTORY",
    "REPORT",
    "RESULT",
    "SCHEMA",
    "VERIFY",
    "build",
    "files_of",
    "manifest_of",
]

SCHEMA = "counterseal-bundle/1"
CHECKPOINT = "log/checkpoint"
HISTORY = "log/history"
INPUTS = "inputs/"
MANIFEST = "manifest.json"
REPORT = "report.html"
RESULT = "result.json"
VERIFY = "VERIFY.txt"
MAX_HISTORY = 64
"""Consistency is shown from at most this many earlier checkpoints, the newest."""

INSTRUCTIONS = b"""\
How to check this bundle

This file is one decision about one change, with everything that shows who decided what, on
which facts, and when. Nothing in it asks to be believed: check it.

You need two things that did not come with this bundle: the root public key of the organisation
(ed25519:...) and the verifier key of its log (name+id+key). Ask for them by another way.

1. With Counterseal:          counterseal verify BUNDLE
   It also computes the verdict again from inputs/ and compares it with result.json.
2. Without Counterseal:       python standalone_verify.py BUNDLE --root KEY --log KEY
   One file that needs Python 3.11 and the package 'cryptography', shares no code with 1, and is
   in every copy of Counterseal as counterseal/ledger/standalone_verify.py. Take it from a copy
   that you trust, not from whoever gave you the bundle.
3. If you hold an earlier checkpoint of the log, add --kept FILE: the check then fails if the
   history you saw was cut or rewritten.

What is where
  manifest.json      every file with its size and SHA-256
  entries/N/         entry N of the log: envelope.json (signed bytes), nonce, proof (C2SP
                     tlog-proof). Its leaf, hashed into the tree as RFC 6962 says, is
                     SHA-256 of "counterseal/leaf/v1\\n", nonce and envelope.
  log/checkpoint     the signed head of the log (C2SP tlog-checkpoint)
  log/history/       earlier heads, and proofs that the log only grew since
  inputs/            the estate, the change, the rules and the catalog that were reviewed
  result.json        the review; report.html shows the same to people
"""


def build(
    store: Store,
    *,
    decision: int,
    inputs: Mapping[str, bytes],
    result: bytes,
    report: bytes,
) -> bytes:
    """Return the bundle of the decision at index ``decision`` of the log in ``store``.

    Every entry about the same change is included, with the policies they were made under.

    Args:
        store: The log.
        decision: Index of the decision.
        inputs: Name to content of every file that the review read, without ``inputs/``.
        result: The review document.
        report: The report that people read, in HTML.

    Raises:
        LedgerError: The entry is not a decision, or the files are not those that were signed.
    """
    claim = _claim_at(store, decision)
    files = files_of(inputs=inputs, result=result, report=report)
    _require_signed_files(claim, files)
    tree = tree_of(store)
    head = store.head()
    if claim.predicate is not Predicate.DECISION or head is None:
        raise LedgerError(f"entry {decision} is a {claim.predicate}, not a decision")
    members = {**files, VERIFY: INSTRUCTIONS, CHECKPOINT: head.checkpoint}
    indices = _related(store, claim.change)
    for index in indices:
        proof = Proof(index=index, hashes=tree.inclusion(index), checkpoint=head.checkpoint)
        members |= _entry_members(store.entry(index), proof)
    members |= _history(store, tree)
    members[MANIFEST] = manifest_of(members, change=claim.change, decision=decision)
    return pack(members)


def files_of(
    *, inputs: Mapping[str, bytes], result: bytes, report: bytes
) -> Mapping[str, bytes]:
    """Return the files a decision is about, under their names in the bundle.

    ``subjects_of`` of this is the subjects of the decision's claim.
    """
    named = {INPUTS + name: inputs[name] for name in sorted(inputs)}
    return {**named, RESULT: result, REPORT: report}


def manifest_of(members: Mapping[str, bytes], *, change: str, decision: int) -> bytes:
    """Return the manifest of ``members`` (itself not among them) as canonical JSON."""
    listed: dict[str, Json] = {
        name: {"sha256": digest_bytes(data).removeprefix("sha256:"), "size": len(data)}
        for name, data in members.items()
        if name != MANIFEST
    }
    return canonical(
        {"schema": SCHEMA, "change": change, "decision": decision, "members": listed}
    )


def _claim_at(store: Store, index: int) -> Claim:
    envelope = store.entry(index).envelope
    if envelope is None:
        raise LedgerError(f"entry {index} is erased; only its leaf remains")
    return parse_record(envelope)[1]


def _require_signed_files(claim: Claim, files: Mapping[str, bytes]) -> None:
    found = subjects_of(files)
    names = sorted({*found, *claim.subjects})
    wrong = [name for name in names if found.get(name) != claim.subjects.get(name)]
    if wrong:
        raise LedgerError(
            f"{wrong[0]} is not the file that was signed ({len(wrong)} of {len(names)} differ)",
            hint="build the bundle from the files kept when the decision was drafted",
        )


def _related(store: Store, change: str) -> Sequence[int]:
    """Return the indices of all entries about ``change``, and of their policies, in order."""
    found: set[int] = set()
    for index in store.about(change_token(change)):
        if store.entry(index).envelope is None:
            continue
        policy = store.find(token_of(_claim_at(store, index).policy))
        found |= {index} if policy is None else {index, policy}
    return sorted(found)


def _entry_members(entry: Entry, proof: Proof) -> Mapping[str, bytes]:
    if entry.envelope is None or entry.nonce is None:
        raise LedgerError(f"entry {entry.index} is erased; only its leaf remains")
    folder = f"entries/{entry.index:08d}"
    return {
        f"{folder}/envelope.json": entry.envelope,
        f"{folder}/nonce": entry.nonce,
        f"{folder}/proof": proof.render(),
    }


def _history(store: Store, tree: Tree) -> Mapping[str, bytes]:
    """Return earlier checkpoints, each with its proof: a line of hexadecimal for every hash."""
    members: dict[str, bytes] = {}
    for note in store.checkpoints()[:-1][-MAX_HISTORY:]:
        size = parse_checkpoint(parse_note(note).text).size
        lines = [f"{item.hex()}\n" for item in tree.consistency(size)]
        members[f"{HISTORY}/{size:08d}/checkpoint"] = note
        members[f"{HISTORY}/{size:08d}/consistency"] = "".join(lines).encode()
    return members
