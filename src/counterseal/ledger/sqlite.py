"""The store in SQLite: one file, one transaction for entries, head, checkpoint and outbox.

Rollback journal rather than write-ahead log: at rest the ledger is one file, so a copy cannot
miss a side file that holds acknowledged entries. ``synchronous=EXTRA`` also flushes the
directory after the journal is removed; with FULL a power cut could bring the journal back and
undo a commit that was acknowledged (sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from counterseal.errors import LedgerError
from counterseal.ledger.store import Entry, Head, Parcel
from counterseal.tlog.merkle import HASH_BYTES
from counterseal.tlog.tree import CompactRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.ledger.store import Batch

__all__ = ["APPLICATION_ID", "SqliteStore"]

APPLICATION_ID = 0x43534C31
"""``CSL1``: marks the file as a ledger, for ``file(1)`` and for us."""

VERSION = 1
_SCHEMA = """
CREATE TABLE entries (
  idx INTEGER PRIMARY KEY CHECK (idx >= 0),
  leaf BLOB NOT NULL CHECK (length(leaf) = 32)
) STRICT;
CREATE TABLE payloads (
  idx INTEGER PRIMARY KEY REFERENCES entries (idx),
  compartment TEXT NOT NULL,
  token BLOB NOT NULL UNIQUE,
  change_token BLOB NOT NULL,
  nonce BLOB UNIQUE CHECK (nonce IS NULL OR length(nonce) = 32),
  envelope BLOB
) STRICT;
CREATE INDEX payloads_by_change ON payloads (change_token);
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL, nodes BLOB NOT NULL, checkpoint BLOB NOT NULL, policy TEXT NOT NULL
) STRICT;
CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
  BEGIN SELECT raise(ABORT, 'entries are append-only'); END;
CREATE TRIGGER entries_last BEFORE DELETE ON entries
  BEGIN SELECT raise(ABORT, 'entries are append-only'); END;
CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints
  BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER checkpoints_last BEFORE DELETE ON checkpoints
  BEGIN SELECT raise(ABORT, 'checkpoints are append-only'); END;
