"""Controls are those of SP 800-53 revision 5, and each touches something."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from counterseal.catalog.controls import CatalogControl, ControlEffect
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).parents[3] / "shared" / "data" / "catalogs"
BASELINES = ("low", "moderate", "high")


def _shared(name: str) -> Any:  # noqa: ANN401 - a document of somebody else
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the project")
    return json.loads(path.read_text())


def _oscal(control: str) -> str:
    return control.lower().replace("(", ".").replace(")", "")


def test_there_are_enough_controls_to_choose_conditions_from() -> None:
    assert len(catalog().controls) >= 25


@pytest.mark.parametrize("baseline", BASELINES)
def test_baselines_are_those_of_the_published_profiles(baseline: str) -> None:
    profile = _shared(f"NIST_SP-800-53_rev5_{baseline.upper()}-baseline_profile.json")
    published = profile["profile"]["imports"][0]["include-controls"][0]["with-ids"]
    for control in catalog().controls.values():
        assert (baseline in control.baselines) == (_oscal(control.id) in published), control.id


def test_effects_said_to_lean_on_the_published_mapping_are_in_it_and_no_others() -> None:
    mapping = _shared("nist_800_53-rev5_attack-16.1-enterprise.json")["mapping_objects"]
    mapped = {(row["capability_id"], row["attack_object_id"]) for row in mapping}
    techniques: dict[str, set[str]] = {}
    for rule in catalog().rules.values():
        techniques.setdefault(rule.action, set()).update({rule.technique} - {""})
    for control in catalog().controls.values():
        family, number = control.id.split("(")[0].split("-")
        base = f"{family}-{int(number):02d}"
        expected = {
            effect.action
            for effect in control.effects
            for technique in techniques[effect.action]
            if {(base, technique), (base, technique.split(".")[0])} & mapped
        }
        assert _said_to_be_mapped(control) == expected, control.id


def _said_to_be_mapped(control: CatalogControl) -> set[str]:
    for citation in control.citations:
        if citation.startswith("CTID mapping"):
            return set(citation.split(") for ")[1].split(";")[0].split(", "))
    return set()


def test_every_effect_bears_on_an_action_of_some_rule_and_every_action_is_borne_on() -> None:
    of_rules = {rule.action for rule in catalog().rules.values()} - {""}
    of_controls = {e.action for control in catalog().controls.values() for e in control.effects}
    assert of_controls == of_rules


def test_no_action_has_so_many_effects_that_products_grow_long() -> None:
    counts: dict[tuple[str, str], int] = {}
    for control in catalog().controls.values():
        for effect in control.effects:
            key = (effect.action, effect.on)
            counts[key] = counts.get(key, 0) + 1
    assert max(counts.values()) <= 6


def test_every_effect_is_elicited_and_within_the_stated_bounds() -> None:
    bounds = {
        "time": (1.5, 10),
        "success": (0.1, 0.8),
        "detection": (0.1, 0.8),
        "lag": (0.05, 0.95),
    }
    for control in catalog().controls.values():
        for effect in control.effects:
            low, high = bounds[effect.on]
            assert effect.quantity.low is not None
            assert effect.quantity.high is not None
            assert low <= effect.quantity.low < effect.quantity.high <= high, control.id
            assert effect.quantity.grade == "elicited"


def _effect(on: str, low: float | None, high: float | None) -> Callable[[], ControlEffect]:
    value = 1.0 if low is None else low
    quantity = {"value": value, "low": low, "high": high}
    return lambda: ControlEffect.model_validate({"action": "a", "on": on, "quantity": quantity})


@pytest.mark.parametrize(
    ("on", "low", "high"),
    [
        ("time", 0.5, 2),
        ("success", 0.0, 0.5),
        ("success", 0.5, 1.5),
        ("detection", 0.5, 1.0),
        ("time", None, None),
        ("time", 2, 2),
    ],
)
def test_an_effect_out_of_range_or_without_range_is_refused(
    on: str, low: float | None, high: float | None
) -> None:
    with pytest.raises(ValidationError):
        _effect(on, low, high)()


def test_two_effects_of_one_kind_on_one_action_are_refused() -> None:
    effect = _effect("time", 1.5, 3)()
    with pytest.raises(ValidationError, match="two effects"):
        CatalogControl(id="AC-2", title="t", effects=(effect, effect))
