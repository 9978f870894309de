"""What somebody who checks must know from elsewhere: root keys and the key of the log.

It is public and it is small, so that it can be printed, read out, or put on a website that
whoever forges a bundle does not control. A bundle holds none of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from counterseal.errors import CountersealError, LedgerError
from counterseal.ledger.verify import Trust
from counterseal.tlog.keys import PublicKey
from counterseal.tlog.note import parse_vkey
from counterseal.workspace.files import read_bytes, write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.workspace.project import Project

__all__ = ["SCHEMA", "load", "parse", "project_trust", "render", "trust_path", "write"]

SCHEMA = "counterseal-trust/1"
_KEYS = {"schema", "log", "roots"}


def trust_path(project: Project) -> Path:
    """Return where the trust of a project's own ledger is written."""
    return project.state_folder / "trust.json"


def project_trust(project: Project) -> Trust:
    """Return the trust of the project's own ledger.

    Raises:
        LedgerError: The project has no ledger yet, or the file is not a trust file.
    """
    path = trust_path(project)
    if not path.is_file():
        raise LedgerError(
            f"the project in {project.root} has no ledger yet",
            hint="start it with `counterseal enact POLICY --as ROOT` (docs/decisions.md)",
        )
    return load(path)


def load(path: Path) -> Trust:
    """Return the trust in a file.

    Raises:
        UsageError: It cannot be read.
        LedgerError: It is not a trust file.
    """
    return parse(read_bytes(path), name=path.as_posix())


def write(project: Project, trust: Trust) -> Path:
    """Write the trust of the project's ledger; return the file."""
    path = trust_path(project)
    write_bytes(path, render(trust), private=False)
    return path


def render(trust: Trust) -> bytes:
    """Return ``trust`` as it is written: a kept checkpoint is not part of it."""
    value: Mapping[str, Json] = {
        "schema": SCHEMA,
        "log": str(trust.log),
        "roots": [str(root) for root in trust.roots],
    }
    return json.dumps(value, indent=2).encode() + b"\n"


def parse(data: bytes, *, name: str) -> Trust:
    """Return the trust in ``data``, read from the file ``name``.

    Raises:
        LedgerError: It is not a trust file.
    """
    try:
        value = cast("Mapping[str, Json]", json.loads(data))
        known = set(value) == _KEYS and value["schema"] == SCHEMA
        roots = tuple(PublicKey.parse(root) for root in cast("Sequence[str]", value["roots"]))
        log = parse_vkey(cast("str", value["log"]))
    except (CountersealError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise LedgerError(
            f"{name} is not a trust file: {error}",
            hint=f'it has "schema": "{SCHEMA}", "log" (name+id+key) and "roots"',
        ) from error
    if not (known and roots):
        raise LedgerError(f"{name} is not a trust file of schema {SCHEMA}, with a root key")
    return Trust(roots=roots, log=log)
