"""Start a project on disk, empty or from a shipped example; no file there is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.errors import UsageError
from counterseal.estate.schema import render
from counterseal.workspace.files import read_folder, write_bytes
from counterseal.workspace.packaged import example_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["start", "start_from_example"]

ESTATE = """\
# yaml-language-server: $schema=../.schema/estate.schema.json
# An estate: what the organization holds, where, for whom, and who can reach it.
# A fact may be short (`headcount: 40`), long (`headcount: {value: 40, low: 30, high: 60,
# grade: documented, source: "Staff list", as-of: 2026-03-01}`) or `unknown`.
name: My organization
defaults: {grade: elicited}

organizations:
  - id: my-organization
    kind: owner
    jurisdiction: unknown
    posture: unknown

zones:
  - id: office-network
    kind: on-premises
    operator: my-organization
    baseline: unknown

systems:
  - id: case-files
    kind: database
    zone: office-network
    owner: my-organization
    exposure: internal
    critical: true

populations:
  - id: applicants
    size: {value: 50000, low: 40000, high: 60000}
    inside-share: unknown
    mission: true

holdings:
  - id: applications
    system: case-files
    attributes: [name, birth-date, residential-address]
    populations:
      - {population: applicants, count: 45000}
    retention-years: unknown
    encryption:
      scheme: unknown
      secure-years: unknown
      key-years: unknown
      migration-years: unknown

authorities:
  - id: founding-law
    purpose: Decide on applications
    legal-basis: Name the law and its section here
"""

CHANGE = """\
# yaml-language-server: $schema=../.schema/change.schema.json
# A proposed change. `counterseal review changes/first-change.yaml` compares before and after.
id: first-change
kind: integration
title: Let the front desk look up applications
sponsor: Head of the front desk
stage: requirement
need: Applicants are sent away because nobody at the desk can see their file
authority: founding-law
necessity: The desk needs the state of an application, not the file
dates: {proposed: 2026-01-10, assessed: 2026-01-20}

patch:
  add:
    systems:
      - id: front-desk
        kind: application
        zone: office-network
        owner: my-organization
        exposure: internal
    links:
      - id: desk-lookup
        from: front-desk
        to: case-files
        kind: query
        carries: [applications]
        authentication: password
"""

IGNORED = """\
# Reviews, keys and the ledger; the estate itself is a target map, keep it private too.
.counterseal/
"""


def start(folder: Path) -> tuple[Path, ...]:
    """Write an estate to fill in, a change, and the schemas; return what was written.

    Raises:
        UsageError: One of the files is already there; then nothing is written.
    """
    schemas = {f".schema/{name}": data for name, data in render().items()}
    return _write_new(
        folder,
        {
            "estate/estate.yaml": ESTATE.encode(),
            "changes/first-change.yaml": CHANGE.encode(),
            ".gitignore": IGNORED.encode(),
            **schemas,
        },
    )


def start_from_example(folder: Path, name: str) -> tuple[Path, ...]:
    """Copy a shipped example; return what was written.

    Raises:
        UsageError: There is no such example, or one of the files is already there.
    """
    source = example_folder(name)
    found = read_folder(source, suffixes=(".yaml", ".yml", ".md"))
    prefix = source.as_posix() + "/"
    files = {path.removeprefix(prefix): data for path, data in found.items()}
    return _write_new(folder, files)


def _write_new(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    targets = {folder / name: data for name, data in files.items()}
    taken = [path for path in targets if path.exists()]
    if taken:
        raise UsageError(
            f"{taken[0]} is already there", hint="choose an empty folder; nothing was written"
        )
    for path, data in targets.items():
        write_bytes(path, data)
    return tuple(targets)
