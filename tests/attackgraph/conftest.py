"""An estate in which every rule applies somewhere, and what tests of compiling do to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.estate.estate import Estate

BUSY = estate_from((Path(__file__).parent / "busy_estate.yaml").read_text())


class Edit(Protocol):
    def __call__(
        self, estate: Estate, kind: str, element: str, fields: Mapping[str, object]
    ) -> Estate: ...


def _edited(estate: Estate, kind: str, element: str, fields: Mapping[str, object]) -> Estate:
    """Return ``estate`` with fields of an element set, or without it when none are given."""
    rows = dict(estate.of_kind(kind))
    if fields:
        known = rows[element].model_dump(by_alias=False)
        rows[element] = type(rows[element]).model_validate({**known, **fields})
    else:
        del rows[element]
    return replace(estate, **{kind: rows})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def busy() -> Estate:
    return BUSY


@pytest.fixture(scope="session")
def edited() -> Edit:
    return _edited
