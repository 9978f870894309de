"""One change of a shipped example, from a folder of files to a verified bundle.

A run may be repeated in the same folder: it replaces what an earlier run wrote, leaves alone
what it did not write, and refuses, with nothing touched, when somebody changed what it would
replace. One person holds all the keys of a demonstration, which real use must not allow.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from counterseal.canon import canonical, digest_bytes
from counterseal.errors import UsageError
from counterseal.ledger.claims import Outcome, Predicate
from counterseal.ledger.policy import Person, Policy
from counterseal.workspace.deciding import sealing, signing
from counterseal.workspace.deciding.drafts import Choice
from counterseal.workspace.deciding.keys import Keyring
from counterseal.workspace.deciding.ledgers import enact
from counterseal.workspace.deciding.signing import Desk
from counterseal.workspace.deciding.trust import project_trust, trust_path
from counterseal.workspace.deciding.verifying import verify
from counterseal.workspace.files import read_bytes, write_bytes
from counterseal.workspace.packaged import example_folder
from counterseal.workspace.project import open_project
from counterseal.workspace.starting import start_from_example

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.ledger.verify import Replay, Verification
    from counterseal.workspace.deciding.sealing import Sealed
    from counterseal.workspace.project import Project
    from counterseal.workspace.reviewing import KeptReview

__all__ = ["BUNDLE", "KEYS", "REPORT", "Demonstration", "clear", "close", "prepare", "seal"]

BUNDLE = "decision.bundle.zip"
KEYS = "demo-keys"
REPORT = "report.html"
_RECORD = ".counterseal/demo.json"
_SCHEMA = "counterseal-demo/1"
_STATE = ".counterseal/"
_REVIEWS = ".counterseal/reviews/"
_DRAFTS = ".counterseal/pending/"
_WARNING = b"""\
Keys of a demonstration. Whoever runs `counterseal demo` holds all of them, so what they signed
shows how signing works and nothing else. Never put one of them into a policy of your own.
"""
_ROLES: Mapping[str, str] = {
    "demo-proposer": "proposer",
    "demo-counterintelligence": "counterintelligence",
    "demo-official": "authorizing-official",
}
_TWO = {"counterintelligence": 1, "authorizing-official": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What a demonstration decided, and where it stands.

    Attributes:
        outcome: What the demonstration's signers decided.
        why: Why that fits the verdict, in one sentence.
        sealed: The entries, in order.
        bundle: File of the bundle.
        trust: File of the public keys.
    """

    outcome: Outcome
    why: str
    sealed: tuple[Sealed, ...]
    bundle: Path
    trust: Path


def prepare(folder: Path, example: str) -> Project:
    """Copy a shipped example into ``folder``, which is empty or from an earlier demonstration.

    Raises:
        UsageError: The folder holds something else, or there is no such example.
    """
    example_folder(example)
    clear(folder)
    files = {path: read_bytes(path) for path in start_from_example(folder, example)}
    written = {path.relative_to(folder).as_posix(): data for path, data in files.items()}
    digests: dict[str, Json] = {name: digest_bytes(data) for name, data in written.items()}
    _record(folder, digests, is_complete=False)
    return open_project(folder)


