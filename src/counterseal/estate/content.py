"""The canonical bytes of an estate's content; what two estates share is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.canon import canonical

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from counterseal.estate.records import Element

__all__ = ["Written", "content"]

Written = dict[int, bytes]
"""The bytes of records by ``id``, which must be kept alive; filled as they are written."""


def content(name: str, kinds: Mapping[str, Collection[Element]], written: Written) -> bytes:
    """Return what RFC 8785 makes of the name and the elements of each kind, without defaults.

    Args:
        name: Of the estate.
        kinds: Elements by kind, in order; a kind without any is left out.
        written: Records that were written before, and now these.
    """
    members = {"name": canonical(name)}
    for kind, elements in kinds.items():
        if elements:
            rows = [_record(element, written) for element in elements]
            members[kind] = b"[" + b",".join(rows) + b"]"
    ordered = [canonical(key) + b":" + members[key] for key in sorted(members)]
    return b"{" + b",".join(ordered) + b"}"


def _record(element: Element, written: Written) -> bytes:
    key = id(element)
    if key not in written:
        written[key] = canonical(
            element.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        )
    return written[key]
