"""Exit codes: what a script may rely on. Nothing missing or empty is ever 0."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from counterseal.errors import LedgerError, LogError, UsageError

if TYPE_CHECKING:
    from counterseal.errors import CountersealError

__all__ = ["Exit", "exit_of"]


class Exit(IntEnum):
    """What the exit code of a command means."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    OBJECTION = 3
    CONDITIONS = 4
    NOT_EVALUABLE = 5
    NOT_VERIFIED = 6
    INTERRUPTED = 130


def exit_of(error: CountersealError) -> Exit:
    """Return the exit code of an error raised on purpose.

    A wrong command is 2, a log, ledger, signature or bundle that does not hold is 6, and
    everything else that keeps an input from being judged is 5.
    """
    if isinstance(error, UsageError):
        return Exit.USAGE
    if isinstance(error, LogError | LedgerError):
        return Exit.NOT_VERIFIED
    return Exit.NOT_EVALUABLE
