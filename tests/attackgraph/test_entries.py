"""Each way into an estate, where it is the only one: who has it comes in, nobody else does.

An estate cannot be without an operator, and every operator can be phished by somebody. So each
case says which other ways it opens too; every profile is tried without those and with all its
others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from counterseal.attackgraph.compile import compile_graph
from counterseal.catalog.adversaries import EntryVector
from counterseal.catalog.quantity import Quantity
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.explaining.critical import explain
from counterseal.testing.catalogs import catalog
from counterseal.testing.estates import estate_from

if TYPE_CHECKING:
    from counterseal.attackgraph.model import AttackGraph
    from counterseal.catalog.adversaries import Adversary

DRAWS = Draws(seed=13, outer=64, lanes=64)
NEVER = 65535
PROFILES = tuple(catalog().adversaries)


class Case(NamedTuple):
    """An estate with one way in.

    Attributes:
        vector: The way in.
        also: Other ways that the estate opens and that profiles are tried without.
        target: What is reached.
        first: Steps one of which every path begins with.
        text: The estate.
        named: The step that names the vector, where that is not the first.
    """

    vector: str
    also: frozenset[str]
    target: str
    first: frozenset[str]
    text: str
    named: str = ""


def _estate(
    organizations: str = "", system: str = "", holding: str = "", more: str = "", zone: str = ""
) -> str:
    return f"""
organizations:
  - {{id: crown, kind: owner, jurisdiction: Calder Republic, posture: moderate}}
{organizations}
zones:
  - {{id: core, kind: on-premises, operator: crown, baseline: moderate}}
{zone}
systems:
  - {{id: register, kind: database, zone: core, owner: crown, exposure: isolated}}
{system}
populations: [{{id: people, size: 5000}}]
holdings:
  - id: files
    system: register
    attributes: [name]
    populations: [{{population: people, count: 4000}}]
    copies-verified: true
{holding}
{more}
"""


def _organization(name: str, kind: str, jurisdiction: str = "Calder Republic") -> str:
    return f"  - {{id: {name}, kind: {kind}, jurisdiction: {jurisdiction}, posture: low}}\n"


def _holding(system: str) -> str:
    return f"""
  - id: held
    system: {system}
    attributes: [face-image]
    populations: [{{population: people, count: 4000}}]
    copies-verified: true
"""


def _work(subcontractors: str) -> str:
    return f"""
grants:
  - {{id: desk, organization: prime, role: analyst, system: register, privilege: search}}
contracts:
  - {{id: work, contractor: prime, client: crown, service: analytics, grants: [desk],
     subcontractors: [{subcontractors}]}}
"""


def _case(vector: str, *also: str, first: str, target: str, text: str, named: str = "") -> Case:
    return Case(vector, frozenset(also), target, frozenset(first.split()), text, named)


PRIME = _organization("prime", "contractor")
FEED = """
feeds:
  - {id: places, broker: seller, attributes: [precise-location], buyers: domestic}
"""
TIERS = (
    "{organization: t1, subcontractors: [{organization: t2, subcontractors: "
    "[{organization: t3, subcontractors: [{organization: t4}]}]}]}"
)

CASES = {
    "remote": _case(
        "remote",
        first="crown#phish crown#exploit",
        target="files#exfiltrate",
        text=_estate(),
    ),
    "a contractor with access": _case(
        "contractor",
        "remote",
        "recruited-insider",
        first="prime#phish prime#exploit desk#phish desk#dormant desk#separated",
        target="files#exfiltrate",
        text=_estate(PRIME, more=_work("")),
    ),
    "data that a contractor took home": _case(
        "contractor",
        "remote",
        first="prime#phish prime#exploit",
        target="files#exfiltrate",
        text=_estate(
            PRIME,
            more="""
grants:
  - {id: upkeep, organization: prime, role: technician, system: register, privilege: maintain,
     closed: verified}
