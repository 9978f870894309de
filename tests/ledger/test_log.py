"""The log grows only by what may be admitted, and an operator's attacks are named."""

# ruff: noqa: S608 - an operator's attack writes its statements with the values in them
from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from counterseal.errors import LedgerError, LogError, SignatureError
from counterseal.ledger.claims import Binding, draft
from counterseal.ledger.fsck import check_store
from counterseal.ledger.log import Ledger, record_at
from counterseal.ledger.policy import policy_claim
from counterseal.ledger.sqlite import SqliteStore
from counterseal.ledger.store import leaf_data
from counterseal.testing.sealing import NOW, PEOPLE, House, key, policy, seed
from counterseal.tlog.checkpoint import verify
from counterseal.tlog.dsse import sign_envelope
from counterseal.tlog.merkle import leaf_hash
from counterseal.tlog.note import NoteSigner
from counterseal.tlog.proof import verify_proof

if TYPE_CHECKING:
    from pathlib import Path


def checkpoint(house: House) -> bytes:
    head = house.ledger.store.head()
    assert head is not None
    return head.checkpoint


def findings(house: House, kept: bytes | None = None) -> str:
    found = check_store(
        house.ledger.store, log=house.log.verifier, roots=house.roots, kept=kept
    )
    return "\n".join(f"{item.where}: {item.message}" for item in found)


def tamper(house: House, script: str) -> None:
    """Do what an operator with the database can do."""
    for name in ("entries_stay", "entries_last", "checkpoints_stay", "checkpoints_last"):
        house.connection.execute(f"DROP TRIGGER IF EXISTS {name}")
    house.connection.execute("PRAGMA foreign_keys=OFF")
    house.connection.executescript(script)


def test_every_receipt_proves_its_entry_offline(house: House) -> None:
    receipt = house.seal()
    entry = house.ledger.store.entry(receipt.index)
    assert entry.nonce is not None
    assert entry.envelope is not None
    leaf = leaf_hash(leaf_data(entry.nonce, entry.envelope))
    signed = verify_proof(receipt.proof, leaf=leaf, log=house.log.verifier)
    assert signed.checkpoint.size == house.ledger.size == 3


def test_a_group_is_appended_under_one_checkpoint(house: House) -> None:
    envelopes = [
        house.sign(draft(house.proposal(f"change-{number}")), "P") for number in range(3)
    ]
    nonces = [house.nonce() for _ in envelopes]
    receipts = house.ledger.append(envelopes, nonces=nonces)
    assert [receipt.index for receipt in receipts] == [1, 2, 3]
    assert len({receipt.proof.checkpoint for receipt in receipts}) == 1
    assert len(house.ledger.store.checkpoints()) == 2


def test_two_ledgers_over_one_store_see_each_other(house: House) -> None:
    other = house.open()
    house.propose()
    envelope = house.sign(draft(house.proposal("second")), "P")
    receipt = other.append([envelope], nonces=[house.nonce()])[0]
    assert receipt.index == 2
    assert findings(house) == ""


def test_a_ledger_survives_being_closed_and_copied_as_one_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with closing(sqlite3.connect(path)) as connection:
        house = House(connection=connection)
        house.enact()
        house.seal()
        kept = checkpoint(house)
    copy = tmp_path / "copy"
    copy.write_bytes(path.read_bytes())
    assert [item.name for item in tmp_path.iterdir()] in (
        ["ledger", "copy"],
        ["copy", "ledger"],
    )
    with closing(sqlite3.connect(copy)) as connection:
        again = House(connection=connection, kept=kept)
        assert again.ledger.size == 3
        assert findings(again, kept) == ""


def test_a_nonce_is_used_once(house: House) -> None:
    first = house.sign(draft(house.proposal("one")), "P")
    second = house.sign(draft(house.proposal("two")), "P")
    house.ledger.append([first], nonces=[seed("same")])
    with pytest.raises(LedgerError, match="nonce"):
        house.ledger.append([second], nonces=[seed("same")])
    with pytest.raises(LedgerError, match="own nonce"):
        house.ledger.append([second], nonces=[])
    assert house.ledger.size == 2


