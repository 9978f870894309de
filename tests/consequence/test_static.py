"""Each holding by itself, and the register of targets that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.consequence.static import static_table
from counterseal.consequence.valuation import Valuation
from counterseal.estate.estate import Estate
from counterseal.estate.records import Holding, Population, System
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.consequence.static import StaticTable


def _estate(
    attributes: list[str],
    *,
    count: object = 200_000,
    category: object = "moderate",
    hidden: bool = False,
) -> Estate:
    people = Population.model_validate(
        {"id": "people", "size": 300_000, "kin-extension": {"value": 3, "low": 2, "high": 5}}
    )
    store = System.model_validate(
        {
            "id": "store",
            "kind": "database",
            "zone": "z",
            "owner": "o",
            "categorization": category,
        }
    )
    data = Holding.model_validate(
        {
            "id": "data",
            "system": "store",
            "attributes": attributes,
            "populations": [{"population": "people", "count": count}],
            "pseudonymized": hidden,
        }
    )
    return Estate(
        populations={"people": people}, systems={"store": store}, holdings={"data": data}
    )


def _table(estate: Estate) -> StaticTable:
    return static_table(estate, catalog())


def test_person_years_are_people_times_usable_years() -> None:
    (row,) = _table(_estate(["fingerprint"])).holdings
    survival = catalog().attributes["fingerprint"].survival
    assert row.attribute_years["fingerprint"][25.0].value == 200_000 * survival.integral(25.0)
    assert list(row.attribute_years["fingerprint"]) == [1.0, 5.0, 10.0, 25.0]


def test_ranges_contain_their_centre() -> None:
    (row,) = _table(_estate(["name", "residential-address"], count="unknown")).holdings
    for by_years in row.attribute_years.values():
        assert all(people.low <= people.value <= people.high for people in by_years.values())


def test_relatives_are_counted_where_a_use_counts_them() -> None:
    (row,) = _table(_estate(["name", "parent-child-link", "nationality"])).holdings
    kin = row.uses["coerce-through-kin"]
    assert (kin.low, kin.value, kin.high) == (400_000, 600_000, 1_000_000)


def test_a_pseudonymized_holding_completes_no_use_that_needs_a_name() -> None:
    (row,) = _table(_estate(["name", "residential-address"], hidden=True)).holdings
    assert "locate" not in row.uses


def test_the_static_table_agrees_with_the_valuation_of_the_single_holding() -> None:
    estate = _estate(["name", "residential-address", "phone-number"])
    (row,) = _table(estate).holdings
    assert Valuation(estate, catalog()).people("data", {})[0] == row.people.value


def test_a_moderate_system_with_irreversible_bulk_data_is_a_target_and_a_finding() -> None:
    (target,) = _table(_estate(["fingerprint"])).targets
    assert "Fingerprint cannot be reset" in target.reasons[0]
    assert "28 CFR 202.205" in target.reasons[0]
    assert "store is categorized moderate" in target.finding


@pytest.mark.parametrize(("category", "word"), [("high", ""), ("unknown", "unknown")])
def test_a_finding_states_the_disagreement_only(category: str, word: str) -> None:
    (target,) = _table(_estate(["fingerprint"], category=category)).targets
    assert bool(target.finding) is bool(word)
    assert word in target.finding


def test_few_records_that_can_be_reset_are_no_target() -> None:
    assert _table(_estate(["password", "session-token"], count=500)).targets == ()


def test_the_json_form_has_the_agreed_keys() -> None:
    content = _table(_estate(["name", "residential-address"])).as_json()
    assert content["schema"] == "counterseal-consequence/1"
    holdings = content["holdings"]
    assert isinstance(holdings, list)
    row = holdings[0]
    assert isinstance(row, dict)
    assert {"id", "attribute_years", "uses"} <= set(row)
    years = row["attribute_years"]
    assert isinstance(years, dict)
    address = years["residential-address"]
    assert isinstance(address, dict)
    assert list(address) == ["1", "5", "10", "25"]
