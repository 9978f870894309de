"""The register: proposals with reasons, beside compliance, answered by owners."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from counterseal.consequence.static import static_table
from counterseal.consequence.taken.register import Standing, Tier
from counterseal.estate.estate import Estate
from counterseal.estate.records import Holding, Population, System
from counterseal.estate.written.references import references
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.consequence.taken.register import Target

DECISION = {
    "confirmed": True,
    "owner": "o",
    "decided": "2026-01-10",
    "review-by": "2027-01-10",
    "reason": "held for identification at borders",
}
DAY = dt.date(2026, 6, 1)


def _entries(
    attributes: list[str],
    *,
    decision: dict[str, object] | None = None,
    flags: tuple[str, ...] = (),
    count: int = 200_000,
) -> tuple[Target, ...]:
    store = {"id": "store", "kind": "database", "zone": "z", "owner": "o"}
    store["categorization"] = "moderate"
    held = {
        "id": "data",
        "system": "store",
        "attributes": attributes,
        "populations": [{"population": "p", "count": count}],
        "pseudonymized": False,
        **({"target": decision} if decision else {}),
    }
    people = {"id": "p", "size": 300_000, "flags": list(flags)}
    estate = Estate(
        systems={"store": System.model_validate(store)},
        populations={"p": Population.model_validate(people)},
        holdings={"data": Holding.model_validate(held)},
    )
    return static_table(estate, catalog()).targets


def test_a_proposal_that_nobody_answered_says_so() -> None:
    (entry,) = _entries(["fingerprint"])
    assert entry.tier is Tier.CRITICAL
    assert entry.compliance == "moderate"
    assert entry.standing(DAY) is Standing.PROPOSED
    assert "disagree" in entry.finding


def test_what_can_be_reset_is_elevated_where_a_use_covers_a_bulk_of_people() -> None:
    (entry,) = _entries(["name", "phone-number", "residential-address"])
    assert entry.tier is Tier.ELEVATED


def test_a_use_against_sensitive_access_is_critical_in_any_number() -> None:
    (entry,) = _entries(["employer", "work-site"], flags=("sensitive-access-staff",), count=50)
    assert entry.tier is Tier.CRITICAL
    assert entry.reasons == ("completes 'Map an institution' alone",)


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (DAY, Standing.CONFIRMED),
        (dt.date(2027, 1, 10), Standing.CONFIRMED),
        (dt.date(2027, 1, 11), Standing.OVERDUE),
        (None, Standing.CONFIRMED),
    ],
)
def test_a_confirmed_target_is_overdue_after_its_day_of_review(
    day: dt.date | None, standing: Standing
) -> None:
    (entry,) = _entries(["fingerprint"], decision=DECISION)
    assert entry.standing(day) is standing
    assert entry.as_json(day)["review_by"] == "2027-01-10"


def test_a_declined_proposal_is_a_finding() -> None:
    (entry,) = _entries(["fingerprint"], decision={**DECISION, "confirmed": False})
    assert entry.standing(DAY) is Standing.DECLINED
    assert "its owner declined" in entry.finding


def test_a_target_that_only_its_owner_sees_is_kept_with_a_finding() -> None:
    (entry,) = _entries(["password"], decision=DECISION)
    assert (entry.tier, entry.reasons) == (Tier.ORDINARY, ())
    assert "nothing here proposes it" in entry.finding


def test_the_owner_of_a_decision_has_to_be_an_organization() -> None:
    held = {"id": "data", "system": "store", "attributes": ["name"], "target": DECISION}
    found = list(references(Holding.model_validate(held)))
    assert [(one.path, one.target, one.kinds) for one in found if one.path[0] == "target"] == [
        (("target", "owner"), "o", ("organizations",))
    ]
