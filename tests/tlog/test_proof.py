"""An offline proof carries a leaf to a signed head, and has one spelling."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import LogError
from counterseal.tlog.checkpoint import Checkpoint, sign
from counterseal.tlog.keys import SigningKey
from counterseal.tlog.merkle import leaf_hash
from counterseal.tlog.note import NoteSigner
from counterseal.tlog.proof import Proof, parse_proof, verify_proof
from counterseal.tlog.tree import Tree

LOG = NoteSigner(name="log.example", key=SigningKey(b"1" * 32))
TREE = Tree(leaf_hash(bytes([n])) for n in range(5))
NOTE = sign(Checkpoint(origin="log.example", size=5, root=TREE.root()), LOG)
hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=5).map(tuple)


@given(st.integers(0, 2**63), hashes, st.none() | st.binary(max_size=9), st.binary(max_size=40))
def test_a_proof_survives_its_text(
    index: int, path: tuple[bytes, ...], extra: bytes | None, note: bytes
) -> None:
    proof = Proof(index=index, hashes=path, checkpoint=note, extra=extra)
    assert parse_proof(proof.render()) == proof


@given(st.binary(max_size=80))
def test_any_bytes_as_a_proof_raise_our_error_only(data: bytes) -> None:
    for candidate in (data, b"c2sp.org/tlog-proof@v1\n" + data):
        try:
            proof = parse_proof(candidate)
        except LogError:
            continue
        assert proof.render() == candidate


@pytest.mark.parametrize("index", range(5))
def test_every_leaf_is_carried_to_the_signed_head(index: int) -> None:
    proof = Proof(index=index, hashes=TREE.inclusion(index), checkpoint=NOTE)
    signed = verify_proof(parse_proof(proof.render()), leaf=TREE.leaf(index), log=LOG.verifier)
    assert signed.checkpoint.size == 5


def test_another_leaf_index_or_log_is_refused() -> None:
    proof = Proof(index=1, hashes=TREE.inclusion(1), checkpoint=NOTE)
    with pytest.raises(LogError):
        verify_proof(proof, leaf=TREE.leaf(2), log=LOG.verifier)
    with pytest.raises(LogError):
        verify_proof(replace(proof, index=2), leaf=TREE.leaf(1), log=LOG.verifier)
    stranger = NoteSigner(name="log.example", key=SigningKey(b"2" * 32)).verifier
    with pytest.raises(LogError):
        verify_proof(proof, leaf=TREE.leaf(1), log=stranger)


@pytest.mark.parametrize(
    "data",
    [
        b"c2sp.org/tlog-proof@v2\nindex 0\n\n",
        b"c2sp.org/tlog-proof@v1\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 00\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n",
        b"c2sp.org/tlog-proof@v1\nextra A\nindex 0\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"A" * 43 + b"=\n" * 64 + b"\n",
        b"c2sp.org/tlog-proof@v1\n\xff\n\n",
    ],
)
def test_what_is_not_a_proof_is_refused(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_proof(data)
