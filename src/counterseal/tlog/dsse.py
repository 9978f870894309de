"""DSSE envelopes (secure-systems-lab/dsse v1): signatures over exact bytes and their type."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.canon import canonical
from counterseal.errors import LogError

if TYPE_CHECKING:
    from collections.abc import Collection

    from counterseal.tlog.keys import PublicKey, SigningKey

__all__ = [
    "MAX_ENVELOPE_BYTES",
    "Envelope",
    "EnvelopeSignature",
    "decode_json",
    "pae",
    "parse_envelope",
    "sign_envelope",
    "signing_keys",
    "verify_envelope",
]

MAX_ENVELOPE_BYTES = 16_000_000
MAX_SIGNATURES = 100
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeSignature:
    """One signature; ``keyid`` is a hint that is never trusted."""

    signature: bytes
    keyid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Exact bytes, what they are, and the signatures over both."""

    payload: bytes
    payload_type: str
    signatures: tuple[EnvelopeSignature, ...] = ()

    def encode(self) -> bytes:
        """Return the envelope as canonical JSON, base64 in the standard alphabet."""
        return canonical(
            {
                "payload": base64.b64encode(self.payload).decode(),
                "payloadType": self.payload_type,
                "signatures": [
                    {
                        "keyid": item.keyid,
                        "sig": base64.b64encode(item.signature).decode(),
                    }
                    for item in self.signatures
                ],
            }
        )


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding, which is what is signed.

    Lengths count bytes, not characters.
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def parse_envelope(data: bytes) -> Envelope:
    """Return the envelope in JSON ``data``; unknown fields are ignored, as DSSE demands.

    Both alphabets of base64 are accepted.

    Raises:
        LogError: It is not an envelope, or too large.
    """
    if len(data) > MAX_ENVELOPE_BYTES:
        raise LogError(f"an envelope has at most {MAX_ENVELOPE_BYTES} bytes")
    value = decode_json(data)
    if not isinstance(value, Mapping):
        raise LogError("an envelope is a JSON object")
    signatures = value.get("signatures")
    if not isinstance(signatures, list) or len(signatures) > MAX_SIGNATURES:
        raise LogError(f"an envelope has a list of at most {MAX_SIGNATURES} signatures")
    return Envelope(
        payload=_base64(_text(value, "payload")),
        payload_type=_text(value, "payloadType"),
        signatures=tuple(_parse_signature(item) for item in signatures),
    )


def sign_envelope(envelope: Envelope, key: SigningKey) -> Envelope:
    """Return ``envelope`` with a signature of ``key`` added. Knows no rule: see ``ledger``."""
    signature = key.sign_bytes(pae(envelope.payload_type, envelope.payload))
    added = EnvelopeSignature(signature=signature, keyid=key.public.id)
    return Envelope(
        payload=envelope.payload,
        payload_type=envelope.payload_type,
        signatures=(*envelope.signatures, added),
    )


def signing_keys(envelope: Envelope, keys: Collection[PublicKey]) -> tuple[PublicKey, ...]:
    """Return those of ``keys`` that signed, each once, in the order of ``keys``."""
    message = pae(envelope.payload_type, envelope.payload)
    return tuple(
        key
        for key in dict.fromkeys(keys)
        if any(_holds(key, item.signature, message) for item in envelope.signatures)
    )


def verify_envelope(
    envelope: Envelope,
    keys: Collection[PublicKey],
    *,
    threshold: int,
    payload_types: Collection[str],
) -> tuple[PublicKey, ...]:
    """Return the keys that signed, at least ``threshold`` different ones.

    Signatures by keys that are not given are ignored. An empty payload type is never accepted.

    Raises:
        LogError: The type is not one of ``payload_types``, or too few keys signed.
    """
    if not envelope.payload_type or envelope.payload_type not in payload_types:
        raise LogError(f"the payload type {envelope.payload_type!r} is not expected here")
    found = signing_keys(envelope, keys)
    if threshold < 1 or len(found) < threshold:
        raise LogError(f"{len(found)} of {max(threshold, 1)} required keys signed the envelope")
    return found


def decode_json(data: bytes) -> object:
    """Return the JSON value in ``data``; a key given twice is refused.

    Raises:
        LogError: It is not UTF-8 JSON (RFC 8259), is nested too deep, repeats a key, or has
            half of a surrogate pair, which is no character.
    """
    try:
        value: object = json.loads(
            data.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
        if _ESCAPED_SURROGATE.search(data):
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise LogError(f"this is not JSON: {type(error).__name__}") from error
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise LogError("a JSON object has one key twice")
    return value


def _refuse_constant(name: str) -> object:
    raise LogError(f"{name} is not JSON")


def _holds(key: PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except LogError:
        return False
    return True


def _parse_signature(value: object) -> EnvelopeSignature:
    if not isinstance(value, Mapping):
        raise LogError("a signature of an envelope is a JSON object")
    keyid = value.get("keyid", "")
    if not isinstance(keyid, str):
        raise LogError("the key id of a signature is text")
    return EnvelopeSignature(signature=_base64(_text(value, "sig")), keyid=keyid)


def _text(value: Mapping[str, object], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str):
        raise LogError(f"{key!r} of an envelope is text")
    return text


def _base64(text: str) -> bytes:
    try:
        standard = text.encode("ascii").translate(bytes.maketrans(b"-_", b"+/"))
        return base64.b64decode(standard, validate=True)
    except (binascii.Error, ValueError) as error:
        raise LogError("a payload or signature is not base64") from error
