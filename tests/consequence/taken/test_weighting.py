"""Rankings under published weights, and how much of each order the weights are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.consequence.taken.holdings import holding_value
from counterseal.consequence.taken.weighting import weightings
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.consequence.taken.people import Subjects
    from counterseal.consequence.taken.weighting import Weightings

    Build = Callable[..., Subjects]


def _ranked(
    subjects: Build, held: dict[str, tuple[int, list[str]]], *, seed: int = 3
) -> Weightings:
    rows = {
        name: {"attributes": classes, "populations": [{"population": "p", "count": count}]}
        for name, (count, classes) in held.items()
    }
    built = subjects({"p": {"size": 1_000_000}}, rows)
    values = [holding_value(built, item) for item in built.items]
    return weightings(values, catalog(), rng=np.random.default_rng(seed))


def _order(found: Weightings, name: str) -> list[str]:
    one = next(one for one in found.sets if one.weights.id == name)
    return [row.item for row in one.order]


TWO = {"genomes": (1_000, ["genome"]), "names": (100_000, ["name"])}


def test_a_thousand_genomes_outweigh_a_hundred_thousand_names_by_threshold(
    subjects: Build,
) -> None:
    found = _ranked(subjects, TWO)
    assert _order(found, "bulk-thresholds") == ["genomes", "names"]
    assert _order(found, "nist-impact") == ["names", "genomes"]
    assert _order(found, "special-categories") == ["genomes"]
    assert found.agreed == ()


def test_a_set_says_about_what_it_is_silent(subjects: Build) -> None:
    found = _ranked(subjects, TWO)
    special = next(one for one in found.sets if one.weights.id == "special-categories")
    assert special.silent == ("names",)


def test_what_dominates_in_every_class_is_above_in_every_weighting(subjects: Build) -> None:
    held = {"more": (2_000, ["name", "health"]), "less": (1_000, ["name", "health"])}
    found = _ranked(subjects, held)
    for one in found.sets:
        assert [row.item for row in one.order] == ["more", "less"]
        assert one.order[0].above_next == 1.0
        assert one.order[1].above_next is None
    assert found.certain == 1.0
    assert found.agreed == (("more", "less"),)


def test_two_classes_of_equal_years_are_each_above_half_of_the_time(subjects: Build) -> None:
    held = {"a": (1_000, ["genome"]), "b": (1_000, ["asylum-claim"])}
    found = _ranked(subjects, held)
    share = found.sets[0].order[0].above_rest
    one = next(one for one in found.sets if one.weights.id == "nist-impact")
    assert share is None or 0.45 < share < 0.55
    assert one.order[0].above_next == pytest.approx(0.5, abs=0.05)
    assert found.certain == 0.0


def test_the_share_of_a_known_case_is_that_of_the_flat_distribution(subjects: Build) -> None:
    """With two classes w is uniform; 3 w > 1 - w with probability 3/4."""
    held = {"a": (3_000, ["genome"]), "b": (1_000, ["asylum-claim"])}
    found = _ranked(subjects, held)
    one = next(one for one in found.sets if one.weights.id == "nist-impact")
    assert one.order[0].item == "a"
    assert one.order[0].above_next == pytest.approx(0.75, abs=0.04)


def test_every_pair_of_leading_items_has_its_share(subjects: Build) -> None:
    held = {"a": (3_000, ["genome"]), "b": (1_000, ["asylum-claim"]), "c": (90, ["genome"])}
    found = _ranked(subjects, held)
    shares = {(above, below): share for above, below, share in found.pairs}
    assert set(shares) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert shares["a", "c"] == 1.0
    assert all(0.5 <= share <= 1.0 for share in shares.values())


def test_the_same_seed_gives_the_same_shares(subjects: Build) -> None:
    held = {"a": (3_000, ["name", "health"]), "b": (2_000, ["genome"]), "c": (900, ["iris"])}
    one, two = (_ranked(subjects, held, seed=7).as_json() for _ in range(2))
    assert one == two
    assert _ranked(subjects, held, seed=8).as_json() != one


def test_nothing_to_rank_is_no_error(subjects: Build) -> None:
    found = _ranked(subjects, {})
    assert all(one.order == () for one in found.sets)
    assert found.certain == 1.0
