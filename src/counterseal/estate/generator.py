"""Realistic estates of any size from a seed: for benchmarks, and around small real cases.

What makes an estate hard is kept: a few hubs with hundreds of links and many systems with a
handful, shared identity providers and vendors, suppliers of suppliers, weak edges beside strong
cores, and facts that nobody knows, the more of them the further out. Nothing is real: a name is
a kind and a number. The same seed and sizes give the same digest on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from counterseal.estate.estate import Estate
from counterseal.estate.synthetic import content
from counterseal.estate.synthetic.draws import Draws
from counterseal.estate.synthetic.landscape import landscape
from counterseal.estate.synthetic.network import links as draw_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.estate.records import Element

T = TypeVar("T", bound="Element")

__all__ = ["SMALLEST", "generate", "surroundings"]

SMALLEST = 3
"""Fewest systems: an identity provider, an administration plane and a gateway."""

_LINKS_PER_SYSTEM = 2.2


def generate(seed: int, *, systems: int, links: int | None = None, prefix: str = "") -> Estate:
    """Return an estate with ``systems`` systems.

    Args:
        seed: Any integer.
        systems: Number of systems, at least ``SMALLEST``; tested up to 2,000.
        links: Number of links, at least ``systems - 1``; 2.2 a system when not given. Fewer
            come out only when the systems have no more pairs to join.
        prefix: Put before every id, so that estates can be laid side by side.

    Raises:
        ValueError: There are too few systems, or too few links to connect them.
    """
    wanted = round(systems * _LINKS_PER_SYSTEM) if links is None else links
    if systems < SMALLEST or wanted < systems - 1:
        message = (
            f"expected at least {SMALLEST} systems and {systems - 1} links to connect them;"
            f" found {systems} systems and {wanted} links"
        )
        raise ValueError(message)
    draws = Draws(seed=seed)
    land = landscape(draws, systems=systems, prefix=prefix)
    people = content.populations(draws, prefix=prefix)
    data = content.holdings(draws, land, people, prefix=prefix)
    network = draw_links(draws, land, data, count=wanted, prefix=prefix)
    access = content.grants(draws, land, prefix=prefix)
    facts = content.knowledge(draws, land, network, prefix=prefix)
    return Estate(
        name=f"Generated estate {seed}",
        organizations=_by_id(land.organizations),
        zones=_by_id(land.zones),
        systems=_by_id(land.systems),
        populations=_by_id(people),
        holdings=_by_id(data),
        links=_by_id(network),
        grants=_by_id(access),
        controls=_by_id(content.controls(draws, land, prefix=prefix)),
        knowledge=_by_id(facts),
        contracts=_by_id(content.contracts(land, access, facts, prefix=prefix)),
        feeds=_by_id(content.feeds(land, people, prefix=prefix)),
        authorities=_by_id(content.authorities(prefix=prefix)),
        history=_by_id(content.history(land, network, prefix=prefix)),
    )


def surroundings(seed: int, nodes: int, *, prefix: str = "around-") -> Estate:
    """Return an estate of ``nodes`` systems in which a small case can be embedded.

    Every id begins with ``prefix``, so nothing of the case is hidden by it. The first system is
    an identity provider, the second an administration plane, the third a gateway.
    """
    return generate(seed, systems=nodes, prefix=prefix)


def _by_id(rows: Iterable[T]) -> Mapping[str, T]:
    return {row.id: row for row in sorted(rows, key=lambda row: row.id)}
