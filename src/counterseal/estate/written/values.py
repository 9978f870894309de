"""The value of a field as plain JSON, the way a file would write it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pydantic import BaseModel

if TYPE_CHECKING:
    from counterseal.canon import Json

__all__ = ["plain"]


def plain(value: object) -> Json:
    """Return ``value`` (a field of a record, or a part of a document) as JSON."""
    if isinstance(value, BaseModel):
        dumped = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return cast("Json", dumped)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return cast("Json", value)
