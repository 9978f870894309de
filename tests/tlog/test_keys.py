"""Keys of people: RFC 8032 vectors, one spelling, nothing secret in sight."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import LogError
from counterseal.tlog.keys import PublicKey, SigningKey, decode_base64

# RFC 8032, section 7.1, tests 1 and 2: secret, public, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
            "cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
            "0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_keys_and_signatures_match_rfc_8032(
    secret: str, public: str, message: str, signature: str
) -> None:
    key = SigningKey(bytes.fromhex(secret))
    assert key.public.raw.hex() == public
    assert key.sign_bytes(bytes.fromhex(message)).hex() == signature
    key.public.verify(bytes.fromhex(signature), bytes.fromhex(message))


@given(st.binary(min_size=32, max_size=32))
def test_a_key_survives_its_pem(seed: bytes) -> None:
    key = SigningKey(seed)
    assert SigningKey.decode_pem(key.encode_pem()) == key
    assert PublicKey.parse(str(key.public)) == key.public


@given(st.binary(max_size=80))
def test_any_bytes_as_pem_raise_our_error_only(data: bytes) -> None:
    with pytest.raises(LogError):
        SigningKey.decode_pem(data)


@given(st.text(max_size=60))
def test_any_text_as_a_public_key_raises_our_error_only(text: str) -> None:
    with pytest.raises(LogError):
        PublicKey.parse(text)
    with pytest.raises(LogError):
        PublicKey.parse("ed25519:" + text)


def test_the_private_part_is_not_shown() -> None:
    key = SigningKey(b"s" * 32)
    assert "ssss" not in repr(key)
    assert repr(b"s" * 32) not in repr(key)


def test_a_wrong_signature_is_refused() -> None:
    key = SigningKey(b"s" * 32)
    with pytest.raises(LogError, match="not by key"):
        key.public.verify(key.sign_bytes(b"one"), b"other")
    with pytest.raises(LogError, match="not by key"):
        key.public.verify(b"short", b"one")


def test_a_pem_of_another_kind_of_key_is_refused() -> None:
    other = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(LogError, match="not an Ed25519 key"):
        SigningKey.decode_pem(other)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(LogError):
        SigningKey(bytes(size))
    with pytest.raises(LogError):
        PublicKey(bytes(size))


def test_base64_has_one_spelling() -> None:
    assert decode_base64("AA==") == b"\0"
    for other in ("AB==", "AA=", "AA", "A A=", "AA==\n", "é"):
        with pytest.raises(LogError):
            decode_base64(other)
