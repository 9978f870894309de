"""Notes are read as C2SP says: unknown signatures ignored, wrong ones of known keys fatal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import LogError
from counterseal.tlog import cosignature
from counterseal.tlog.keys import SigningKey
from counterseal.tlog.note import (
    Algorithm,
    Note,
    NoteSigner,
    Signature,
    cosign_note,
    parse_note,
    parse_signer,
    parse_vkey,
    sign_note,
    verify_note,
)

LOG = NoteSigner(name="log.example/one", key=SigningKey(b"1" * 32))
OTHER = NoteSigner(name="other.example", key=SigningKey(b"2" * 32))
WITNESS = NoteSigner(
    name="witness.example", key=SigningKey(b"3" * 32), algorithm=Algorithm.COSIGNATURE_V1
)
TEXT = b"log.example/one\n1\n\nmore\n"
names = st.text(min_size=1, max_size=20).filter(
    lambda name: (
        "+" not in name
        and not any(c.isspace() or c < " " for c in name)
        and not any("\ud800" <= c <= "\udfff" for c in name)
    )
)
texts = st.text(
    alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n"),
    max_size=60,
)


@given(names, st.binary(min_size=32, max_size=32), st.sampled_from(Algorithm))
def test_keys_survive_their_text(name: str, seed: bytes, algorithm: Algorithm) -> None:
    signer = NoteSigner(name=name, key=SigningKey(seed), algorithm=algorithm)
    assert parse_signer(signer.encode()) == signer
    assert parse_vkey(str(signer.verifier)) == signer.verifier


@given(texts)
def test_a_signed_note_survives_its_bytes_and_verifies(text: str) -> None:
    note = sign_note(text.encode() + b"\n", LOG, OTHER)
    assert parse_note(note.encode()) == note
    found = verify_note(note, [OTHER.verifier, LOG.verifier])
    assert [verified.key for verified in found] == [LOG.verifier, OTHER.verifier]


@given(st.binary(max_size=120) | texts.map(str.encode))
def test_any_bytes_as_a_note_raise_our_error_only(data: bytes) -> None:
    try:
        note = parse_note(data)
    except LogError:
        return
    assert note.encode() == data


@given(st.text(max_size=60))
def test_any_text_as_a_key_raises_our_error_only(text: str) -> None:
    for parse in (parse_vkey, parse_signer):
        for candidate in (text, f"PRIVATE+KEY+{text}", f"name+01234567+{text}"):
            with pytest.raises(LogError):
                parse(candidate)


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_no_bit_of_a_signed_note_can_change(at: int, bit: int) -> None:
    data = bytearray(sign_note(TEXT, LOG).encode())
    data[at % len(data)] ^= 1 << bit
    with pytest.raises(LogError):
        verify_note(parse_note(bytes(data)), [LOG.verifier])


def test_signatures_of_unknown_keys_are_ignored() -> None:
    note = sign_note(TEXT, OTHER, LOG)
    assert [found.key for found in verify_note(note, [LOG.verifier])] == [LOG.verifier]


def test_a_note_without_a_known_signature_is_refused() -> None:
    with pytest.raises(LogError, match="no signature by a trusted key"):
        verify_note(sign_note(TEXT, OTHER), [LOG.verifier])


def test_a_wrong_signature_of_a_known_key_refuses_the_whole_note() -> None:
    good = sign_note(TEXT, LOG, OTHER)
    broken = Signature(
        name=LOG.name, key_id=LOG.verifier.key_id, signature=good.signatures[1].signature
    )
    note = Note(text=TEXT, signatures=(broken, good.signatures[1]))
    with pytest.raises(LogError, match="not by key"):
        verify_note(note, [LOG.verifier, OTHER.verifier])


def test_a_key_with_the_same_name_and_another_id_is_another_key() -> None:
    namesake = NoteSigner(name=LOG.name, key=OTHER.key)
    note = sign_note(TEXT, namesake, LOG)
    assert [found.key for found in verify_note(note, [LOG.verifier])] == [LOG.verifier]


def test_a_key_that_signs_twice_counts_once() -> None:
    assert len(verify_note(sign_note(TEXT, LOG, LOG), [LOG.verifier])) == 1


def test_a_cosignature_tells_its_time() -> None:
    note = cosign_note(sign_note(TEXT, LOG), WITNESS, timestamp=1_700_000_000)
    found = verify_note(parse_note(note.encode()), [WITNESS.verifier, LOG.verifier])
    assert [item.timestamp for item in found] == [None, 1_700_000_000]


def test_a_cosignature_is_over_its_time() -> None:
    note = cosign_note(sign_note(TEXT, LOG), WITNESS, timestamp=5)
    _, raw = cosignature.decode(note.signatures[1].signature)
    moved = Signature(
        name=WITNESS.name,
        key_id=WITNESS.verifier.key_id,
        signature=cosignature.encode(raw, timestamp=6),
    )
    with pytest.raises(LogError, match="not by key"):
        verify_note(Note(text=TEXT, signatures=(moved,)), [WITNESS.verifier])


def test_logs_sign_without_a_time_and_witnesses_with_one() -> None:
    with pytest.raises(LogError, match="with a time"):
        sign_note(TEXT, WITNESS)
    with pytest.raises(LogError, match="only a witness key"):
        cosign_note(sign_note(TEXT, LOG), LOG, timestamp=0)
    with pytest.raises(LogError, match="not a time"):
        cosign_note(sign_note(TEXT, LOG), WITNESS, timestamp=-1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAA=",
        b"text\n\n- name AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 a+b AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name AAAAAA==\n",
        b"text\n\n\xe2\x80\x94 name  AAAAAAA=\n",
        b"tab\t\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"\xff\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"x" * 1_000_001,
        b"text\n\n" + b"\xe2\x80\x94 name AAAAAAA=\n" * 101,
    ],
)
def test_what_is_not_a_note_is_refused(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_note(data)


@pytest.mark.parametrize("text", [b"no newline", b"tab\t\n", b"\xff\n"])
def test_text_that_no_note_can_carry_is_not_signed(text: bytes) -> None:
    with pytest.raises(LogError):
        sign_note(text, LOG)


def test_a_key_whose_id_is_not_its_own_is_refused() -> None:
    vkey, skey = str(LOG.verifier), LOG.encode()
    identity = LOG.verifier.key_id.hex()
    with pytest.raises(LogError, match="the id of key"):
        parse_vkey(vkey.replace(identity, "00000000"))
    with pytest.raises(LogError, match="does not belong"):
        parse_signer(skey.replace(identity, "00000000"))


def test_a_key_of_another_type_or_length_is_refused() -> None:
    with pytest.raises(LogError, match="not supported"):
        parse_vkey("name+01234567+AgAA")
    with pytest.raises(LogError, match="32 bytes"):
        parse_vkey("name+01234567+AQAA")


@pytest.mark.parametrize("data", [b"", bytes(71), bytes(73), b"\xff" * 72])
def test_what_is_not_a_cosignature_is_refused(data: bytes) -> None:
    with pytest.raises(LogError):
        cosignature.decode(data)
