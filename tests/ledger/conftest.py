"""A house for every test, and one with a sealed decision for those that only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.testing.sealing import House

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def house() -> Iterator[House]:
    """A log with its first policy in force."""
    made = House()
    made.enact()
    yield made
    made.connection.close()


@pytest.fixture(scope="session")
def sealed() -> Iterator[tuple[House, bytes]]:
    """A house with a dissent and a sealed decision, and its bundle. Not to be changed."""
    made = House()
    made.enact()
    receipt = made.seal()
    made.dissent(receipt.digest)
    yield made, made.bundle(receipt.index)
    made.connection.close()
