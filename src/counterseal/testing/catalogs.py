"""The packaged catalog, for tests and examples."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from counterseal.catalog.catalog import TABLES, parse

if TYPE_CHECKING:
    from counterseal.catalog.catalog import Catalog

__all__ = ["catalog", "catalog_files"]


def catalog_files() -> dict[str, bytes]:
    """Return the packaged tables by file name."""
    folder = resources.files("counterseal.catalog") / "data"
    return {f"{name}.yaml": (folder / f"{name}.yaml").read_bytes() for name in TABLES}


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """Return the packaged catalog."""
    return parse(catalog_files())
