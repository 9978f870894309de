"""The ledger of a project: opened to read or to append, started, and put under a policy."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from counterseal.documents import tree
from counterseal.errors import LedgerError
from counterseal.ledger.claims import draft
from counterseal.ledger.log import Ledger, change_token, policy_at, record_at, token_of
from counterseal.ledger.policy import parse_policy, policy_claim
from counterseal.ledger.signing import sign
from counterseal.ledger.sqlite import SqliteStore
from counterseal.ledger.store import NONCE_BYTES
from counterseal.ledger.verify import Trust
from counterseal.workspace.deciding import trust as trusting
from counterseal.workspace.entropy import fresh_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.ledger.admission import Record
    from counterseal.ledger.claims import Binding, Predicate
    from counterseal.ledger.log import Receipt
    from counterseal.ledger.policy import Policy
    from counterseal.tlog.dsse import Envelope
    from counterseal.tlog.keys import SigningKey
    from counterseal.tlog.note import NoteSigner, VerifierKey
    from counterseal.workspace.deciding.keys import Keyring
    from counterseal.workspace.project import Project

__all__ = [
    "Enacted",
    "append",
    "appending",
    "enact",
    "ledger_path",
    "newest_policy",
    "reading",
    "records_about",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enacted:
    """A policy that is in force, and where its trust file is."""

    policy: Policy
    receipt: Receipt
    trust: Trust
    trust_file: Path


def ledger_path(project: Project) -> Path:
    """Return where the ledger of a project is."""
    return project.state_folder / "ledger.sqlite"


@contextmanager
def reading(project: Project, keyring: Keyring) -> Iterator[Ledger]:
    """Open the ledger with public keys only, checked against the newest checkpoint seen.

    Raises:
        LedgerError: There is none, it is damaged, or it is older than what was seen.
    """
    trust = trusting.project_trust(project)
    if not ledger_path(project).is_file():
        raise LedgerError(
            f"{ledger_path(project)} is missing", hint="restore it from a backup of today"
        )
    with _opened(project, trust.log, trust=trust, keyring=keyring) as ledger:
        yield ledger


@contextmanager
def appending(project: Project, keyring: Keyring) -> Iterator[Ledger]:
    """Open the ledger with the private key of its log.

    Raises:
        UsageError: The key of the log is not in ``keyring``.
        LedgerError: As in ``reading``.
    """
    trust = trusting.project_trust(project)
    signer = keyring.log_signer(trust.log.name)
    if signer.verifier != trust.log:
        raise LedgerError(
            f"the key of the log {trust.log.name!r} in {keyring.folder} is another one",
            hint="give the folder of the right key with --keys DIR",
        )
    with _opened(project, signer, trust=trust, keyring=keyring) as ledger:
        yield ledger


def append(
    ledger: Ledger,
    envelope: Envelope,
    *,
    trust: Trust,
    keyring: Keyring,
    current: Binding | None,
) -> Receipt:
    """Append one signed envelope and remember the new checkpoint outside the ledger."""
    nonce = fresh_bytes(NONCE_BYTES)
    [receipt] = ledger.append([envelope], nonces=[nonce], current=current)
    keyring.keep(trust.log, receipt.proof.checkpoint)
    return receipt


def enact(
    project: Project,
    data: bytes,
    *,
    file: str,
    root: SigningKey,
    keyring: Keyring,
    now: datetime,
) -> Enacted:
    """Put the policy in ``data`` in force, signed by ``root``; the first starts the ledger.

    Args:
        project: Whose ledger it is.
        data: The policy as YAML or JSON (``ledger/policy.py``).
        file: Its name, for messages.
        root: A root key; of the first policy, the root key from then on.
        keyring: Where the key of the log is, or is made.
        now: The time of signing, UTC.

    Raises:
        InvalidDocumentError: It is not YAML.
        LedgerError: It is not a policy, not the next one, or the key is not a root key.
    """
    policy = parse_policy(cast("Json", tree.parse(data, file=file).value))
    is_first = not trusting.trust_path(project).exists()
    if is_first and ledger_path(project).exists():
        raise LedgerError(
            f"{ledger_path(project)} is there, {trusting.trust_path(project)} is not",
            hint="restore the trust file; without it nobody knows which keys to trust",
        )
    if is_first:
        signer = keyring.make_log_signer(policy.origin)
        trust = Trust(roots=(root.public,), log=signer.verifier)
        with _opened(project, signer, trust=trust, keyring=keyring) as ledger:
            receipt = _enact(ledger, policy, root, trust=trust, keyring=keyring, now=now)
        trusting.write(project, trust)
    else:
        trust = trusting.project_trust(project)
        with appending(project, keyring) as ledger:
            receipt = _enact(ledger, policy, root, trust=trust, keyring=keyring, now=now)
    place = trusting.trust_path(project)
    return Enacted(policy=policy, receipt=receipt, trust=trust, trust_file=place)


def newest_policy(ledger: Ledger, trust: Trust) -> tuple[str, Policy]:
    """Return the digest of the policy in force, and the policy.

    Raises:
        LedgerError: There is none.
    """
    head = ledger.store.head()
    index = ledger.store.find(token_of(head.policy)) if head is not None else None
    if head is None or index is None:
        raise LedgerError(
            "no policy is in force", hint="put one in force with `counterseal enact POLICY`"
        )
    return head.policy, policy_at(ledger.store, index, roots=trust.roots)


def records_about(
    ledger: Ledger, change: str, *, predicate: Predicate, trust: Trust
) -> tuple[Record, ...]:
    """Return the records of one kind about ``change``, newest first."""
    found = [
        record_at(ledger.store, index, roots=trust.roots)
        for index in ledger.store.about(change_token(change))
    ]
    return tuple(record for record in reversed(found) if record.claim.predicate is predicate)


def _enact(
    ledger: Ledger,
    policy: Policy,
    root: SigningKey,
    *,
    trust: Trust,
    keyring: Keyring,
    now: datetime,
) -> Receipt:
    claim = policy_claim(policy, made=now)
    standing = ledger.standing(claim)
    envelope = sign(draft(claim), root, standing=standing, current=None, now=now)
    return append(ledger, envelope, trust=trust, keyring=keyring, current=None)


@contextmanager
def _opened(
    project: Project, signer: NoteSigner | VerifierKey, *, trust: Trust, keyring: Keyring
) -> Iterator[Ledger]:
    path = ledger_path(project)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path)) as connection:
        kept = keyring.kept(trust.log)
        yield Ledger(SqliteStore(connection), signer=signer, roots=trust.roots, kept=kept)
