"""Offline proofs that data is in a log (C2SP ``tlog-proof@v1``), path and checkpoint."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import LogError
from counterseal.tlog import checkpoint as checkpoints
from counterseal.tlog.keys import decode_base64
from counterseal.tlog.merkle import HASH_BYTES, verify_inclusion

if TYPE_CHECKING:
    from collections.abc import Collection

    from counterseal.tlog.note import VerifierKey

__all__ = ["HEADER", "Proof", "parse_proof", "verify_proof"]

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A leaf's place in a log.

    Attributes:
        index: Of the leaf, from 0.
        hashes: Its inclusion proof, the leaf's sibling first.
        checkpoint: The signed note of the tree that the proof leads to.
        extra: Data that nothing authenticates; ``None`` is none, empty bytes are empty.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def render(self) -> bytes:
        """Return the text of the proof."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines.extend(base64.b64encode(item).decode() for item in self.hashes)
        return "".join(f"{line}\n" for line in (*lines, "")).encode() + self.checkpoint


def parse_proof(data: bytes) -> Proof:
    """Return the proof in ``data``, nothing verified yet.

    Raises:
        LogError: It is not one, in its only spelling.
    """
    head, gap, note = data.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError as error:
        raise LogError("a proof is UTF-8") from error
    if not gap or lines[0] != HEADER:
        raise LogError(f"a proof starts with the line {HEADER}")
    extra = None
    if lines[1:] and lines[1].startswith("extra "):
        extra = decode_base64(lines.pop(1).removeprefix("extra "))
    index = _INDEX.fullmatch(lines[1]) if lines[1:] else None
    if index is None:
        raise LogError("a proof has the line 'index', a space and a decimal number")
    hashes = tuple(decode_base64(line) for line in lines[2:])
    if len(hashes) > MAX_HASHES or any(len(item) != HASH_BYTES for item in hashes):
        raise LogError(f"a proof has at most {MAX_HASHES} hashes of {HASH_BYTES} bytes")
    return Proof(index=int(index[1]), hashes=hashes, checkpoint=note, extra=extra)


def verify_proof(
    proof: Proof, *, leaf: bytes, log: VerifierKey, witnesses: Collection[VerifierKey] = ()
) -> checkpoints.SignedCheckpoint:
    """Return the verified checkpoint under which leaf hash ``leaf`` is in the log.

    Raises:
        LogError: The checkpoint does not verify, or the leaf is not where the proof says.
    """
    signed = checkpoints.verify(proof.checkpoint, log=log, witnesses=witnesses)
    verify_inclusion(
        leaf=leaf,
        index=proof.index,
        size=signed.checkpoint.size,
        proof=proof.hashes,
        root=signed.checkpoint.root,
    )
    return signed
