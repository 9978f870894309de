"""The parameters of several tables as one, without making any of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Joined"]


class Joined(Mapping[str, Parameter]):
    """Several tables of parameters by id; where two know one, the last of them has it."""

    def __init__(self, tables: tuple[Mapping[str, Parameter], ...]) -> None:
        """Join ``tables``."""
        self._tables = tables

    def __getitem__(self, name: str) -> Parameter:
        """Return one parameter."""
        for table in reversed(self._tables):
            if name in table:
                return table[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        """Whether any table knows it."""
        return any(name in table for table in self._tables)

    def __iter__(self) -> Iterator[str]:
        """Yield every id once, table by table."""
        names: dict[str, None] = {}
        for table in self._tables:
            names.update(dict.fromkeys(table))
        return iter(names)

    def __len__(self) -> int:
        """Return how many different ids there are."""
        return sum(1 for _ in self)