"""


class SqliteStore:
    """A ledger in a SQLite database (3.37 or later). Not shared between threads."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take ``connection`` (opened by the caller) and make the tables if it is empty.

        Raises:
            LedgerError: The database is something else, or of a later version.
        """
        self._connection = connection
        connection.isolation_level = None
        with _store_errors():
            for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("PRAGMA fullfsync=ON")
            connection.execute("PRAGMA trusted_schema=OFF")
            self._prepare()

    def head(self) -> Head | None:
        """Return the head, or None for a log without entries."""
        with _store_errors():
            row = self._connection.execute(
                "SELECT size, nodes, checkpoint, policy FROM head"
            ).fetchone()
        if row is None:
            return None
        size, nodes, checkpoint, policy = row
        hashes = [nodes[at : at + HASH_BYTES] for at in range(0, len(nodes), HASH_BYTES)]
        grown = CompactRange(size=size, nodes=tuple(hashes))
        return Head(range=grown, checkpoint=checkpoint, policy=policy)

    def entry(self, index: int) -> Entry:
        """Return the entry at ``index``.

        Raises:
            LedgerError: There is none.
        """
        with _store_errors():
            row = self._connection.execute(
                "SELECT leaf, nonce, envelope, compartment FROM entries "
                "LEFT JOIN payloads USING (idx) WHERE idx = ?",
                (index,),
            ).fetchone()
        if row is None:
            raise LedgerError(f"the store has no entry {index}")
        leaf, nonce, envelope, compartment = row
        return Entry(
            index=index,
            leaf=leaf,
            nonce=nonce,
            envelope=envelope,
            compartment=compartment or "",
        )

    def leaves(self, start: int, end: int) -> tuple[bytes, ...]:
        """Return the 32-byte leaves of ``[start, end)`` in order.

        Raises:
            LedgerError: One is missing.
        """
        with _store_errors():
            rows = self._connection.execute(
                "SELECT leaf FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx", (start, end)
            ).fetchall()
        if len(rows) != end - start:
            raise LedgerError(f"the store has {len(rows)} leaves of {end - start}")
        return tuple(leaf for (leaf,) in rows)

    def find(self, token: bytes) -> int | None:
        """Return the index of the entry with this look-up ``token`` of its claim."""
        with _store_errors():
            row = self._connection.execute(
                "SELECT idx FROM payloads WHERE token = ?", (token,)
            ).fetchone()
        return None if row is None else int(row[0])

    def about(self, token: bytes) -> tuple[int, ...]:
        """Return the indices of the entries with this look-up ``token`` of their change."""
        with _store_errors():
            rows = self._connection.execute(
                "SELECT idx FROM payloads WHERE change_token = ? ORDER BY idx", (token,)
            ).fetchall()
        return tuple(index for (index,) in rows)

    def checkpoints(self) -> tuple[bytes, ...]:
        """Return every checkpoint ever signed, oldest first."""
        with _store_errors():
            rows = self._connection.execute("SELECT note FROM checkpoints ORDER BY size")
            return tuple(note for (note,) in rows)

    def commit(self, batch: Batch, *, size: int) -> None:
        """Add ``batch`` durably and whole, or not at all.

        Raises:
            LedgerError: The log no longer has ``size`` entries, a nonce or a claim is there
                already, or the disk refuses.
        """
        with _store_errors(), self._transaction():
            head = self.head()
            if (0 if head is None else head.range.size) != size:
                raise LedgerError("another writer has appended; read the head again")
            self._write_entries(batch)
            self._write_head(batch.head)

    def outbox(self) -> tuple[Parcel, ...]:
        """Return what is still to be handed on, oldest first."""
        with _store_errors():
            rows = self._connection.execute(
                "SELECT sequence, kind, body FROM outbox ORDER BY sequence"
            ).fetchall()
        return tuple(Parcel(sequence=row[0], kind=row[1], body=row[2]) for row in rows)

    def delivered(self, sequence: int) -> None:
        """Take the parcel out of the outbox."""
        with _store_errors(), self._transaction():
            self._connection.execute("DELETE FROM outbox WHERE sequence = ?", (sequence,))

    def _prepare(self) -> None:
        """Make the tables of an empty database; refuse one that is not ours."""
        with self._transaction():
            application = self._pragma("application_id")
            tables = self._connection.execute("SELECT count(*) FROM sqlite_schema")
            if application == 0 and tables.fetchone()[0] == 0:
                for statement in _statements():
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
                self._connection.execute(f"PRAGMA user_version={VERSION}")
            elif application != APPLICATION_ID or self._pragma("user_version") != VERSION:
                raise LedgerError("the database is not a ledger that this version can read")

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    def _write_entries(self, batch: Batch) -> None:
        self._connection.executemany(
            "INSERT INTO entries (idx, leaf) VALUES (?, ?)",
            [(entry.index, entry.leaf) for entry in batch.entries],
        )
        self._connection.executemany(
            "INSERT INTO payloads (idx, compartment, token, change_token, nonce, envelope) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (entry.index, entry.compartment, *token, entry.nonce, entry.envelope)
                for entry, token in zip(batch.entries, batch.tokens, strict=True)
            ],
        )

    def _write_head(self, head: Head) -> None:
        execute = self._connection.execute
        size, note = head.range.size, head.checkpoint
        execute("INSERT INTO checkpoints (size, note) VALUES (?, ?)", (size, note))
        execute(
            "INSERT OR REPLACE INTO head (one, size, nodes, checkpoint, policy) "
            "VALUES (1, ?, ?, ?, ?)",
            (size, b"".join(head.range.nodes), note, head.policy),
        )
        execute("INSERT INTO outbox (kind, body) VALUES ('checkpoint', ?)", (note,))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


@contextmanager
def _store_errors() -> Iterator[None]:
    """Tell every fault of SQLite as one of ours."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise LedgerError(f"the store refuses the entry: {error}") from error
    except sqlite3.Error as error:
        raise LedgerError(f"the store cannot be used: {error}") from error


def _statements() -> tuple[str, ...]:
    """Return the statements of the schema; a trigger holds a semicolon of its own."""
    found: list[str] = []
    pending = ""
    for line in _SCHEMA.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return tuple(found)
