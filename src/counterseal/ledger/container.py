"""The zip of a bundle, in exactly one spelling: the same members are always the same bytes.

Members are stored, sorted by name, dated 1980-01-01, with no comment and no extra field. A
reader rebuilds the archive from what it read and compares, so that no byte is without meaning.
Nothing is ever unpacked to disk here, and stored members cannot expand.
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from typing import TYPE_CHECKING

from counterseal.errors import VerificationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_BUNDLE_BYTES", "MAX_MEMBERS", "pack", "unpack"]

MAX_BUNDLE_BYTES = 512 * 1024 * 1024
MAX_MEMBERS = 20_000
MAX_NAME_BYTES = 512

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 20
_MADE_BY_UNIX = 3 << 8 | _VERSION
_UTF8_NAME = 0x800
_DATE_1980 = 0x21
_REGULAR_FILE = 0o100644 << 16
_FORBIDDEN = set('\\:*?"<>|')


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return the archive of ``members``.

    Raises:
        VerificationError: A name is unsafe, two names differ in case only, or it is too large.
    """
    names = sorted(members)
    _require_names(names)
    if sum(len(data) for data in members.values()) > MAX_BUNDLE_BYTES:
        raise VerificationError(f"a bundle has at most {MAX_BUNDLE_BYTES} bytes")
    body, directory = bytearray(), bytearray()
    for name in names:
        data, encoded = members[name], name.encode()
        flags = 0 if name.isascii() else _UTF8_NAME
        facts = (zlib.crc32(data), len(data), len(data), len(encoded), 0)
        version = (_VERSION, flags, 0, 0, _DATE_1980)
        place = (0, 0, 0, _REGULAR_FILE, len(body))
        directory += _CENTRAL.pack(_CENTRAL_MARK, _MADE_BY_UNIX, *version, *facts, *place)
        directory += encoded
        body += _LOCAL.pack(_LOCAL_MARK, *version, *facts) + encoded + data
    count = len(names)
    end = _END.pack(_END_MARK, 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the members of archive ``data``, which must be spelled as ``pack`` spells it.

    Raises:
        VerificationError: It is too large or not such an archive; the message names the member
            or the byte.
    """
    if len(data) > MAX_BUNDLE_BYTES:
        raise VerificationError(f"container: a bundle has at most {MAX_BUNDLE_BYTES} bytes")
    members: dict[str, bytes] = {}
    try:
        count, at = _find_directory(data)
        for _ in range(count):
            name, content, at = _read_member(data, at)
            if name in members:
                raise VerificationError(f"container: {name!r} is there twice")
            members[name] = content
    except (struct.error, UnicodeDecodeError) as error:
        raise VerificationError("container: this is not the zip of a bundle") from error
    _require_same(data, pack(members))
    return members


def _find_directory(data: bytes) -> tuple[int, int]:
    """Return how many members there are, and where the central directory starts."""
    if len(data) < _END.size:
        raise VerificationError("container: this is not the zip of a bundle")
    mark, *_, count, _, start, _ = _END.unpack_from(data, len(data) - _END.size)
    if mark != _END_MARK or count > MAX_MEMBERS or start > len(data):
        raise VerificationError("container: the end of the zip is not as a bundle has it")
    return count, start


def _read_member(data: bytes, at: int) -> tuple[str, bytes, int]:
    """Return name and content of the member listed at ``at``, and where the next is listed."""
    fields = _CENTRAL.unpack_from(data, at)
    method, checksum, size, name_size, start = (fields[i] for i in (4, 7, 9, 10, 16))
    after = at + _CENTRAL.size + name_size
    name = data[at + _CENTRAL.size : after].decode()
    begin = start + _LOCAL.size + name_size
    content = data[begin : begin + size]
    if fields[0] != _CENTRAL_MARK or method != 0 or len(content) != size:
        raise VerificationError(f"container: the entry of {name!r} is not as a bundle has it")
    if zlib.crc32(content) != checksum:
        raise VerificationError(f"container: {name!r} does not have its checksum")
    return name, content, after


def _require_same(data: bytes, expected: bytes) -> None:
    if data == expected:
        return
    pairs = enumerate(zip(data, expected, strict=False))
    shorter = min(len(data), len(expected))
    at = next((number for number, (a, b) in pairs if a != b), shorter)
    raise VerificationError(
        f"container: byte {at} is not as the zip of the same members has it"
    )


def _require_names(names: list[str]) -> None:
    if len(names) > MAX_MEMBERS:
        raise VerificationError(f"container: a bundle has at most {MAX_MEMBERS} members")
    for name in names:
        if not _is_plain(name):
            raise VerificationError(f"container: {name!r} is not a safe name of a member")
    if len({name.casefold() for name in names}) != len(names):
        raise VerificationError("container: two names differ in case only")


def _is_plain(name: str) -> bool:
    """Return whether ``name`` means the same relative path everywhere."""
    if any(character in _FORBIDDEN or not character.isprintable() for character in name):
        return False
    if not unicodedata.is_normalized("NFC", name) or len(name.encode()) > MAX_NAME_BYTES:
        return False
    return all(part.strip(". ") and not part.endswith((".", " ")) for part in name.split("/"))
