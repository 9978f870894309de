"""Reads are bounded, writes are whole, and what is written is the owner's alone."""

from __future__ import annotations

import datetime as dt
import os
import stat
from typing import TYPE_CHECKING

import pytest

from counterseal.errors import InvalidDocumentError, UsageError
from counterseal.workspace import files
from counterseal.workspace.clock import now, stopwatch
from counterseal.workspace.entropy import fresh_bytes
from counterseal.workspace.files import read_bytes, read_folder, write_bytes

if TYPE_CHECKING:
    from pathlib import Path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_read_and_private(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "c.yaml"
    write_bytes(target, b"first")
    write_bytes(target, b"second")
    assert read_bytes(target) == b"second"
    assert mode(target) == 0o600
    assert mode(target.parent) == 0o700
    assert [path.name for path in target.parent.iterdir()] == ["c.yaml"]


def test_every_folder_that_is_made_on_the_way_is_private(tmp_path: Path) -> None:
    write_bytes(tmp_path / "one" / "two" / "three" / "x", b"")
    for folder in (tmp_path / "one", tmp_path / "one" / "two", tmp_path / "one/two/three"):
        assert mode(folder) == 0o700


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared").chmod(0o755)
    write_bytes(tmp_path / "shared" / "x", b"")
    assert mode(tmp_path / "shared") == 0o755


def test_a_public_file_can_be_asked_for(tmp_path: Path) -> None:
    write_bytes(tmp_path / "page.html", b"", private=False)
    assert mode(tmp_path / "page.html") == 0o644


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "kept"
    write_bytes(target, b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left on device"):
        write_bytes(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_in_the_place_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(UsageError, match="cannot write"):
        write_bytes(tmp_path / "x" / "y", b"")


def test_what_cannot_be_read_is_said_with_its_cause(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_bytes(tmp_path / "none")
    with pytest.raises(UsageError, match="is not a file"):
        read_bytes(tmp_path)
    (tmp_path / "big").write_bytes(b"12345")
    with pytest.raises(UsageError, match="has 5 bytes; at most 4 are read"):
        read_bytes(tmp_path / "big", limit=4)


def test_a_folder_is_read_by_suffix_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "sub/c.yaml", ".git/d.yaml", "sub/.e.yaml", "f.txt"):
        write_bytes(tmp_path / name, name.encode())
    found = read_folder(tmp_path, suffixes=(".yaml", ".yml"))
    root = tmp_path.as_posix()
    assert found == {
        f"{root}/a.yml": b"a.yml",
        f"{root}/b.yaml": b"b.yaml",
        f"{root}/sub/c.yaml": b"sub/c.yaml",
    }


def test_a_link_out_of_the_folder_is_passed_over(tmp_path: Path) -> None:
    write_bytes(tmp_path / "secret.yaml", b"x")
    write_bytes(tmp_path / "estate" / "in.yaml", b"y")
    (tmp_path / "estate" / "out.yaml").symlink_to(tmp_path / "secret.yaml")
    assert list(read_folder(tmp_path / "estate", suffixes=(".yaml",)).values()) == [b"y"]


@pytest.mark.parametrize("folder", ["missing", "empty"])
def test_a_missing_or_empty_folder_is_an_invalid_estate(folder: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidDocumentError) as caught:
        read_folder(tmp_path / folder, suffixes=(".yaml",))
    [fault] = caught.value.faults
    assert fault.code == "CS120"
    assert folder in fault.message


def test_folders_are_bounded_in_files_and_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.yaml", "b.yaml"):
        write_bytes(tmp_path / name, b"12345")
    monkeypatch.setattr(files, "LARGEST_FOLDER_BYTES", 9)
    with pytest.raises(UsageError, match="10 bytes; at most 9"):
        read_folder(tmp_path, suffixes=(".yaml",))
    monkeypatch.setattr(files, "LARGEST_FILE_COUNT", 1)
    with pytest.raises(UsageError, match="2 files; at most 1"):
        read_folder(tmp_path, suffixes=(".yaml",))


def test_the_clock_is_aware_and_in_whole_seconds() -> None:
    moment = now()
    assert moment.tzinfo is dt.UTC
    assert moment.microsecond == 0
    first = stopwatch()
    assert stopwatch() >= first


def test_fresh_bytes_are_of_the_size_asked_for_and_differ() -> None:
    assert len(fresh_bytes(32)) == 32
    assert fresh_bytes(32) != fresh_bytes(32)