""",
        ),
    ),
    "a subcontractor of the fourth tier": _case(
        "subcontractor",
        "remote",
        "contractor",
        "recruited-insider",
        first="t4#phish t4#exploit",
        target="files#exfiltrate",
        text=_estate(
            PRIME
            + "".join(_organization(tier, "contractor") for tier in ("t1", "t2", "t3"))
            + _organization("t4", "subcontractor"),
            more=_work(TIERS),
        ),
    ),
    "a tier that nobody can name": _case(
        "subcontractor",
        "remote",
        "contractor",
        "recruited-insider",
        first="work#unknown-tier",
        target="files#exfiltrate",
        text=_estate(PRIME, more=_work("{organization: unknown}")),
    ),
    "an update channel": _case(
        "update-channel",
        "remote",
        first="maker#phish maker#exploit",
        named="maker#update",
        target="held#exfiltrate",
        text=_estate(
            _organization("maker", "vendor"),
            "  - {id: gallery, kind: matcher, zone: core, owner: crown, vendor: maker,\n"
            "     exposure: isolated}\n",
            _holding("gallery"),
        ),
    ),
    "a partner's copy": _case(
        "partner",
        "remote",
        first="ally#phish ally#exploit",
        target="held#exfiltrate",
        text=_estate(
            _organization("ally", "partner"),
            "  - {id: desk, kind: application, zone: ally-net, owner: ally,\n"
            "     exposure: isolated}\n",
            _holding("desk"),
            zone="  - {id: ally-net, kind: partner, operator: ally, baseline: low}",
        ),
    ),
    "a system open to partners": _case(
        "partner",
        "remote",
        first="exchange#exposed",
        target="held#exfiltrate",
        text=_estate(
            "",
            "  - {id: exchange, kind: gateway, zone: core, owner: crown, exposure: partner}\n",
            _holding("exchange"),
        ),
    ),
    "a seized device": _case(
        "device-seizure",
        "remote",
        "custody-loss",
        first="tablets#seize",
        target="held#exfiltrate",
        text=_estate(
            "",
            "  - {id: tablets, kind: device-fleet, zone: core, owner: crown, count: 300,\n"
            "     exposure: isolated, lock: false}\n",
            _holding("tablets"),
        ),
    ),
    "a recruited role": _case(
        "recruited-insider",
        "remote",
        first="clerks#recruit",
        target="files#exfiltrate",
        text=_estate(
            more="""
grants:
  - {id: clerks, organization: crown, role: clerk, system: register, privilege: search,
     headcount: 400}
