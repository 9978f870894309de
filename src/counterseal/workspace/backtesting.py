"""Breach cases on disk: a folder with ``pre/*.yaml`` and ``truth/*.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import Fault, InvalidDocumentError, Place
from counterseal.workspace.files import read_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["CaseFiles", "read_cases"]

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFiles:
    """Content of the files of a folder of cases, by path.

    Attributes:
        pre: What could be known before.
        truth: What happened.
    """

    pre: Mapping[str, bytes]
    truth: Mapping[str, bytes]


def read_cases(folder: Path) -> CaseFiles:
    """Read a folder of cases.

    Raises:
        InvalidDocumentError: A half is missing or holds no YAML file; both are named.
    """
    faults = tuple(fault for half in ("pre", "truth") for fault in _missing(folder / half))
    if faults:
        raise InvalidDocumentError("there are no cases to read", faults=faults)
    return CaseFiles(
        pre=read_folder(folder / "pre", suffixes=_SUFFIXES),
        truth=read_folder(folder / "truth", suffixes=_SUFFIXES),
    )


def _missing(half: Path) -> tuple[Fault, ...]:
    if half.is_dir() and any(path.suffix in _SUFFIXES for path in half.iterdir()):
        return ()
    found = "an empty folder" if half.is_dir() else "no such folder"
    fault = Fault(
        code="CS120",
        message=f"expected the folder {half.as_posix()} with YAML files; found {found}",
        place=Place(file=half.as_posix(), line=1, column=1),
        hint="A folder of cases has pre/NAME.yaml and truth/NAME.yaml; see docs/backtest.md.",
    )
    return (fault,)
