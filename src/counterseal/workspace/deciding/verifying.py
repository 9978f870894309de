"""Check a bundle with what the reader trusts, and compute its verdict again; no network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import CountersealError, NotEvaluableError
from counterseal.ledger.claims import Decision
from counterseal.ledger.container import unpack
from counterseal.ledger.contents import parse_contents
from counterseal.ledger.verify import NOT_SHOWN, Check, Verification, verify_bundle
from counterseal.review import document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.ledger.verify import Replay, Trust
    from counterseal.review.searches.search import Progress

__all__ = ["Stated", "replayer", "stated", "verify"]

NO_TRUST = (
    "no trusted keys: a bundle holds none that could vouch for itself; give the organisation's "
    "trust file with --trust FILE, or --root KEY and --log KEY, obtained by another way"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a bundle says was decided; trusted only after it verified."""

    change: str
    decision: Decision


def verify(data: bytes, *, trust: Trust | None, replay: Replay | None) -> Verification:
    """Return every check of a bundle; without ``trust`` the only one is that it is missing."""
    if trust is None:
        check = Check(name="trust", ok=False, detail=NO_TRUST)
        return Verification(checks=(check,), not_shown=NOT_SHOWN)
    return verify_bundle(data, trust=trust, replay=replay)


def replayer(*, workers: int | None = None, progress: Progress = lambda *_: None) -> Replay:
    """Return the function from the inputs of a review to its canonical bytes."""

    def replay(files: Mapping[str, bytes]) -> bytes:
        if "settings.json" not in files:
            raise NotEvaluableError("the inputs have no settings.json, so nobody can replay")
        return document.replay(files, workers=workers, progress=progress)

    return replay


def stated(data: bytes) -> Stated | None:
    """Return what the bundle in ``data`` says was decided, or None when it cannot be read."""
    try:
        claim = parse_contents(unpack(data)).decision.claim
        return Stated(change=claim.change, decision=Decision.parse(claim.body))
    except CountersealError:
        return None
