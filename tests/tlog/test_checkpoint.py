"""A checkpoint has one spelling, one origin, and the signature of its log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import LogError
from counterseal.tlog.checkpoint import Checkpoint, parse_checkpoint, sign, verify
from counterseal.tlog.keys import SigningKey
from counterseal.tlog.note import Algorithm, NoteSigner, cosign_note, parse_note

LOG = NoteSigner(name="log.example", key=SigningKey(b"1" * 32))
WITNESS = NoteSigner(
    name="witness.example", key=SigningKey(b"3" * 32), algorithm=Algorithm.COSIGNATURE_V1
)
HEAD = Checkpoint(origin="log.example", size=3, root=b"r" * 32)
lines = st.text(
    alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=9
)


@given(lines, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(lines))
def test_a_checkpoint_survives_its_text(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    checkpoint = Checkpoint(origin=origin, size=size, root=root, extensions=tuple(extensions))
    assert parse_checkpoint(checkpoint.render()) == checkpoint


@given(st.binary(max_size=80))
def test_any_bytes_as_a_checkpoint_raise_our_error_only(data: bytes) -> None:
    try:
        checkpoint = parse_checkpoint(data)
    except LogError:
        return
    assert checkpoint.render() == data


@pytest.mark.parametrize(
    "text",
    [
        b"log.example\n03\nAAAA\n",
        b"log.example\n3\n",
        b"log.example\n3\nAAAA\n",
        b"\n3\n" + b"A" * 43 + b"=\n",
        b"log.example\n+3\n" + b"A" * 43 + b"=\n",
        b"log.example\n9999999999999999999\n" + b"A" * 43 + b"=\n",
        b"log.example\n3\n" + b"A" * 43 + b"=\n\n",
        b"log.example\n3\n" + b"A" * 43 + b"=",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: bytes) -> None:
    with pytest.raises(LogError):
        parse_checkpoint(text)


def test_a_checkpoint_of_its_log_verifies() -> None:
    assert verify(sign(HEAD, LOG), log=LOG.verifier).checkpoint == HEAD


def test_witnesses_that_cosigned_are_told_and_others_are_absent() -> None:
    note = cosign_note(parse_note(sign(HEAD, LOG)), WITNESS, timestamp=9)
    absent = NoteSigner(name="absent.example", key=LOG.key).verifier
    signed = verify(note.encode(), log=LOG.verifier, witnesses=[WITNESS.verifier, absent])
    assert [(found.key, found.timestamp) for found in signed.cosignatures] == [
        (WITNESS.verifier, 9)
    ]


def test_a_witness_alone_does_not_make_a_checkpoint() -> None:
    note = cosign_note(parse_note(sign(HEAD, LOG)), WITNESS, timestamp=9)
    other = NoteSigner(name="log.example", key=SigningKey(b"4" * 32)).verifier
    with pytest.raises(LogError, match="not signed by the log"):
        verify(note.encode(), log=other, witnesses=[WITNESS.verifier])


def test_a_checkpoint_of_another_origin_is_refused() -> None:
    other = Checkpoint(origin="elsewhere.example", size=3, root=b"r" * 32)
    with pytest.raises(LogError, match="elsewhere"):
        verify(sign(other, LOG), log=LOG.verifier)
