"""Ed25519 keys of people: made from 32 given bytes, named by their digest, kept as PEM.

Keys of logs and witnesses carry a name and are in ``tlog.note``; both sign through here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from counterseal.errors import LogError

__all__ = ["KEY_BYTES", "SIGNATURE_BYTES", "PublicKey", "SigningKey", "decode_base64"]

KEY_BYTES = 32
SIGNATURE_BYTES = 64
_PREFIX = "ed25519:"


@dataclass(frozen=True, slots=True, order=True)
class PublicKey:
    """An Ed25519 public key (RFC 8032): 32 bytes, written ``ed25519:<base64>``."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise LogError(f"an Ed25519 public key has {KEY_BYTES} bytes, not {len(self.raw)}")

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Return the key written as ``text``.

        Raises:
            LogError: ``text`` is not such a key.
        """
        if not text.startswith(_PREFIX):
            raise LogError(f"a public key is written {_PREFIX}<base64>")
        return cls(decode_base64(text.removeprefix(_PREFIX)))

    def __str__(self) -> str:
        return _PREFIX + base64.b64encode(self.raw).decode()

    @property
    def id(self) -> str:
        """The SHA-256 of the key, 64 hexadecimal digits: the ``keyid`` of an envelope."""
        return hashlib.sha256(self.raw).hexdigest()

    def verify(self, signature: bytes, message: bytes) -> None:
        """Verify ``signature`` over ``message``.

        Raises:
            LogError: The signature is not by this key over these bytes.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise LogError(f"the signature is not by key {self.id[:16]}") from error


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key. It is never shown: its ``repr`` has the public part only."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_BYTES:
            raise LogError(f"an Ed25519 private key is made from {KEY_BYTES} bytes")

    @property
    def public(self) -> PublicKey:
        """The public key that belongs to this one."""
        return PublicKey(self._private().public_key().public_bytes_raw())

    def sign_bytes(self, message: bytes) -> bytes:
        """Return the 64-byte signature over ``message``.

        Only ``tlog.note`` (checkpoints) and ``tlog.dsse`` (envelopes) call this.
        """
        return self._private().sign(message)

    def encode_pem(self) -> bytes:
        """Return the key as unencrypted PKCS #8 PEM; whoever writes it owns its protection."""
        return self._private().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @classmethod
    def decode_pem(cls, data: bytes) -> SigningKey:
        """Return the Ed25519 key in unencrypted PKCS #8 PEM ``data``.

        Raises:
            LogError: ``data`` is not such a key. Nothing of it is quoted.
        """
        try:
            private = serialization.load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise LogError("this is not an unencrypted PEM private key") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise LogError("the private key is not an Ed25519 key")
        return cls(private.private_bytes_raw())

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def decode_base64(text: str) -> bytes:
    """Decode standard base64 with padding, in its one canonical spelling (RFC 4648, 3.5).

    Raises:
        LogError: ``text`` is something else, or has bits set that decoding would drop.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise LogError("this is not base64") from error
    if base64.b64encode(data).decode() != text:
        raise LogError("this is base64 with stray bits")
    return data
