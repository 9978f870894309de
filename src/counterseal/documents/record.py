"""What every record of a document has in common: frozen, closed, written with hyphens."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Record", "kebab"]


def kebab(name: str) -> str:
    """Return the key of a field in a document: ``from_`` is ``from``, ``a_b`` is ``a-b``."""
    return name.removesuffix("_").replace("_", "-")


class Record(BaseModel):
    """A frozen record that refuses unknown keys; keys are field names with hyphens."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=kebab, populate_by_name=True
    )
