"""Signed notes and their keys (C2SP signed-note): text, and who put a signature under it.

Text counts only after ``verify_note``: a signature of an unknown key is ignored, a wrong one of
a known key refuses the whole note.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from counterseal.errors import LogError
from counterseal.tlog import cosignature
from counterseal.tlog.keys import KEY_BYTES, PublicKey, SigningKey, decode_base64

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "MAX_NOTE_BYTES",
    "MAX_SIGNATURES",
    "Algorithm",
    "Note",
    "NoteSigner",
    "Signature",
    "Verified",
    "VerifierKey",
    "cosign_note",
    "parse_note",
    "parse_signer",
    "parse_vkey",
    "sign_note",
    "verify_note",
]

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100

_ID_BYTES = 4
_LINE = re.compile(r"\N{EM DASH} (?P<name>[^ ]+) (?P<signature>[^ ]+)")
_VKEY = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>.+)", re.DOTALL)
_SKEY = re.compile(
    r"PRIVATE\+KEY\+(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>.+)", re.DOTALL
)


class Algorithm(IntEnum):
    """Signature type byte of a key; other types are refused as keys, ignored in notes."""

    ED25519 = 0x01
    COSIGNATURE_V1 = 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A key by which notes are verified.

    Attributes:
        name: Non-empty, without spaces and plus signs; for a log, its origin.
        public: The Ed25519 key.
        algorithm: What the key signs: the text, or a timestamped cosignature of it.
    """

    name: str
    public: PublicKey
    algorithm: Algorithm = Algorithm.ED25519

    def __post_init__(self) -> None:
        _require_name(self.name)

    def __str__(self) -> str:
        material = bytes([self.algorithm]) + self.public.raw
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(material).decode()}"

    @property
    def key_id(self) -> bytes:
        """Return SHA-256(name || newline || type || key)[:4]; an identifier, not a digest."""
        hashed = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public.raw
        return hashlib.sha256(hashed).digest()[:_ID_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSigner:
    """A named private key of a log or a witness."""

    name: str
    key: SigningKey
    algorithm: Algorithm = Algorithm.ED25519

    @property
    def verifier(self) -> VerifierKey:
        """The key to give to those who verify."""
        return VerifierKey(name=self.name, public=self.key.public, algorithm=self.algorithm)

    def encode(self) -> str:
        """Return ``PRIVATE+KEY+<name>+<id>+<base64>``; whoever writes it protects it."""
        material = base64.b64encode(bytes([self.algorithm]) + self.key.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{material}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line: the key's name, its 4-byte id, and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def render(self) -> str:
        """Return the line, with its newline."""
        encoded = base64.b64encode(self.key_id + self.signature).decode()
        return f"\N{EM DASH} {self.name} {encoded}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Text ending in a newline, and the signatures under it, in order."""

    text: bytes
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """Return the bytes of the note."""
        lines = "".join(signature.render() for signature in self.signatures)
        return self.text + b"\n" + lines.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A key whose signature holds; a cosignature has its time in POSIX seconds."""

    key: VerifierKey
    timestamp: int | None = None


def parse_vkey(text: str) -> VerifierKey:
    """Return the key written as ``<name>+<8 hex digits>+<base64>``.

    Raises:
        LogError: The form is wrong, the type unknown, or the id is not that of the key.
    """
    name, algorithm, material, key_id = _parse_key(_VKEY.fullmatch(text), "a verifier key")
    key = VerifierKey(name=name, public=PublicKey(material), algorithm=algorithm)
    if key.key_id.hex() != key_id:
        raise LogError(f"the id of key {name!r} is {key.key_id.hex()}, not {key_id}")
    return key


def parse_signer(text: str) -> NoteSigner:
    """Return the private key written as ``PRIVATE+KEY+...``.

    Raises:
        LogError: The form is wrong. Nothing of the key is quoted.
    """
    name, algorithm, material, key_id = _parse_key(_SKEY.fullmatch(text), "a private key")
    _require_name(name)
    signer = NoteSigner(name=name, key=SigningKey(material), algorithm=algorithm)
    if signer.verifier.key_id.hex() != key_id:
        raise LogError(f"the id of the private key {name!r} does not belong to it")
    return signer


def parse_note(data: bytes) -> Note:
    """Return the note in ``data``, nothing verified yet.

    Raises:
        LogError: It is not a signed note, or over 1,000,000 bytes or 100 signatures.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise LogError(f"a note has at most {MAX_NOTE_BYTES} bytes, this has {len(data)}")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise LogError("a note is UTF-8") from error
    if any(character < " " and character != "\n" for character in whole):
        raise LogError("a note has no control characters but newlines")
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise LogError("a note is text, an empty line, and signature lines")
    rows = lines[:-1].split("\n")
    if len(rows) > MAX_SIGNATURES:
        raise LogError(f"a note has at most {MAX_SIGNATURES} signatures")
    return Note(
        text=text.encode() + b"\n", signatures=tuple(_parse_signature(row) for row in rows)
    )


def verify_note(note: Note, keys: Collection[VerifierKey]) -> tuple[Verified, ...]:
    """Return the keys, of those given, whose signatures hold; at least one, in note order.

    A key is counted once, however often it signed.

    Raises:
        LogError: A signature of a known key is wrong, or no known key signed.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[VerifierKey, Verified] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None:
            verified = _verify_signature(note.text, signature, key)
            found.setdefault(key, verified)
    if not found:
        raise LogError("the note bears no signature by a trusted key")
    return tuple(found.values())


def sign_note(text: bytes, *signers: NoteSigner) -> Note:
    """Return ``text`` as a note signed by each of ``signers``, in order.

    Raises:
        LogError: The text does not end in a newline or has control characters, or a signer is
            a witness key, which needs a time (``cosign_note``).
    """
    if any(signer.algorithm is not Algorithm.ED25519 for signer in signers):
        raise LogError("a witness key signs with a time")
    signatures = tuple(_signature(signer, signer.key.sign_bytes(text)) for signer in signers)
    note = Note(text=text, signatures=signatures)
    if parse_note(note.encode()) != note:
        raise LogError("this text cannot be the text of a note")
    return note


def cosign_note(note: Note, signer: NoteSigner, *, timestamp: int) -> Note:
    """Return ``note`` with the cosignature of a witness at ``timestamp`` (POSIX seconds).

    Raises:
        LogError: The signer's key is not a witness key, or the time is out of range.
    """
    if signer.algorithm is not Algorithm.COSIGNATURE_V1:
        raise LogError("only a witness key cosigns")
    signed = signer.key.sign_bytes(cosignature.message(note.text, timestamp=timestamp))
    added = _signature(signer, cosignature.encode(signed, timestamp=timestamp))
    return Note(text=note.text, signatures=(*note.signatures, added))


def _signature(signer: NoteSigner, signature: bytes) -> Signature:
    return Signature(name=signer.name, key_id=signer.verifier.key_id, signature=signature)


def _verify_signature(text: bytes, signature: Signature, key: VerifierKey) -> Verified:
    if key.algorithm is Algorithm.ED25519:
        key.public.verify(signature.signature, text)
        return Verified(key=key)
    timestamp, raw = cosignature.decode(signature.signature)
    key.public.verify(raw, cosignature.message(text, timestamp=timestamp))
    return Verified(key=key, timestamp=timestamp)


def _parse_signature(line: str) -> Signature:
    match = _LINE.fullmatch(line)
    if match is None:
        raise LogError("a signature line is: em dash, space, name, space, base64")
    _require_name(match["name"])
    data = decode_base64(match["signature"])
    if len(data) <= _ID_BYTES:
        raise LogError("a signature line has a 4-byte key id and a signature")
    return Signature(name=match["name"], key_id=data[:_ID_BYTES], signature=data[_ID_BYTES:])


def _parse_key(match: re.Match[str] | None, what: str) -> tuple[str, Algorithm, bytes, str]:
    """Return name, algorithm, key bytes and written id of a key in C2SP form."""
    if match is None:
        raise LogError(f"{what} is written <name>+<8 hexadecimal digits>+<base64>")
    data = decode_base64(match["key"])
    if data[:1] not in {bytes([algorithm]) for algorithm in Algorithm}:
        raise LogError(f"{what} is of a type that is not supported")
    if len(data) != 1 + KEY_BYTES:
        raise LogError(f"{what} has {KEY_BYTES} bytes after its type")
    return match["name"], Algorithm(data[0]), data[1:], match["id"]


def _require_name(name: str) -> None:
    printable = all(not character.isspace() and character >= " " for character in name)
    if not name or "+" in name or not printable or not _encodable(name):
        raise LogError("a key name is not empty and has no spaces and no plus sign")


def _encodable(name: str) -> bool:
    """Return whether ``name`` has no lone surrogate, which UTF-8 cannot write."""
    return not any("\ud800" <= character <= "\udfff" for character in name)
