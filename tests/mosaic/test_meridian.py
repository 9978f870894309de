"""What combining does in a large example estate."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from counterseal.mosaic.completing import completions
from counterseal.testing.catalogs import catalog
from counterseal.workspace.packaged import example_folder
from counterseal.workspace.project import open_project

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate

pytestmark = pytest.mark.slow


@cache
def meridian() -> Estate:
    return open_project(example_folder("meridian")).estate(catalog())


def test_plates_and_utility_connections_reach_people_by_where_they_drive() -> None:
    found = {
        (one.use, one.population, one.items): one
        for one in completions(meridian(), catalog(), uses=["influence"])
    }
    pair = found["influence", "general-public", ("plate-reads-national", "utility-feed")]
    assert pair.brings == (("a segment",), ("a channel",))
    assert [join.key for join in pair.joins] == ["home-of-a-trace"]
    low, central, high = pair.correct
    assert 0.0 < low < central < high < 1.0


def test_plates_alone_complete_no_use_of_everybody() -> None:
    plates = set(meridian().holdings["plate-reads-national"].attributes)
    for use in catalog().uses.values():
        if not use.populations:
            assert not all(plates & set(group.any_of) for group in use.groups)
