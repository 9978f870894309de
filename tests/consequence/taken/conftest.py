"""Small estates of populations and holdings, one word each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.consequence.taken.people import Subjects
from counterseal.estate.estate import Estate
from counterseal.estate.records import Holding, Link, Population, System
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Row = dict[str, object]


def _populations(rows: Mapping[str, Row]) -> dict[str, Population]:
    return {name: Population.model_validate({"id": name, **row}) for name, row in rows.items()}


def _holding(name: str, row: Row) -> Holding:
    return Holding.model_validate(
        {"id": name, "system": "store", "pseudonymized": False, **row}
    )


def _build(
    populations: Mapping[str, Row], holdings: Mapping[str, Row], links: Mapping[str, Row] = {}
) -> Subjects:
    store = {"id": "store", "kind": "database", "zone": "z", "owner": "o"}
    estate = Estate(
        systems={"store": System.model_validate(store)},
        populations=_populations(populations),
        holdings={name: _holding(name, row) for name, row in holdings.items()},
        links={
            name: Link.model_validate(
                {"id": name, "from": "store", "to": "store", "kind": "query", **row}
            )
            for name, row in links.items()
        },
    )
    return Subjects(estate=estate, catalog=catalog())


@pytest.fixture
def subjects() -> Callable[..., Subjects]:
    """Build the subjects of an estate from rows of populations, holdings and links."""
    return _build