def test_only_a_decision_is_sealed(house: House) -> None:
    envelope = house.sign(draft(house.proposal()), "P")
    with pytest.raises(LedgerError, match="only a decision"):
        house.ledger.seal(envelope, nonce=house.nonce(), current=house.current)


def test_a_decision_with_one_signature_is_not_sealed(house: House) -> None:
    proposed = house.propose()
    envelope = house.sign(draft(house.decision(proposed.digest)), "A")
    with pytest.raises(SignatureError, match="two different people"):
        house.ledger.seal(envelope, nonce=house.nonce(), current=house.current)


def test_a_decision_without_a_required_role_is_not_sealed(house: House) -> None:
    proposed = house.propose()
    envelope = house.sign(draft(house.decision(proposed.digest)), "A")
    with pytest.raises(SignatureError, match="authorizing-official"):
        house.ledger.seal(
            sign_envelope(envelope, key("D")), nonce=house.nonce(), current=house.current
        )


def test_a_decision_that_went_stale_after_signing_is_not_sealed(house: House) -> None:
    proposed = house.propose()
    envelope = house.sign(draft(house.decision(proposed.digest)), "A", "B")
    moved = Binding(values={**house.current.values, "seed": "8"})
    with pytest.raises(SignatureError, match="stale: seed changed"):
        house.ledger.seal(envelope, nonce=house.nonce(), current=moved)


def test_a_policy_of_another_log_or_version_is_not_put_in_force(house: House) -> None:
    for wrong in (policy(version=3), policy(version=1), replace(policy(2), origin="x")):
        with pytest.raises((SignatureError, LedgerError)):
            house.enact(wrong)
    house.enact(policy(version=2))


def test_a_policy_signed_by_anybody_else_is_not_put_in_force(house: House) -> None:
    envelope = sign_envelope(draft(policy_claim(policy(version=2), made=NOW)), key("A"))
    with pytest.raises(SignatureError, match="not by a trusted root"):
        house.append(envelope)


def test_a_proposer_is_known_across_policies_by_key(house: House) -> None:
    proposed = house.propose("C")
    renamed = (*PEOPLE[:3], replace(PEOPLE[3], label="someone else"), PEOPLE[4])
    house.enact(policy(version=2, people=renamed))
    with pytest.raises(SignatureError, match="proposed the change"):
        house.sign(draft(house.decision(proposed.digest)), "C")


def test_a_sound_store_has_no_findings(house: House) -> None:
    house.dissent(house.seal().digest)
    assert findings(house, checkpoint(house)) == ""


# What an operator can do with the store, and the name each attack gets.


def test_a_truncated_tail_is_refused(house: House) -> None:
    early = checkpoint(house)
    house.seal()
    kept = checkpoint(house)
    tamper(
        house,
        f"""DELETE FROM payloads WHERE idx > 0; DELETE FROM entries WHERE idx > 0;
        DELETE FROM checkpoints WHERE size > 1;
        UPDATE head SET size = 1, nodes = (SELECT nodes FROM head),
          checkpoint = X'{early.hex()}';""",
    )
    range_of_one = leaf_hash(house.ledger.store.entry(0).leaf)
    house.connection.execute("UPDATE head SET nodes = ?", (range_of_one,))
    assert house.open().size == 1
    house.kept = kept
    with pytest.raises(LedgerError, match="rollback: the store has 1 entries"):
        house.open()
    assert "rollback" in findings(house, kept)


def test_a_restored_backup_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger")) as connection:
        house = House(connection=connection)
        house.enact()
        backup = (tmp_path / "ledger").read_bytes()
        house.seal()
        kept = checkpoint(house)
    (tmp_path / "ledger").write_bytes(backup)
    with (
        closing(sqlite3.connect(tmp_path / "ledger")) as connection,
        pytest.raises(LedgerError, match="rollback"),
    ):
        House(connection=connection, kept=kept)


def test_a_history_rewritten_by_the_holder_of_the_log_key_is_refused(house: House) -> None:
    house.seal()
    kept = checkpoint(house)
    with closing(sqlite3.connect(":memory:")) as connection:
        forged = House(connection=connection)
        forged.enact()
        for number in range(4):
            forged.append(forged.sign(draft(forged.proposal(f"other-{number}")), "P"))
        forged.kept = kept
        with pytest.raises(LedgerError, match="fork"):
            forged.open()
        assert "fork" in findings(forged, kept)


