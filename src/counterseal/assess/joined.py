"""The parameters of several tables as one, without making any of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Joined"]


class Joined(Mapping[str, Parameter]):
    """Several tables of parameters by id; where two know one, the last of them has it."""

    def __init__(self, tables: Iterable[Mapping[str, Parameter]]) -> None:
        """Join ``tables``."""
        self._tables = tuple(tables)

    def __getitem__(self, name: str) -> Parameter:
        """Return one parameter."""
        return self._table_of[name][name]

    def __contains__(self, name: object) -> bool:
        """Whether any table knows it."""
        return name in self._table_of

    def __iter__(self) -> Iterator[str]:
        """Yield every id once, table by table."""
        return iter(self._table_of)

    def __len__(self) -> int:
        """Return how many different ids there are."""
        return len(self._table_of)

    @cached_property
    def _table_of(self) -> Mapping[str, Mapping[str, Parameter]]:
        """The table that has each parameter, joined ones resolved."""
        found: dict[str, Mapping[str, Parameter]] = {}
        for table in self._tables:
            if isinstance(table, Joined):
                found |= table._table_of  # noqa: SLF001 - a table like this one
            else:
                found |= dict.fromkeys(table, table)
        return found
