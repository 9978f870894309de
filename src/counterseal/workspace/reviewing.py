"""Run a review from files, keep it with what it was made from, and find it again."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from counterseal.canon import canonical
from counterseal.errors import UsageError
from counterseal.report.html.page import render as render_html
from counterseal.report.scene import build as build_scene
from counterseal.review.document import write
from counterseal.review.gate import find
from counterseal.review.inputs import parse
from counterseal.review.proposal import propose
from counterseal.workspace.files import read_bytes, write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.review.inputs import Settings
    from counterseal.review.proposal import Proposal
    from counterseal.review.searches.search import Progress
    from counterseal.workspace.project import Project

__all__ = ["KeptReview", "keep", "kept", "page_of", "review_change"]

RESULT = "review.json"
PAGE = "report.html"
INPUTS = "inputs"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReview:
    """A review and everything it was made from.

    Attributes:
        inputs: Input files by name (``review/inputs.py``).
        result: Canonical bytes of the review document.
        page: The HTML report.
    """

    inputs: Mapping[str, bytes]
    result: bytes
    page: bytes

    @property
    def document(self) -> dict[str, Json]:
        """The review document."""
        return cast("dict[str, Json]", json.loads(self.result))

    @property
    def change_id(self) -> str:
        """Id of the change."""
        change = cast("Mapping[str, Json]", self.document["change"])
        return str(change["id"])


def review_change(
    project: Project,
    change: Path,
    settings: Settings,
    *,
    workers: int | None = None,
    progress: Progress = lambda *_: None,
) -> KeptReview:
    """Review a change file; nothing is written.

    Raises:
        InvalidDocumentError: An input is not valid, or the change does not fit the estate.
    """
    files = project.inputs(change, settings)
    found = find(parse(files), workers=workers, progress=progress)
    result = canonical(write(found))
    page = _page(found.proposal, result)
    return KeptReview(inputs=files, result=result, page=page)


def page_of(inputs: Mapping[str, bytes], result: bytes) -> bytes:
    """Return the HTML report of a result and the inputs it was made from."""
    return _page(propose(parse(inputs)), result)


def keep(project: Project, review: KeptReview) -> Path:
    """Write a review and its inputs below the project's state folder; return the folder.

    The result is taken away first and written last, so a folder with a result is complete and
    holds no input of an earlier review.
    """
    folder = project.review_folder(review.change_id)
    (folder / RESULT).unlink(missing_ok=True)
    shutil.rmtree(folder / INPUTS, ignore_errors=True)
    for name, data in review.inputs.items():
        write_bytes(folder / INPUTS / name, data)
    write_bytes(folder / PAGE, review.page)
    write_bytes(folder / RESULT, review.result)
    return folder


def kept(project: Project, change_id: str) -> KeptReview:
    """Read a review that was kept.

    Raises:
        UsageError: The change was never reviewed here.
    """
    folder = project.review_folder(change_id)
    if not (folder / RESULT).is_file():
        raise UsageError(
            f"there is no review of {change_id!r} in {project.state_folder}",
            hint="review the change first: `counterseal review CHANGE`",
        )
    root = folder / INPUTS
    inputs = {
        path.relative_to(root).as_posix(): read_bytes(path)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
    return KeptReview(
        inputs=inputs,
        result=read_bytes(folder / RESULT),
        page=read_bytes(folder / PAGE),
    )


def _page(proposal: Proposal, result: bytes) -> bytes:
    """Render from the bytes of the result, so that it can be done again from what is kept."""
    document = cast("dict[str, Json]", json.loads(result))
    return render_html(document, build_scene(proposal.before, proposal.after, document))
