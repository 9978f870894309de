"""Checkpoints: the signed head of a log (C2SP tlog-checkpoint)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import LogError
from counterseal.tlog.keys import decode_base64
from counterseal.tlog.merkle import HASH_BYTES, MAX_SIZE
from counterseal.tlog.note import (
    parse_note,
    sign_note,
    verify_note,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from counterseal.tlog.note import (
        Note,
        NoteSigner,
        Verified,
        VerifierKey,
    )

__all__ = ["Checkpoint", "SignedCheckpoint", "parse_checkpoint", "sign", "verify"]

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says of itself: its name, how many leaves, and their root.

    Attributes:
        origin: Non-empty, one line; names the log.
        size: Leaves; at least 0.
        root: The 32-byte Merkle tree hash of that size.
        extensions: Further non-empty lines, which this version writes none of.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_BYTES:
            raise LogError("a checkpoint has a size and a root of 32 bytes")
        lines = (self.origin, *self.extensions)
        if any(not line or "\n" in line for line in lines):
            raise LogError("the origin and the extensions of a checkpoint are non-empty lines")

    def render(self) -> bytes:
        """Return the text that is signed."""
        root = base64.b64encode(self.root).decode()
        lines = (self.origin, str(self.size), root, *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint whose log signature holds, and the witnesses that cosigned it."""

    checkpoint: Checkpoint
    note: Note
    cosignatures: tuple[Verified, ...] = ()


def parse_checkpoint(text: bytes) -> Checkpoint:
    """Return the checkpoint in the ``text`` of a note.

    Raises:
        LogError: It is not one, in its only spelling.
    """
    try:
        lines = text.decode().split("\n")
    except UnicodeDecodeError as error:
        raise LogError("a checkpoint is UTF-8") from error
    if len(lines) < 4 or lines[-1] or _SIZE.fullmatch(lines[1]) is None:  # noqa: PLR2004 - 3 lines
        raise LogError("a checkpoint is its origin, size and root, each on a line")
    return Checkpoint(
        origin=lines[0],
        size=int(lines[1]),
        root=decode_base64(lines[2]),
        extensions=tuple(lines[3:-1]),
    )


def sign(checkpoint: Checkpoint, *signers: NoteSigner) -> bytes:
    """Return the note of ``checkpoint`` signed by ``signers``, the log first."""
    return sign_note(checkpoint.render(), *signers).encode()


def verify(
    data: bytes, *, log: VerifierKey, witnesses: Collection[VerifierKey] = ()
) -> SignedCheckpoint:
    """Return the checkpoint in note ``data``, which ``log`` signed.

    The origin must be the name of the log's key. A witness that has not signed is simply
    absent from the result; how many are enough is the caller's policy.

    Raises:
        LogError: The note or checkpoint is malformed, the log did not sign it, it is of another
            origin, or a signature of a known key is wrong.
    """
    note = parse_note(data)
    found = verify_note(note, (log, *witnesses))
    if all(verified.key != log for verified in found):
        raise LogError(f"the checkpoint is not signed by the log {log.name!r}")
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != log.name:
        raise LogError(f"the checkpoint is of {checkpoint.origin!r}, not of {log.name!r}")
    others = tuple(verified for verified in found if verified.key != log)
    return SignedCheckpoint(checkpoint=checkpoint, note=note, cosignatures=others)
