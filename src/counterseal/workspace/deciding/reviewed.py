"""The review that people sign: still of what is on disk, and whole.

A signature is bound to a review document. What is kept on disk can be edited, and the estate
can move on; both are found here, before anybody signs and again before anything is sealed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal import __version__
from counterseal.canon import digest
from counterseal.documents import tree
from counterseal.errors import CountersealError, SignatureError, UsageError
from counterseal.ledger.bundle import INPUTS, REPORT, RESULT, files_of
from counterseal.ledger.container import pack, unpack
from counterseal.review.inputs import Settings, digests
from counterseal.workspace.files import read_bytes, write_bytes
from counterseal.workspace.reviewing import KeptReview, kept, page_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from counterseal.workspace.project import Project

__all__ = ["change_file", "current_review", "file_away", "filed", "require_change_id"]

_SETTINGS = "settings.json"
_YAML = (".yaml", ".yml", ".json")


def require_change_id(change_id: str) -> None:
    """Refuse what cannot be the id of a change, and so must not become a path.

    Raises:
        UsageError: It is something else, perhaps the file of a change.
    """
    words = change_id.split("-")
    if not all(w.isascii() and w.isalnum() and w == w.lower() for w in words):
        raise UsageError(
            f"{change_id!r} is not the id of a change",
            hint="give the `id:` that stands in the change file, such as search-hub",
        )


def change_file(project: Project, change_id: str) -> Path:
    """Return the file in ``changes/`` with the change ``change_id``.

    Raises:
        UsageError: There is none.
    """
    require_change_id(change_id)
    folder = project.root / "changes"
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in paths:
        if path.suffix in _YAML and _id_in(path) == change_id:
            return path
    raise UsageError(
        f"no file in {folder} has the id {change_id!r}",
        hint="a change that is decided on stands in changes/ of its project",
    )


def current_review(project: Project, change_id: str) -> KeptReview:
    """Return the kept review of a change, if it is of what is on disk now.

    Raises:
        UsageError: The change was never reviewed.
        SignatureError: An input changed since, or what is kept was altered.
    """
    require_change_id(change_id)
    review = kept(project, change_id)
    stale = _changed_inputs(project, review)
    if stale:
        some = ", ".join(stale[:3]) + (f" and {len(stale) - 3} more" if stale[3:] else "")
        raise SignatureError(
            f"stale: {some} changed since the review",
            hint=f"review again: `counterseal review {project.root}/{_change_name(review)}`",
        )
    _require_whole(project, review)
    return review


def file_away(folder: Path, review: KeptReview) -> bytes:
    """Write the exact files of a review, one archive named by its digest; return the archive.

    A later review of the same change does not touch it.
    """
    data = pack(files_of(inputs=review.inputs, result=review.result, report=review.page))
    write_bytes(folder, data)
    return data


def filed(path: Path) -> KeptReview:
    """Return the review that was filed away at ``path``.

    Raises:
        UsageError: It is not there.
        VerificationError: It was altered.
    """
    members = unpack(read_bytes(path, limit=512 * 1024 * 1024))
    inputs = {
        name.removeprefix(INPUTS): data
        for name, data in members.items()
        if name.startswith(INPUTS)
    }
    return KeptReview(inputs=inputs, result=members[RESULT], page=members[REPORT])


def _changed_inputs(project: Project, review: KeptReview) -> tuple[str, ...]:
    """Return the names of inputs that are not on disk as they were reviewed, sorted."""
    path = project.root / _change_name(review)
    if not path.is_file():
        return (f"{path} (not there any more)",)
    now: Mapping[str, bytes] = project.inputs(path, Settings())
    names = sorted({*now, *review.inputs} - {_SETTINGS})
    changed = [name for name in names if now.get(name) != review.inputs.get(name)]
    engine = _digests(review).get("engine")
    if engine != f"counterseal {__version__}":
        changed.append(f"the program (reviewed by {engine})")
    return tuple(changed)


def _require_whole(project: Project, review: KeptReview) -> None:
    """Refuse a review whose parts do not belong together."""
    folder = project.review_folder(review.change_id)
    hint = "review the change again; nobody signs what somebody edited"
    if _digests(review).get("inputs") != digest(dict(digests(review.inputs))):
        raise SignatureError(f"{folder}: the review was not made from these inputs", hint=hint)
    if page_of(review.inputs, review.result) != review.page:
        raise SignatureError(f"{folder}: the report does not show this review", hint=hint)


def _digests(review: KeptReview) -> Mapping[str, object]:
    found = review.document.get("digests")
    return found if isinstance(found, dict) else {}


def _change_name(review: KeptReview) -> str:
    return next(name for name in review.inputs if name.startswith("changes/"))


def _id_in(path: Path) -> object:
    try:
        value = tree.parse(read_bytes(path), file=path.name).value
    except CountersealError:  # `check` says what is wrong with it
        return None
    return value.get("id") if isinstance(value, dict) else None
