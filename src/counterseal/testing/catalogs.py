"""The packaged catalog, for tests and examples."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from counterseal.catalog.catalog import TABLES, VIEWS, parse

if TYPE_CHECKING:
    from counterseal.catalog.catalog import Catalog

__all__ = ["catalog", "catalog_files"]


def catalog_files() -> dict[str, bytes]:
    """Return the packaged tables by file name."""
    folder = resources.files("counterseal.catalog") / "data"
    names = (*TABLES, *VIEWS)
    return {f"{name}.yaml": (folder / f"{name}.yaml").read_bytes() for name in names}


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """Return the packaged catalog."""
    return parse(catalog_files())
