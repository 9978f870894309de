"""The only reader and writer of the disk: bounded reads, whole writes, private files.

An estate is a target map, so whatever is written is readable by its owner alone, and a file
is either the old one or the new one, never half of either.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from counterseal.errors import Fault, InvalidDocumentError, UsageError

__all__ = [
    "LARGEST_FILE_BYTES",
    "LARGEST_FOLDER_BYTES",
    "read_bytes",
    "read_folder",
    "write_bytes",
]

LARGEST_FILE_BYTES = 64 * 1024 * 1024
LARGEST_FOLDER_BYTES = 256 * 1024 * 1024
LARGEST_FILE_COUNT = 2_000
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def read_bytes(path: Path, *, limit: int = LARGEST_FILE_BYTES) -> bytes:
    """Return the content of a regular file of at most ``limit`` bytes.

    Raises:
        UsageError: There is no such file, it cannot be read, or it is too large.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise UsageError(f"{path} is not a file", hint="give the path of a regular file")
        if size > limit:
            raise UsageError(
                f"{path} has {size:,} bytes; at most {limit:,} are read",
                hint="split the file",
            )
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}", hint="check the path and its permissions"
        ) from error


def read_folder(folder: Path, *, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Return every file below ``folder`` with one of ``suffixes``, by path from ``folder``'s.

    Hidden files and links that lead out of the folder are passed over. Names are written with
    ``/`` and start with the folder's own path as given, so that a message can be clicked.

    Raises:
        InvalidDocumentError: There is no such folder, or it holds no such file.
        UsageError: A file or the folder is too large.
    """
    if not folder.is_dir():
        raise _missing(f"there is no folder {folder}")
    root = folder.resolve()
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in suffixes and path.is_file() and _belongs(path, folder, root)
    )
    if not found:
        kinds = " or ".join(f"*{suffix}" for suffix in suffixes)
        raise _missing(f"{folder} holds no {kinds} file")
    if len(found) > LARGEST_FILE_COUNT:
        raise UsageError(f"{folder} holds {len(found)} files; at most {LARGEST_FILE_COUNT}")
    contents = {path.as_posix(): read_bytes(path) for path in found}
    total = sum(map(len, contents.values()))
    if total > LARGEST_FOLDER_BYTES:
        raise UsageError(f"{folder} holds {total:,} bytes; at most {LARGEST_FOLDER_BYTES:,}")
    return contents


def write_bytes(path: Path, data: bytes, *, private: bool = True) -> None:
    """Write ``data`` to ``path`` in one step: a reader sees the old content or the new.

    Raises:
        UsageError: The folder cannot be made or the file cannot be written.
    """
    try:
        _make_folder(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(PRIVATE_FILE if private else 0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", hint="check the folder and free space"
        ) from error


def _make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, each for its owner alone."""
    for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
        missing.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    folder.mkdir(exist_ok=True)


def _belongs(path: Path, folder: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.resolve().is_relative_to(root)


def _missing(message: str) -> InvalidDocumentError:
    fault = Fault(
        code="CS120",
        message=message,
        hint="an estate is a folder of YAML files; `counterseal init` starts one",
    )
    return InvalidDocumentError("no estate to read", faults=(fault,))
