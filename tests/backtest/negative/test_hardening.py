"""The hardened twin: a closed rule on what is the case's, and reach that must fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.backtest.conversion import Controls
from counterseal.backtest.embedding import Embedded, embed
from counterseal.backtest.negative.hardening import hardened
from counterseal.backtest.negative.standing import places, standing
from counterseal.backtest.ranking import candidates
from counterseal.backtest.usage import simulate, usage
from counterseal.estate.dump import to_files
from counterseal.estate.kinds import Authentication, Baseline, ControlState, Exposure
from counterseal.estate.loading import parse as parse_estate
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.backtest.case import Case
    from counterseal.estate.estate import Estate


@pytest.fixture(scope="module")
def embedded(case: Case) -> Embedded:
    return embed(case.before, seed=3, controls=Controls.ALL)


@pytest.fixture(scope="module")
def twin(embedded: Embedded) -> Estate:
    return hardened(embedded, catalog())


def test_every_control_is_verified_on_every_place_of_the_case(
    embedded: Embedded, twin: Estate
) -> None:
    own = embedded.case.elements
    wanted = {*own["organizations"], *own["zones"], *own["systems"]}
    for control in catalog().controls:
        rows = [row for row in twin.controls.values() if row.control == control]
        verified = {
            name for row in rows if row.state.value is ControlState.VERIFIED for name in row.on
        }
        assert wanted <= verified


def test_no_weaker_record_is_left_on_the_case(embedded: Embedded, twin: Estate) -> None:
    mine = {name for rows in embedded.case.elements.values() for name in rows}
    for row in twin.controls.values():
        assert row.state.value is ControlState.VERIFIED or not mine & {*row.on}


def test_only_what_the_case_says_faces_the_internet_still_does(twin: Estate) -> None:
    exposures = {
        name: row.exposure.value
        for name, row in twin.systems.items()
        if name.startswith("case-")
    }
    assert exposures.pop("case-desk") is Exposure.INTERNET
    assert set(exposures.values()) == {Exposure.INTERNAL}


def test_accounts_links_and_organizations_of_the_case_are_strong(
    embedded: Embedded, twin: Estate
) -> None:
    mine = {name for rows in embedded.case.elements.values() for name in rows}
    grants = [row for row in twin.grants.values() if mine & {row.organization, row.system}]
    assert len(grants) > 1
    assert all(row.mfa.value and row.dormant_share.value == 0 for row in grants)
    links = [row for row in twin.links.values() if mine & {row.from_, row.to}]
    strong = {Authentication.MULTI_FACTOR, Authentication.MUTUAL_TLS}
    assert {row.authentication.value for row in links} <= strong
    for name in embedded.case.elements["organizations"]:
        assert twin.organizations[name].posture.value is Baseline.HIGH
    for name in embedded.case.elements["contracts"]:
        tiers = twin.contracts[name].subcontractors
        assert "unknown" not in {row.organization for row in tiers}


def test_nothing_but_the_case_is_changed(embedded: Embedded, twin: Estate) -> None:
    mine = {name for rows in embedded.case.elements.values() for name in rows}
    for kind, row in embedded.estate.elements():
        ends = {getattr(row, key, None) for key in ("from_", "to", "organization", "system")}
        if row.id in mine or mine & ends or kind == "controls":
            continue
        assert twin.of_kind(kind)[row.id] == row


def test_hardening_adds_no_way_and_takes_none(embedded: Embedded, twin: Estate) -> None:
    for kind in ("organizations", "zones", "systems", "holdings", "links", "grants"):
        assert [*twin.of_kind(kind)] == [*embedded.estate.of_kind(kind)]
    for name, link in embedded.estate.links.items():
        assert (twin.links[name].from_, twin.links[name].to) == (link.from_, link.to)


def test_hardening_twice_is_hardening_once(embedded: Embedded, twin: Estate) -> None:
    again = hardened(Embedded(estate=twin, case=embedded.case), catalog())
    assert again.as_json() | {"name": ""} == twin.as_json() | {"name": ""}


def test_the_twin_is_a_valid_estate(twin: Estate) -> None:
    parse_estate(to_files(twin), attributes=catalog().attributes)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reach_and_rank_of_the_case_fall(case: Case, seed: int) -> None:
    embedded = embed(case.before, seed=seed, controls=Controls.KNOWN_BEFORE)
    adversary, draws = (
        catalog().adversaries["cyber-espionage"],
        Draws(seed=seed, outer=16, lanes=16),
    )
    rows = []
    for estate in (embedded.estate, hardened(embedded, catalog())):
        engine = simulate(estate, adversary, catalog(), draws=draws, also=places(embedded.case))
        used = usage(engine, estate)
        rows.append(standing(engine, used, candidates(estate), embedded.case))
    before, after = rows
    assert all(b > 0 and a < b for b, a in zip(before.reach, after.reach, strict=True))
    assert before.reach == tuple(sorted(before.reach))
    assert after.rank < before.rank
