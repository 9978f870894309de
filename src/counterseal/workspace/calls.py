"""What commands do, as calls for Python programs; ``import counterseal as cs`` offers these.

Every other public function of the packages may be called too; these need no folder layout in
mind and no object made beforehand.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.ledger.verify import Trust
from counterseal.review.inputs import Settings
from counterseal.tlog.keys import PublicKey
from counterseal.tlog.note import parse_vkey
from counterseal.workspace import reviewing
from counterseal.workspace.deciding import verifying
from counterseal.workspace.project import find_project, open_project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.ledger.verify import Verification
    from counterseal.workspace.reviewing import KeptReview

__all__ = ["review_change", "verify"]


def review_change(
    change: str | Path,
    *,
    estate: str | Path | None = None,
    settings: Settings | None = None,
    workers: int | None = None,
) -> KeptReview:
    """Review a change file, as ``counterseal review`` does; nothing is written.

    Args:
        change: File of the change.
        estate: Its estate or project folder; the nearest ``estate/`` upwards if left out.
        settings: Seed and number of draws.
        workers: Threads to use; the result does not depend on it.

    Returns:
        The review: ``document`` (as ``counterseal review --json`` prints it), ``result`` (the
        bytes that are signed), ``page`` (the HTML report) and ``inputs`` (what a replay needs).

    Raises:
        UsageError: There is no such file, or no estate near it.
        InvalidDocumentError: An input is not valid; ``faults`` has all that is wrong.
    """
    path = Path(change)
    project = find_project(path.parent) if estate is None else open_project(Path(estate))
    return reviewing.review_change(project, path, settings or Settings(), workers=workers)


def verify(
    bundle: bytes,
    *,
    roots: Sequence[str],
    log: str,
    kept: bytes | None = None,
    workers: int | None = None,
) -> Verification:
    """Check a bundle and compute its verdict again, as ``counterseal verify`` does; offline.

    Args:
        bundle: The bytes of the bundle.
        roots: Trusted root keys, ``ed25519:…``, known from elsewhere.
        log: Key of the log, ``name+id+key``, known from elsewhere.
        kept: A checkpoint of the log seen earlier.
        workers: Threads to use for the replay.

    Returns:
        Every check with its outcome; ``require()`` raises on the first that does not hold.

    Raises:
        LogError: A key is malformed.
    """
    trust = Trust(
        roots=tuple(PublicKey.parse(root) for root in roots), log=parse_vkey(log), kept=kept
    )
    return verifying.verify(bundle, trust=trust, replay=verifying.replayer(workers=workers))
