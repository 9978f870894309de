"""The zip has one spelling; everything else is refused without being unpacked."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import VerificationError
from counterseal.ledger import container
from counterseal.ledger.container import pack, unpack

MEMBERS = {"a/b.txt": b"one", "empty": b"", "Überblick.yaml": b"\0\xff"}
names = st.text(alphabet="abcXYZ012._-", min_size=1, max_size=6).filter(
    lambda name: name.strip(".") and not name.endswith(".")
)


@given(st.dictionaries(st.lists(names, min_size=1, max_size=3).map("/".join), st.binary()))
def test_members_survive_their_zip_in_any_order(members: dict[str, bytes]) -> None:
    if len({name.casefold() for name in members}) != len(members):
        return
    backwards = dict(reversed(members.items()))
    assert unpack(pack(members)) == members
    assert pack(backwards) == pack(members)


def test_any_zip_tool_reads_it() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(MEMBERS))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS


@given(st.binary(max_size=200))
def test_any_bytes_as_a_zip_raise_our_error_only(data: bytes) -> None:
    for candidate in (data, data + pack(MEMBERS), pack(MEMBERS) + data):
        if candidate != pack(MEMBERS):
            with pytest.raises(VerificationError, match="container"):
                unpack(candidate)


@given(st.data())
def test_any_two_changed_bytes_are_refused(data: st.DataObject) -> None:
    good = pack(MEMBERS)
    bent = bytearray(good)
    for _ in range(2):
        at = data.draw(st.integers(0, len(bent) - 1))
        bent[at] = data.draw(st.integers(0, 255))
    if bytes(bent) != good:
        with pytest.raises(VerificationError, match="container"):
            unpack(bytes(bent))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../b",
        "a//b",
        "a/",
        ".",
        "a\\b",
        "C:x",
        "a\nb",
        "a\0b",
        "end.",
        "end ",
        "e\N{COMBINING ACUTE ACCENT}",
        "n" * 513,
    ],
)
def test_a_name_that_is_not_a_plain_relative_path_is_refused(name: str) -> None:
    with pytest.raises(VerificationError, match="safe name"):
        pack({name: b""})
    with pytest.raises(VerificationError, match="container"):
        unpack(zipped({name: b""}) if "\0" not in name else b"")


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name or "x"), data)
    return made.getvalue()


def test_a_bomb_is_refused_and_not_inflated() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(50_000_000))
    with pytest.raises(VerificationError, match="container"):
        unpack(made.getvalue())


def test_limits_on_size_and_number_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    good = pack(MEMBERS)
    monkeypatch.setattr(container, "MAX_BUNDLE_BYTES", 4)
    with pytest.raises(VerificationError, match="at most 4 bytes"):
        unpack(good)
    with pytest.raises(VerificationError, match="at most 4 bytes"):
        pack(MEMBERS)
    monkeypatch.undo()
    monkeypatch.setattr(container, "MAX_MEMBERS", 2)
    with pytest.raises(VerificationError, match="container"):
        unpack(good)
    with pytest.raises(VerificationError, match="at most 2 members"):
        pack(MEMBERS)


def test_names_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(VerificationError, match="case"):
        pack({"A": b"", "a": b""})