def clear(folder: Path) -> None:
    """Take away what an earlier demonstration wrote into ``folder``, and nothing else.

    Raises:
        UsageError: The folder is not empty and not from a demonstration, or something that the
            demonstration wrote was changed since.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    listed, is_complete = _listed(folder)
    replaced = [folder / _RECORD]
    for name, path in _files(folder).items():
        if name in listed:
            _require_unchanged(path, listed[name])
            replaced.append(path)
        elif name.startswith(_DRAFTS) and is_complete:
            raise UsageError(
                f"{path} waits for signatures; nothing was touched",
                hint="seal it, or demonstrate in another folder: `counterseal demo DIR`",
            )
        elif not is_complete and _is_generated(name):
            replaced.append(path)
    for path in replaced:
        path.unlink()
        _remove_empty(path.parent, folder)


def seal(project: Project, review: KeptReview, *, now: datetime) -> Demonstration:
    """Make demonstration keys, propose, sign by two, seal, and write the bundle."""
    keyring = Keyring(folder=project.root / KEYS)
    desk = Desk(project=project, keyring=keyring, now=now)
    _enact(desk)
    change = review.change_id
    choice, why = _choice(review)
    proposer, first, second = (keyring.signing_key(label) for label in _ROLES)
    signing.propose(desk, change, key=proposer)
    done = sealing.seal(project, change, keyring=keyring, replay=None)
    signing.decide(desk, change, key=first, choice=choice)
    signing.decide(desk, change, key=second)
    done += sealing.seal(project, change, keyring=keyring, replay=None)
    target = project.root / BUNDLE
    write_bytes(target, sealing.bundle(project, change, keyring=keyring))
    return Demonstration(
        outcome=choice.outcome, why=why, sealed=done, bundle=target, trust=trust_path(project)
    )


def close(project: Project, demonstration: Demonstration, *, replay: Replay) -> Verification:
    """Verify the bundle with the keys of the demonstration, and note what was written."""
    data = read_bytes(demonstration.bundle, limit=512 * 1024 * 1024)
    found = verify(data, trust=project_trust(project), replay=replay)
    folder = project.root
    before, _ = _listed(folder)
    files = {
        name: path
        for name, path in _files(folder).items()
        if name in before or (_is_generated(name) and not name.startswith(_REVIEWS))
    }
    digests: dict[str, Json] = {
        name: digest_bytes(read_bytes(path)) for name, path in files.items()
    }
    _record(folder, digests, is_complete=True)
    return found


def _enact(desk: Desk) -> None:
    """Make the keys, and put a policy of three people in force."""
    keyring = desk.keyring
    write_bytes(keyring.folder / "README.txt", _WARNING)
    root = "demo-root"
    for label in (root, *_ROLES):
        keyring.make(label)
    people = tuple(
        Person(label=label, roles=(role,), keys=(keyring.signing_key(label).public,))
        for label, role in _ROLES.items()
    )
    policy = Policy(
        origin="demo.log.example",
        version=1,
        people=people,
        quorum={
            Predicate.PROPOSAL: {"proposer": 1},
            Predicate.DECISION: _TWO,
            Predicate.WAIVER: _TWO,
            Predicate.DISSENT: {"anyone": 1},
        },
    )
    data = canonical(policy.to_json())
    key = keyring.signing_key(root)
    enact(desk.project, data, file="policy", root=key, keyring=keyring, now=desk.now)


def _choice(review: KeptReview) -> tuple[Choice, str]:
    """Return a decision that the verdict bears, and why it is this one."""
    verdict = cast("Mapping[str, Json]", review.document["verdict"])
    word = str(verdict["word"])
    rows = cast("tuple[Mapping[str, Json], ...]", review.document["conditions"])
    outcome, why = {
        "no objection": (Outcome.APPROVED, "the gate has no objection"),
        "conditions": (
            Outcome.APPROVED_WITH_CONDITIONS,
            "under this verdict nothing may be approved without the conditions of the review",
        ),
        "redesign": (
            Outcome.RETURNED,
            "under this verdict nothing may be approved; the sponsor designs it anew",
        ),
        "refuse": (Outcome.REFUSED, "under this verdict nothing may be approved"),
        "not evaluable": (
            Outcome.RETURNED,
            "what cannot be evaluated cannot be approved; the sponsor supplies what is missing",
        ),
    }[word]
    if outcome is Outcome.APPROVED_WITH_CONDITIONS and not any(row["chosen"] for row in rows):
        outcome, why = Outcome.RETURNED, "the review found no conditions that suffice"
    return Choice(outcome=outcome, reason=f"Demonstration: {why}."), why


def _record(folder: Path, files: Mapping[str, Json], *, is_complete: bool) -> None:
    value: Json = {"schema": _SCHEMA, "complete": is_complete, "files": files}
    write_bytes(folder / _RECORD, canonical(value))


def _listed(folder: Path) -> tuple[Mapping[str, str], bool]:
    """Return the digests that an earlier run noted, and whether it came to its end.

    Raises:
        UsageError: There was no earlier run.
    """
    path = folder / _RECORD
    if not path.is_file():
        raise UsageError(
            f"{folder} is not empty, and not from a demonstration; nothing was touched",
            hint="choose an empty folder: `counterseal demo DIR`",
        )
    value = json.loads(read_bytes(path))
    return cast("Mapping[str, str]", value["files"]), bool(value["complete"])


def _is_generated(name: str) -> bool:
    """Return whether a run writes this beside the files of the example."""
    state = name.startswith((_STATE, f"{KEYS}/")) and name != _RECORD
    return state or name in {BUNDLE, REPORT}


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() or path.is_symlink()
    }


def _require_unchanged(path: Path, digest: str) -> None:
    if path.is_symlink() or digest_bytes(read_bytes(path)) != digest:
        raise UsageError(
            f"{path} was changed since the demonstration wrote it; nothing was touched",
            hint="demonstrate in another folder: `counterseal demo DIR`",
        )


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove ``folder`` and those above it, up to ``top``, as far as they are empty."""
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