def test_an_edited_record_is_found(house: House) -> None:
    receipt = house.seal()
    tamper(
        house,
        "UPDATE payloads SET envelope = CAST(replace(CAST(envelope AS TEXT), 'a', 'b') AS BLOB)"
        f" WHERE idx = {receipt.index};",
    )
    assert f"entry {receipt.index}: the payload is not the one" in findings(house)


def test_an_edited_record_with_its_leaf_recomputed_is_found(house: House) -> None:
    receipt = house.seal()
    entry = house.ledger.store.entry(receipt.index - 1)
    assert entry.envelope is not None
    forged = leaf_data(seed("forged"), entry.envelope)
    tamper(
        house,
        f"UPDATE payloads SET nonce = X'{seed('forged').hex()}' WHERE idx = {entry.index};"
        f"UPDATE entries SET leaf = X'{forged.hex()}' WHERE idx = {entry.index};",
    )
    assert "head: the leaves in the store do not have the root" in findings(house)
    with pytest.raises(LedgerError, match="do not have the root"):
        house.open()


def test_everything_recomputed_without_the_log_key_is_found(house: House) -> None:
    house.seal()
    impostor = NoteSigner(name=house.log.name, key=key("impostor"))
    with closing(sqlite3.connect(":memory:")) as connection:
        forged = House(connection=connection)
        forged.log = impostor
        forged.ledger = forged.open()
        forged.enact()
        found = check_store(forged.ledger.store, log=house.log.verifier, roots=house.roots)
    assert any("no signature by a trusted key" in item.message for item in found)
    with pytest.raises(LogError):
        verify(checkpoint(house), log=impostor.verifier)


def test_a_swapped_reviewer_key_is_found(house: House) -> None:
    proposed = house.propose()
    swapped = tuple(
        replace(person, keys=(key("stranger").public,)) if person.label == "ci-1" else person
        for person in PEOPLE
    )
    envelope = draft(policy_claim(policy(version=2, people=swapped), made=NOW))
    with pytest.raises(SignatureError, match="policy: it is not signed"):
        house.append(envelope)
    decision = draft(house.decision(proposed.digest))
    signed = sign_envelope(house.sign(decision, "B"), key("stranger"))
    with pytest.raises(SignatureError, match="is not in the policy"):
        house.ledger.seal(signed, nonce=house.nonce(), current=house.current)


def test_an_unsigned_policy_planted_in_the_store_is_found(house: House) -> None:
    house.propose()
    entry = house.ledger.store.entry(0)
    assert entry.envelope is not None
    house.roots = (key("another root").public,)
    assert "entry 0: policy: signed by" in findings(house)


def test_a_missing_entry_is_found(house: House) -> None:
    house.seal()
    tamper(house, "DELETE FROM payloads WHERE idx = 1; DELETE FROM entries WHERE idx = 1;")
    assert "leaves: the store has 2 leaves of 3" in findings(house)


def test_an_erased_payload_leaves_the_tree_whole(house: House) -> None:
    receipt = house.seal()
    house.dissent(receipt.digest)
    tamper(house, "UPDATE payloads SET nonce = NULL, envelope = NULL WHERE idx = 3;")
    assert findings(house, checkpoint(house)) == ""
    assert house.open().size == 4
    with pytest.raises(LedgerError, match="erased"):
        record_at(house.ledger.store, 3, roots=house.roots)


def test_a_back_dated_claim_is_refused(house: House) -> None:
    proposed = house.propose()
    early = replace(house.decision(proposed.digest), made=NOW.replace(year=2025))
    with pytest.raises(LedgerError, match="precedence"):
        house.sign(draft(early), "A")


def test_an_empty_log_proves_nothing(house: House) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        empty = Ledger(SqliteStore(connection), signer=house.log, roots=house.roots)
        assert empty.size == 0
        with pytest.raises(LogError, match="no entries"):
            empty.proof(0)
        with pytest.raises(LedgerError, match="rollback"):
            Ledger(
                SqliteStore(connection),
                signer=house.log,
                roots=house.roots,
                kept=checkpoint(house),
            )
