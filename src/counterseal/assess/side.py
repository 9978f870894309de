"""One estate, compiled for every adversary, and then put on some draws.

Compiling is deterministic and done once; the draws of the verdict and the draws of the searches
share the compiled graphs and the valuation.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING

from counterseal.assess.campaign import Campaign
from counterseal.assess.joined import Joined
from counterseal.assess.possible import attained, needs_of
from counterseal.attackgraph.compile import compile_graphs
from counterseal.consequence.valuation import Valuation
from counterseal.reach.engine import Engine
from counterseal.reach.program import build

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from counterseal.assess.campaign import Outcome
    from counterseal.assess.possible import Needs, Possibility
    from counterseal.attackgraph.model import AttackGraph, Parameter
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.reach.draws import Draws
    from counterseal.reach.program import Program

__all__ = ["Model", "Side", "model_of"]

NO_OVERRIDES: Mapping[str, float] = MappingProxyType({})

MOST_THREADS = 2
"""Threads of a valuation when nobody says how many; more gain little."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """One estate compiled for some adversaries; draws come later.

    Attributes:
        estate: The estate.
        catalog: What it was compiled with.
        graphs: A graph per adversary, by sorted id.
        valuations: What is taken, valued for the uses each adversary wants.
        needs: What each use of each population needs.
    """

    estate: Estate
    catalog: Catalog
    graphs: Mapping[str, AttackGraph]
    valuations: Mapping[str, Valuation]
    needs: Needs = field(repr=False)

    def once(self) -> Model:
        """Return the same with adversaries who do not come back where they were detected."""
        single = {name: replace(graph, max_attempts=1) for name, graph in self.graphs.items()}
        return replace(self, graphs=single)

    @cached_property
    def _programs(self) -> Mapping[str, Program]:
        """Every graph, made ready to be simulated for its objectives."""
        return {
            name: build(graph, targets=graph.targets) for name, graph in self.graphs.items()
        }

    def side(
        self, draws: Draws, *, workers: int | None = None, like: Side | None = None
    ) -> Side:
        """Return campaigns on ``draws``.

        Args:
            draws: What to draw.
            workers: Threads; results do not depend on it.
            like: A side of a similar estate on the same draws; local times of steps that are
                the same there are taken over instead of drawn again.
        """
        campaigns: list[Campaign] = []
        for name, graph in self.graphs.items():
            twin = like.campaign(name) if like is not None else None
            alike = next((row.engine for row in (twin, *campaigns[-1:]) if row), None)
            campaigns.append(
                Campaign(
                    adversary=self.catalog.adversaries[name],
                    estate=self.estate,
                    graph=graph,
                    engine=Engine(
                        graph,
                        draws=draws,
                        workers=workers,
                        like=alike,
                        program=self._programs[name],
                    ),
                    valuation=self.valuations[name],
                    draws=draws,
                    workers=workers or MOST_THREADS,
                )
            )
        return Side(model=self, campaigns=tuple(campaigns))


def model_of(
    estate: Estate,
    catalog: Catalog,
    *,
    adversaries: Sequence[str] | None = None,
    footholds: Collection[str] | None = None,
) -> Model:
    """Compile an estate for every adversary of the catalog, or for those named.

    With ``footholds`` (ids of steps) these are the only entries (``compile_graphs``).
    """
    chosen = sorted(catalog.adversaries if adversaries is None else adversaries)
    whole = Valuation(estate, catalog)
    return Model(
        estate=estate,
        catalog=catalog,
        graphs=compile_graphs(
            estate,
            [catalog.adversaries[name] for name in chosen],
            catalog,
            footholds=footholds,
        ),
        valuations={
            name: whole.narrowed(catalog.adversaries[name].objectives.uses) for name in chosen
        },
        needs=needs_of(estate, catalog),
    )


@dataclass(frozen=True, kw_only=True)
class Side:
    """One estate with a campaign per adversary."""

    model: Model
    campaigns: tuple[Campaign, ...]
    _turns: Iterator[int] = field(default_factory=count, init=False, repr=False, compare=False)

    @property
    def estate(self) -> Estate:
        """The estate."""
        return self.model.estate

    @cached_property
    def base(self) -> tuple[Outcome, ...]:
        """The outcome of every campaign with nothing overridden."""
        return tuple(campaign.base for campaign in self.campaigns)

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every uncertain number of every campaign, by id."""
        return Joined(tuple(campaign.parameters for campaign in self.campaigns))

    def first(self, draws: Draws, *, workers: int | None = None) -> Side:
        """Return this side on the first of its draws; what it knows is not worked out again.

        Args:
            draws: The same seed; no more draws, and no more trials in each.
            workers: Threads; results do not depend on it.
        """
        return Side(
            model=self.model,
            campaigns=tuple(
                replace(
                    campaign,
                    engine=Engine(
                        campaign.graph,
                        draws=draws,
                        workers=workers,
                        like=campaign.engine,
                        program=campaign.engine.program,
                    ),
                    draws=draws,
                    workers=workers or MOST_THREADS,
                    wide=campaign,
                )
                for campaign in self.campaigns
            ),
        )

    def run(self) -> None:
        """Run every engine without changes; ``base`` then only values what is taken."""
        for campaign in self.campaigns:
            campaign.engine.run()

    def campaign(self, adversary: str) -> Campaign | None:
        """Return the campaign of one adversary, if this side has it."""
        ours = (row for row in self.campaigns if row.adversary.id == adversary)
        return next(ours, None)

    def outcomes(self, overrides: Mapping[str, float] = NO_OVERRIDES) -> tuple[Outcome, ...]:
        """Return the outcome of every campaign under ``overrides``.

        Each call begins with another campaign, so that threads do not wait for one engine.
        """
        outcomes = list(self.base)
        first = next(self._turns)
        for turn in range(len(outcomes)):
            place = (first + turn) % len(outcomes)
            campaign = self.campaigns[place]
            known = {k: v for k, v in overrides.items() if k in campaign.parameters}
            if known:
                outcomes[place] = campaign.run(overrides=known)
        return tuple(outcomes)

    def attained(self, outcomes: Sequence[Outcome]) -> frozenset[Possibility]:
        """Return every use that some trial attains, of any adversary."""
        found: frozenset[Possibility] = frozenset()
        for campaign, outcome in zip(self.campaigns, outcomes, strict=True):
            if outcome is campaign.base:
                found |= self._attained_at_base[campaign.adversary.id]
            else:
                found |= attained(campaign, outcome, self.model.needs)
        return found

    @cached_property
    def _attained_at_base(self) -> Mapping[str, frozenset[Possibility]]:
        return {
            campaign.adversary.id: attained(campaign, outcome, self.model.needs)
            for campaign, outcome in zip(self.campaigns, self.base, strict=True)
        }
