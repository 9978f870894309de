"""The store is durable by its settings, append-only by accident, and whole or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from counterseal.errors import LedgerError
from counterseal.ledger.claims import draft
from counterseal.ledger.sqlite import APPLICATION_ID, SqliteStore
from counterseal.ledger.store import Batch, Entry, Head, leaf_data
from counterseal.tlog.tree import CompactRange

if TYPE_CHECKING:
    from pathlib import Path

    from counterseal.testing.sealing import House


def batch(first: int = 0, count: int = 2, salt: bytes = b"") -> Batch:
    grown = CompactRange()
    for _ in range(first + count):
        grown = grown.append(bytes(32))
    entries = tuple(
        Entry(
            index=index,
            leaf=bytes(32),
            nonce=index.to_bytes(32, "big"),
            envelope=b"%d" % index + salt,
        )
        for index in range(first, first + count)
    )
    tokens = tuple((b"t%d" % entry.index + salt, b"change") for entry in entries)
    head = Head(range=grown, checkpoint=b"note %d" % grown.size, policy="sha256:p")
    return Batch(entries=entries, tokens=tokens, head=head)


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    connection = sqlite3.connect(tmp_path / "ledger.sqlite")
    return SqliteStore(connection)


def test_what_is_committed_is_there_when_opened_again(tmp_path: Path) -> None:
    first = batch()
    with closing(sqlite3.connect(tmp_path / "a")) as connection:
        SqliteStore(connection).commit(first, size=0)
    with closing(sqlite3.connect(tmp_path / "a")) as connection:
        store = SqliteStore(connection)
        assert store.head() == first.head
        assert (store.entry(0), store.entry(1)) == first.entries
        assert store.leaves(0, 2) == (bytes(32), bytes(32))
        assert store.find(b"t1") == 1
        assert store.find(b"t9") is None
        assert store.about(b"change") == (0, 1)
        assert store.checkpoints() == (b"note 2",)
        assert [parcel.body for parcel in store.outbox()] == [b"note 2"]


def test_the_settings_that_make_a_commit_durable_are_on(store: SqliteStore) -> None:
    pragma = {
        name: store._connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("synchronous", "journal_mode", "foreign_keys", "application_id")
    }
    assert pragma == {
        "synchronous": 3,
        "journal_mode": "delete",
        "foreign_keys": 1,
        "application_id": APPLICATION_ID,
    }


def test_a_batch_is_added_whole_or_not_at_all(store: SqliteStore) -> None:
    store.commit(batch(), size=0)
    before = store.head()
    reused = replace(
        batch(2, salt=b"x"),
        entries=tuple(replace(entry, nonce=bytes(32)) for entry in batch(2, salt=b"x").entries),
    )
    with pytest.raises(LedgerError, match="nonce"):
        store.commit(reused, size=2)
    assert store.head() == before
    assert len(store.checkpoints()) == len(store.outbox()) == 1
    with pytest.raises(LedgerError, match="no entry 2"):
        store.entry(2)


def test_a_writer_that_was_overtaken_is_refused(store: SqliteStore) -> None:
    store.commit(batch(), size=0)
    with pytest.raises(LedgerError, match="another writer"):
        store.commit(batch(salt=b"y"), size=0)


def test_a_claim_is_stored_once(store: SqliteStore) -> None:
    store.commit(batch(), size=0)
    again = replace(batch(2), tokens=((b"t0", b"c"), (b"t3", b"c")))
    with pytest.raises(LedgerError, match="token"):
        store.commit(again, size=2)


@pytest.mark.parametrize("table", ["entries", "checkpoints"])
def test_entries_and_checkpoints_are_not_changed_by_accident(
    store: SqliteStore, table: str
) -> None:
    store.commit(batch(), size=0)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = rowid + 9"):  # noqa: S608 - a fixed name
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store._connection.execute(statement)


def test_a_parcel_leaves_the_outbox_when_it_is_delivered(store: SqliteStore) -> None:
    store.commit(batch(), size=0)
    store.commit(batch(2), size=2)
    first, second = store.outbox()
    store.delivered(first.sequence)
    assert store.outbox() == (second,)


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other")) as connection:
        connection.execute("CREATE TABLE people (name TEXT)")
        with pytest.raises(LedgerError, match="not a ledger"):
            SqliteStore(connection)


def test_a_ledger_of_a_later_version_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "later")) as connection:
        SqliteStore(connection)
        connection.execute("PRAGMA user_version=2")
        with pytest.raises(LedgerError, match="this version"):
            SqliteStore(connection)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, but long enough to be read as one\n" * 99)
    with (
        closing(sqlite3.connect(tmp_path / "text")) as connection,
        pytest.raises(LedgerError, match="cannot be used"),
    ):
        SqliteStore(connection)


def test_leaves_that_are_missing_are_told(store: SqliteStore) -> None:
    store.commit(batch(), size=0)
    with pytest.raises(LedgerError, match="2 leaves of 5"):
        store.leaves(0, 5)


def test_a_leaf_tells_nothing_without_its_nonce() -> None:
    assert leaf_data(bytes(32), b"x") != leaf_data(b"\1" * 32, b"x")
    with pytest.raises(LedgerError, match="32 bytes"):
        leaf_data(b"short", b"x")


def test_a_full_disk_loses_nothing_that_was_acknowledged(house: House) -> None:
    house.propose()
    size = house.ledger.size
    pages = house.connection.execute("PRAGMA page_count").fetchone()[0]
    house.connection.execute(f"PRAGMA max_page_count={pages}")
    claim = replace(house.proposal("large"), body={"text": "x" * 100_000})
    envelope = house.sign(draft(claim), "P")
    with pytest.raises(LedgerError, match="cannot be used"):
        house.append(envelope)
    assert house.open().size == size
    house.connection.execute("PRAGMA max_page_count=1000000")
    house.append(envelope)
    assert house.open().size == size + 1
