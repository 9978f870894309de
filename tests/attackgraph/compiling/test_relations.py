"""Relations are those that the documentation lists, and data flows the way links say."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterseal.attackgraph.compiling.relations import RELATIONS, UNDECLARED_SOURCES, Relations
from counterseal.errors import CatalogError
from counterseal.estate.estate import Estate
from counterseal.estate.records import Link, Organization, Zone

PAGE = Path(__file__).parents[3] / "docs" / "attack-rules.md"
PULLS = ("query", "purchase", "login")
PUSHES = ("replicate", "batch", "update", "physical", "manual")


def test_the_page_lists_the_relations_as_they_are() -> None:
    table = PAGE.read_text().split("<!-- relations -->")[1].split("<!-- /relations -->")[0]
    rows = [line for line in table.strip().splitlines()[2:] if line]
    assert rows == [f"| `{name}` | {sentence} |" for name, sentence in RELATIONS.items()]


@pytest.mark.parametrize("kind", [*PULLS, *PUSHES])
def test_data_flows_to_the_opener_of_a_pull_and_away_from_that_of_a_push(
    busy: Estate, kind: str
) -> None:
    row = {"id": "l", "from": "hub", "to": "register", "kind": kind, "carries": ["cases"]}
    relations = Relations(Estate(**{**_kinds(busy), "links": {"l": Link.model_validate(row)}}))  # type: ignore[arg-type]
    pulls = kind in PULLS
    assert relations["link.recipient"]["l"] == (("hub",) if pulls else ("register",))
    assert relations["link.data-source"]["l"] == (("register",) if pulls else ("hub",))
    name = "holding.query-links" if pulls else "holding.copy-links"
    assert relations[name]["cases"] == ("l",)


def _kinds(estate: Estate) -> dict[str, object]:
    return {
        "organizations": estate.organizations,
        "zones": estate.zones,
        "systems": estate.systems,
        "holdings": estate.holdings,
    }


def test_an_unknown_relation_is_named(busy: Estate) -> None:
    with pytest.raises(CatalogError, match=r"zone\.neighbours"):
        Relations(busy)["zone.neighbours"]


def test_nested_and_unknown_tiers_are_told_apart(busy: Estate) -> None:
    relations = Relations(busy)
    assert relations["contract.subcontractors"]["upkeep"] == ("helper",)
    assert relations["contract.unknown-tiers"]["upkeep"] == ("upkeep",)


def test_a_control_plane_administers_the_tenancy_of_its_operator(busy: Estate) -> None:
    relations = Relations(busy)
    assert relations["zone.admin-planes"]["tenant"] == ("console",)
    assert "office" not in relations["zone.admin-planes"]


def test_knowledge_about_a_zone_is_about_its_systems(busy: Estate) -> None:
    relations = Relations(busy)
    assert relations["system.knowledge"]["register"] == ("lore", "manual")
    assert relations["system.knowledge"]["portal"] == ("lore",)


def _crowd(size: int) -> Estate:
    partners = {f"p{i}": _organization(f"p{i}", "home") for i in range(size)}
    zones = {f"z-{name}": _zone(name) for name in ("home", *partners)}
    organizations = {"home": _organization("home", None), **partners}
    return Estate(organizations=organizations, zones=zones)


def _organization(name: str, parent: str | None) -> Organization:
    return Organization.model_validate({"id": name, "kind": "partner", "parent": parent})


def _zone(name: str) -> Zone:
    return Zone.model_validate({"id": f"z-{name}", "kind": "partner", "operator": name})


def test_undeclared_links_are_considered_between_operators_that_work_together() -> None:
    sources = Relations(_crowd(3))["zone.undeclared-sources"]
    assert sources["z-home"] == ("z-p0", "z-p1", "z-p2")
    assert sources["z-p0"] == ("z-home",)


def test_undeclared_links_into_one_zone_are_bounded() -> None:
    sources = Relations(_crowd(UNDECLARED_SOURCES + 9))["zone.undeclared-sources"]
    assert len(sources["z-home"]) == UNDECLARED_SOURCES