"""
        ),
    ),
    "a bought feed": _case(
        "purchase",
        "contractor",
        "remote",
        first="places#buy",
        target="places#hold",
        text=_estate(_organization("seller", "broker"), more=FEED),
    ),
    "a compelled operator of a cloud zone": _case(
        "legal-compulsion",
        "contractor",
        "remote",
        first="host#compel",
        target="held#exfiltrate",
        text=_estate(
            _organization("host", "contractor", "Ostrava Union"),
            "  - {id: case-store, kind: database, zone: tenant, owner: crown,\n"
            "     exposure: isolated}\n",
            _holding("case-store"),
            zone="  - {id: tenant, kind: cloud-tenant, operator: host, baseline: high}",
        ),
    ),
    "media lost on the way": _case(
        "custody-loss",
        "remote",
        first="tapes#loss",
        target="files#exfiltrate",
        text=_estate(
            "",
            "  - {id: vault, kind: file-share, zone: core, owner: crown, exposure: isolated}\n",
            more="links:\n  - {id: tapes, from: register, to: vault, kind: physical,"
            " carries: [files], onward-sharing: false}\n",
        ),
    ),
    "somebody the recipient shares with": _case(
        "partner",
        "remote",
        "custody-loss",
        first="tapes#onward",
        target="files#exfiltrate",
        text=_estate(
            "",
            "  - {id: vault, kind: file-share, zone: core, owner: crown, exposure: isolated}\n",
            more="links:\n  - {id: tapes, from: register, to: vault, kind: manual,"
            " carries: [files], onward-sharing: true}\n",
        ),
    ),
    "a fleet that is left behind": _case(
        "custody-loss",
        "remote",
        "device-seizure",
        first="tablets#lose",
        target="held#exfiltrate",
        text=_estate(
            "",
            "  - {id: tablets, kind: device-fleet, zone: core, owner: crown, count: 300,\n"
            "     exposure: isolated, lock: false}\n",
            _holding("tablets"),
        ),
    ),
    "a site that is overrun": _case(
        "custody-loss",
        "remote",
        first="outpost#lost",
        target="held#exfiltrate",
        text=_estate(
            "",
            "  - {id: local, kind: database, zone: outpost, owner: crown,\n"
            "     exposure: isolated}\n",
            _holding("local"),
            zone="  - {id: outpost, kind: field, operator: crown, baseline: low}",
        ),
    ),
}
EVERY = [(name, profile) for name in CASES for profile in PROFILES]
HOLDERS = [
    (name, profile)
    for name, profile in EVERY
    if catalog().adversaries[profile].vector(EntryVector(CASES[name].vector))
]


def _without(profile: str, vectors: frozenset[str]) -> Adversary:
    adversary = catalog().adversaries[profile]
    kept = tuple(row for row in adversary.vectors if row.id.value not in vectors)
    return adversary.model_copy(update={"vectors": kept})


def _sure(adversary: Adversary) -> Adversary:
    """Return an adversary who has every way that the profile may have."""
    certain = Quantity(value=1.0)
    ways = tuple(row.model_copy(update={"capability": certain}) for row in adversary.vectors)
    return adversary.model_copy(update={"vectors": ways})


def _graph(case: Case, adversary: Adversary) -> AttackGraph:
    return compile_graph(estate_from(case.text), adversary, catalog())


def _engine(graph: AttackGraph, target: str) -> Engine:
    return Engine(graph, draws=DRAWS, workers=1, targets=(target,))


def test_every_vector_has_a_case_and_a_profile_that_holds_it() -> None:
    every = {vector.value for vector in EntryVector}
    assert {case.vector for case in CASES.values()} == every
    assert {CASES[name].vector for name, _ in HOLDERS} == every


@pytest.mark.parametrize(("name", "profile"), HOLDERS)
def test_who_has_the_way_comes_in_by_it(name: str, profile: str) -> None:
    case = CASES[name]
    graph = _graph(case, _sure(_without(profile, case.also)))
    found = explain(_engine(graph, case.target))[0]
    assert found.reached.hits > 0
    for path in found.paths:
        assert path.steps[0].step in case.first
        vectors = {s.step: graph.steps[graph.index[s.step]].vector for s in path.steps}
        assert vectors[case.named or path.steps[0].step] == case.vector


@pytest.mark.parametrize(("name", "profile"), [row for row in EVERY if row not in HOLDERS])
def test_who_lacks_the_way_never_comes_in(name: str, profile: str) -> None:
    case = CASES[name]
    graph = _graph(case, _without(profile, case.also))
    if case.target in graph.index:
        assert np.all(_engine(graph, case.target).run().row(case.target) == NEVER)


@pytest.mark.parametrize(("name", "profile"), HOLDERS)
def test_without_the_capability_nobody_comes_in(name: str, profile: str) -> None:
    case = CASES[name]
    graph = _graph(case, _without(profile, case.also))
    runs = _engine(graph, case.target)
    cannot = {f"entry:{case.vector}.capability": 0.0}
    assert np.all(runs.run(overrides=cannot).row(case.target) == NEVER)


def test_every_tier_of_a_contract_is_a_way_up() -> None:
    case = CASES["a subcontractor of the fourth tier"]
    graph = _graph(case, catalog().adversaries["cyber-espionage"])
    tier = graph.steps[graph.index["work#tier"]]
    assert tier.parents == ("t1#control", "t2#control", "t3#control", "t4#control")


@pytest.mark.parametrize("profile", PROFILES)
def test_what_anybody_can_buy_is_held_from_the_start(profile: str) -> None:
    text = CASES["a bought feed"].text.replace("buyers: domestic", "buyers: anyone")
    graph = compile_graph(estate_from(text), _without(profile, frozenset()), catalog())
    assert catalog().adversaries[profile].buys_feeds
    assert np.all(_engine(graph, "places#hold").run().row("places#hold") == 0)


WATCHED = _estate().replace("baseline: moderate", "baseline: high")


def _campaign(*, attempts: int, days: float) -> Adversary:
    adversary = catalog().adversaries["cyber-espionage"]
    pause = Quantity(value=days, low=days, high=days)
    return adversary.model_copy(update={"max_attempts": attempts, "reentry_days": pause})


def test_patience_brings_back_whoever_was_evicted() -> None:
    once, often = (
        _engine(compile_graph(estate_from(WATCHED), who, catalog()), "files#exfiltrate")
        .run()
        .row("files#exfiltrate")
        for who in (_campaign(attempts=1, days=60), _campaign(attempts=8, days=60))
    )
    assert np.all(often <= once)
    assert np.count_nonzero(often < NEVER) > np.count_nonzero(once < NEVER)


def test_an_eviction_costs_the_days_of_coming_back() -> None:
    quick, slow = (
        _engine(compile_graph(estate_from(WATCHED), who, catalog()), "files#exfiltrate")
        .run()
        .row("files#exfiltrate")
        for who in (_campaign(attempts=8, days=15), _campaign(attempts=8, days=400))
    )
    assert np.all(slow >= quick)
    assert np.any((slow > quick) & (slow < NEVER))


def test_reach_grows_with_the_horizon() -> None:
    graph = compile_graph(
        estate_from(WATCHED), catalog().adversaries["cyber-espionage"], catalog()
    )
    arrivals = _engine(graph, "files#exfiltrate").run()
    shares = [arrivals.reached("files#exfiltrate", 365.25 * y).mean() for y in (1, 3, 10)]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]
