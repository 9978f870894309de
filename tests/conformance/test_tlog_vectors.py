"""Published vectors of others: Merkle proofs, a Tessera log, C2SP notes, DSSE, RFC 8785."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from counterseal.canon import canonical
from counterseal.errors import LogError
from counterseal.tlog import dsse, merkle
from counterseal.tlog.checkpoint import parse_checkpoint, verify
from counterseal.tlog.keys import PublicKey, SigningKey
from counterseal.tlog.note import parse_note, parse_signer, parse_vkey, sign_note, verify_note
from counterseal.tlog.tree import Tree

DATA = Path(__file__).parents[3] / "shared" / "data" / "tlog"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the published vectors (../shared/data/tlog) are not here"
)
MERKLE = {
    "inclusion": 98,
    "consistency": 98,
    "subtreeinclusion": 204,
    "subtreeconsistency": 118,
}


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def check_merkle(kind: str, case: dict[str, Any]) -> None:
    proof = [decoded(item) for item in case["proof"] or []]
    start, end = case.get("start", 0), case.get("end", 0)
    if kind == "inclusion":
        merkle.verify_inclusion(
            leaf=decoded(case["leafHash"]),
            index=case["leafIdx"],
            size=case["treeSize"],
            proof=proof,
            root=decoded(case["root"]),
        )
    elif kind == "consistency":
        merkle.verify_consistency(
            old_size=case["size1"],
            old_root=decoded(case["root1"]),
            new_size=case["size2"],
            new_root=decoded(case["root2"]),
            proof=proof,
        )
    elif kind == "subtreeinclusion":
        merkle.verify_subtree_inclusion(
            leaf=decoded(case["leafHash"]),
            index=case.get("leafIdx", 0),
            start=start,
            end=end,
            proof=proof,
            root=decoded(case["root"]),
        )
    else:
        merkle.verify_subtree_consistency(
            start=start,
            end=end,
            subtree_root=decoded(case["root1"]),
            size=case["size"],
            root=decoded(case["root2"]),
            proof=proof,
        )


@pytest.mark.parametrize("kind", MERKLE)
def test_every_merkle_vector_is_accepted_or_refused_as_published(kind: str) -> None:
    files = sorted((DATA / "merkle" / "testdata" / kind).rglob("*.json"))
    assert len(files) == MERKLE[kind]
    wrong = []
    for file in files:
        case = json.loads(file.read_text())
        try:
            check_merkle(kind, case)
        except LogError:
            refused = True
        else:
            refused = False
        if refused != case["wantErr"]:
            wrong.append(file.relative_to(DATA).as_posix())
    assert wrong == []


def notes() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / "c2sp-notes" / "notes.json").read_text())
    return found


def entries(size: int) -> list[bytes]:
    """Return the entries in a Tessera entry bundle: each after its length in two bytes."""
    data = (DATA / "tessera/testdata/log/tile/entries/000.p" / str(size)).read_bytes()
    found = []
    while data:
        length = int.from_bytes(data[:2], "big")
        found.append(data[2 : 2 + length])
        data = data[2 + length :]
    return found


@pytest.mark.parametrize("size", range(16))
def test_every_tessera_checkpoint_is_signed_and_has_our_root(size: int) -> None:
    log = parse_vkey(notes()["tessera_log_vkey"])
    folder = DATA / "tessera" / "testdata" / "log"
    signed = verify((folder / f"checkpoint.{size}").read_bytes(), log=log).checkpoint
    leaves = [merkle.leaf_hash(entry) for entry in entries(size)] if size else []
    assert (signed.size, signed.root) == (size, Tree(leaves).root())
    if size:
        tile = (folder / "tile" / "0" / "000.p" / str(size)).read_bytes()
        assert tile == b"".join(leaves)


def test_the_latest_tessera_checkpoint_is_consistent_with_every_earlier_one() -> None:
    folder = DATA / "tessera" / "testdata" / "log"
    tree = Tree(merkle.leaf_hash(entry) for entry in entries(15))
    latest = parse_checkpoint(parse_note((folder / "checkpoint").read_bytes()).text)
    for size in range(1, 16):
        old = parse_checkpoint(parse_note((folder / f"checkpoint.{size}").read_bytes()).text)
        merkle.verify_consistency(
            old_size=size,
            old_root=old.root,
            new_size=latest.size,
            new_root=latest.root,
            proof=tree.consistency(size),
        )


def test_published_notes_verify_and_are_signed_to_the_same_bytes() -> None:
    accepted = notes()["accept"]
    assert len(accepted) == 2
    for case in accepted:
        note = parse_note(case["note"].encode())
        key = parse_vkey(case["vkey"])
        assert [found.key for found in verify_note(note, [key])] == [key]
        if "skey" in case:
            assert sign_note(note.text, parse_signer(case["skey"])) == note


def test_published_bad_keys_are_refused() -> None:
    assert len(notes()["bad_vkeys"]) == 2
    for text in notes()["bad_vkeys"]:
        with pytest.raises(LogError):
            parse_vkey(text)


def test_the_published_cosigned_checkpoint_is_read() -> None:
    (case,) = notes()["format_only"]
    note = parse_note(case["note"].encode())
    assert note.encode() == case["note"].encode()
    assert parse_checkpoint(note.text).size == 20852163
    assert [item.name for item in note.signatures][1] == "witness.example.com/w1"


def dsse_cases() -> list[Any]:
    file = DATA / "dsse" / "vectors.json"
    return list(json.loads(file.read_text())["vectors"]) if file.exists() else []


@pytest.mark.parametrize("case", dsse_cases(), ids=lambda case: case["id"])
def test_every_dsse_vector_is_accepted_or_refused_as_published(case: dict[str, Any]) -> None:
    keys = json.loads((DATA / "dsse" / "vectors.json").read_text())["keys"]
    trusted = [PublicKey(bytes.fromhex(keys[name]["public"])) for name in case["trustedKeys"]]
    envelope = dsse.parse_envelope(json.dumps(case["envelope"]).encode())
    try:
        dsse.verify_envelope(
            envelope,
            trusted,
            threshold=case["threshold"],
            payload_types=case["supportedPayloadTypes"],
        )
    except LogError:
        verdict = "reject"
    else:
        verdict = "accept"
    assert verdict == case["expect"]
    if case["expect"] == "accept":
        assert dsse.pae(envelope.payload_type, envelope.payload).hex() == case["pae"]


def test_there_are_nine_dsse_vectors_and_our_signature_is_theirs() -> None:
    cases = dsse_cases()
    assert len(cases) == 9
    keys = json.loads((DATA / "dsse" / "vectors.json").read_text())["keys"]
    envelope = dsse.parse_envelope(json.dumps(cases[0]["envelope"]).encode())
    bare = dsse.Envelope(payload=envelope.payload, payload_type=envelope.payload_type)
    signed = dsse.sign_envelope(bare, SigningKey(bytes.fromhex(keys["A"]["seed"])))
    assert signed.signatures[0].signature == envelope.signatures[0].signature


@pytest.mark.parametrize(
    "name", ["arrays", "french", "structures", "unicode", "values", "weird"]
)
def test_canonical_json_has_the_published_bytes(name: str) -> None:
    assets = DATA / "rfc8785" / "assets"
    value = json.loads((assets / "input" / f"{name}.json").read_text(encoding="utf-8"))
    expected = bytes.fromhex((assets / "outhex" / f"{name}.txt").read_text())
    assert canonical(value) == expected
