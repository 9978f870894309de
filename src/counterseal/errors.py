"""Every error that Counterseal raises on purpose: one tree, stable codes, facts as attributes.

A caller branches on the class, the code and the attributes, never on the text. Faults of a
document are collected and raised together as an ``InvalidDocumentError``, so that its author
mends them in one round.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "CatalogError",
    "CountersealError",
    "Fault",
    "GraphError",
    "InputError",
    "InvalidDocumentError",
    "LedgerError",
    "LogError",
    "NotEvaluableError",
    "Place",
    "PolicyError",
    "RefusedExactError",
    "RefusedReleaseError",
    "SignatureError",
    "SparkError",
    "TooSmallError",
    "UsageError",
    "VerificationError",
    "WorkersDifferError",
]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where something was written: ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a document.

    Attributes:
        code: Stable code, documented in ``docs/errors.md`` (``CS1xx`` for estates and changes).
        message: What was expected and what was found; quotes no value that may be personal.
        place: Where it stands, when it stands anywhere.
        hint: What to do about it.
    """

    code: str
    message: str
    place: Place | None = None
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.place} " if self.place else ""
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{where}{self.code} {self.message}{hint}"


class CountersealError(Exception):
    """Root of the tree. ``code`` is stable and documented in ``docs/errors.md``."""

    code = "CS000"

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Say what is wrong (``message``) and what to do about it (``hint``)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CountersealError):
    """The command or call cannot be carried out as it was written."""

    code = "CS010"


class SparkError(UsageError):
    """Trials cannot be spread over a Spark cluster as was asked."""

    code = "CS020"


class WorkersDifferError(SparkError):
    """A worker would not give the bytes that this machine gives."""

    code = "CS021"


class InvalidDocumentError(CountersealError):
    """A document (estate, change, rule card, catalog) is not valid; ``faults`` has them all."""

    code = "CS100"

    def __init__(self, message: str, *, faults: tuple[Fault, ...]) -> None:
        """Collect the ``faults`` (at least one, in order of place) of one load."""
        super().__init__(message)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join([self.message, *(str(fault) for fault in self.faults)])


class CatalogError(CountersealError):
    """A catalog table refers to something that no table defines."""

    code = "CS200"


class GraphError(CountersealError):
    """An attack graph is not well formed."""

    code = "CS250"


class RefusedExactError(CountersealError):
    """The graph has too many random events, or random times, for the exact method."""

    code = "CS251"


class PolicyError(CountersealError):
    """A rule card cannot be parsed, compiled or evaluated."""

    code = "CS270"


class NotEvaluableError(CountersealError):
    """Something that a verdict needs is missing, so there is no verdict to give."""

    code = "CS280"


class LogError(CountersealError):
    """A Merkle proof, note, checkpoint or key does not hold or cannot be parsed."""

    code = "CS300"


class LedgerError(CountersealError):
    """The ledger refuses an entry, or its store is damaged."""

    code = "CS320"


class SignatureError(LedgerError):
    """A signature is missing, wrong, stale, or by somebody who may not sign."""

    code = "CS330"


class VerificationError(LedgerError):
    """A bundle does not show what it claims to show."""

    code = "CS340"


class InputError(CountersealError):
    """A table cannot be measured in place, or has not what was asked of it."""

    code = "CS400"


class TooSmallError(InputError):
    """A table has too few records for anything about it to be said without saying who."""

    code = "CS401"


class RefusedReleaseError(CountersealError):
    """A result would let a small group be worked out from what was released before."""

    code = "CS420"
