"""The only reader of the clock."""

from __future__ import annotations

import datetime as dt
import time

__all__ = ["now", "stopwatch"]


def now() -> dt.datetime:
    """Return the present time in UTC, aware, in whole seconds."""
    return dt.datetime.now(tz=dt.UTC).replace(microsecond=0)  # noqa: TID251 - here it is read


def stopwatch() -> float:
    """Return seconds of a monotonic clock, for measuring how long something took."""
    return time.perf_counter()
