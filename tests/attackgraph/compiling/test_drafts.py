"""Every rule of the catalog applies in one example and is silent in another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from counterseal.attackgraph.compile import compile_graph
from counterseal.errors import CatalogError
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.rules import Rule
    from counterseal.estate.estate import Estate

    Edit = Callable[[Estate, str, str, Mapping[str, object]], Estate]

EXAMPLES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "rule_examples.yaml").read_text()
)["examples"]


def _rules_of(estate: Estate, adversary: str, tables: Catalog) -> dict[str, str]:
    graph = compile_graph(estate, tables.adversaries[adversary], tables)
    return {step.id: step.rule for step in graph.steps}


def test_the_table_has_every_rule_once() -> None:
    assert sorted(row["rule"] for row in EXAMPLES) == sorted(catalog().rules)


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: str(row["rule"]))
def test_a_rule_applies_where_it_should(busy: Estate, row: dict[str, Any]) -> None:
    assert _rules_of(busy, row["applies"], catalog())[row["step"]] == row["rule"]


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: str(row["rule"]))
def test_a_rule_is_silent_where_it_should_be(
    busy: Estate, edited: Edit, row: dict[str, Any]
) -> None:
    estate = busy
    for change in row["after"]:
        estate = edited(estate, change["kind"], change["id"], change.get("set", {}))
    assert row["rule"] not in _rules_of(estate, row["silent"], catalog()).values()


def test_two_rules_that_make_one_step_are_refused(busy: Estate) -> None:
    tables = catalog()
    twin = tables.rules["zone.network"].model_copy(update={"id": "zone.twin"})
    doubled = _with_rules(tables, {**tables.rules, "zone.twin": twin})
    with pytest.raises(CatalogError, match="both make"):
        _rules_of(busy, "cyber-espionage", doubled)


def test_a_rule_that_follows_an_unknown_relation_is_refused(busy: Estate) -> None:
    tables = catalog()
    rule = tables.rules["zone.network"].model_copy(update={"each": "zone.neighbours"})
    with pytest.raises(CatalogError, match=r"zone\.neighbours"):
        _rules_of(busy, "cyber-espionage", _with_rules(tables, {"zone.network": rule}))


def test_a_prior_that_is_not_there_is_named(busy: Estate) -> None:
    tables = catalog()
    priors = {key: row for key, row in tables.priors.items() if key != "class:easy.median"}
    with pytest.raises(CatalogError, match=r"class:easy\.median"):
        _rules_of(busy, "cyber-espionage", replace(tables, priors=priors))


def _with_rules(tables: Catalog, rules: Mapping[str, Rule]) -> Catalog:
    return replace(tables, rules=rules)
