"""A holding that says less: which of several versions of it exists, as counts of people.

What an item brings to a use depends on its attributes, and those are laid out once for an
estate. So the estate that is valued has, beside each holding that may be coarsened, its coarser
*versions*: the same people with fewer attributes, one for each set of coarsenings. Of a holding
and its versions only one has people in a given trial; the others have none, and what has no
people brings nothing. The attack graph does not see versions: whoever takes the holding takes
the version that exists.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from counterseal.assess.mitigating.measures import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.assess.mitigating.measures import Countermeasure
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Holding

__all__ = ["Version", "coarsened", "with_versions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A coarser version of a holding.

    Attributes:
        id: Of the version, in the estate that is valued.
        holding: What it is a version of.
        when: Numbers of the coarsenings that make it, and no other coarsening of the holding.
    """

    id: str
    holding: str
    when: frozenset[int]


def with_versions(
    estate: Estate, measures: Sequence[Countermeasure], *, together: int | None = None
) -> tuple[Estate, tuple[Version, ...]]:
    """Return the estate with every version of every holding that may be coarsened.

    There are ``2**n - 1`` versions of a holding with n coarsenings; a use has at most five
    needs, so that n is small.

    Args:
        estate: What is to be valued.
        measures: Of which the coarsenings matter.
        together: Most coarsenings of one holding in a version; all when ``None``. With more of
            them chosen than that, nothing is left of the holding: too little, not too much.
    """
    by_holding: Mapping[str, list[int]] = defaultdict(list)
    for number, measure in enumerate(measures):
        if measure.kind is Kind.COARSEN:
            by_holding[measure.element].append(number)
    versions, holdings = [], dict(estate.holdings)
    for holding, numbers in sorted(by_holding.items()):
        for size in range(1, min(len(numbers), together or len(numbers)) + 1):
            for when in combinations(numbers, size):
                name = f"{holding}~{'+'.join(map(str, when))}"
                drops = {drop for one in when for drop in measures[one].drops}
                holdings[name] = _without(estate.holdings[holding], drops, name)
                versions.append(Version(id=name, holding=holding, when=frozenset(when)))
    every = {key: holdings[key] for key in sorted(holdings)}
    return (replace(estate, holdings=every), tuple(versions)) if versions else (estate, ())


def coarsened(estate: Estate, measures: Sequence[Countermeasure]) -> Estate:
    """Return the estate after the coarsenings among ``measures``, and nothing else."""
    holdings = dict(estate.holdings)
    for measure in measures:
        if measure.kind is Kind.COARSEN:
            holding = holdings[measure.element]
            holdings[measure.element] = _without(holding, set(measure.drops), holding.id)
    return replace(estate, holdings=holdings)


def _without(holding: Holding, drops: set[str], name: str) -> Holding:
    kept = tuple(one for one in holding.attributes if one not in drops)
    return holding.model_copy(update={"id": name, "attributes": kept})
