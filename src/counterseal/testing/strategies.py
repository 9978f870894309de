"""Hypothesis strategies for valid estates, as content that a file would hold, and patches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from counterseal.estate.kinds import ControlState, Exposure, LinkKind, Privilege, SystemKind
from counterseal.estate.loading import parse
from counterseal.estate.patch import Patch
from counterseal.estate.written.references import references
from counterseal.testing.estates import ATTRIBUTES

if TYPE_CHECKING:
    from counterseal.canon import Json
    from counterseal.estate.estate import Estate

__all__ = ["contents", "estates", "patches"]

_GRADES = st.sampled_from(["measured", "documented", "elicited", "assumed"])
_WORDS = st.text("abcdefgh é:#-'\"", max_size=12)
_PLAIN_KINDS = [kind.value for kind in SystemKind if kind is not SystemKind.DEVICE_FLEET]


def facts(values: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Return facts about ``values`` in their three forms."""
    long_form = st.fixed_dictionaries(
        {"value": values | st.just("unknown")},
        optional={"grade": _GRADES, "source": _WORDS, "as-of": st.just("2021-03-01")},
    )
    return values | st.just("unknown") | long_form


def _ids(prefix: str, low: int, high: int) -> st.SearchStrategy[list[str]]:
    return st.integers(low, high).map(lambda n: [f"{prefix}-{i}" for i in range(n)])


def _some(ids: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(ids), unique=True, max_size=3) if ids else st.just([])


@st.composite
def contents(draw: st.DrawFn) -> dict[str, list[dict[str, Json]]]:
    """Draw the rows of a valid estate by kind."""
    parties, zones = draw(_ids("org", 2, 4)), draw(_ids("zone", 1, 3))
    systems, populations = draw(_ids("sys", 2, 6)), draw(_ids("pop", 0, 3))
    holdings, grants = draw(_ids("hold", 0, 3)), draw(_ids("grant", 0, 3))
    party, system = st.sampled_from(parties), st.sampled_from(systems)
    rows: dict[str, list[dict[str, Json]]] = {
        "organizations": [{"id": i, "kind": "partner", "name": draw(_WORDS)} for i in parties],
        "zones": [
            {"id": i, "kind": "field", "operator": draw(party), "baseline": draw(_BASELINES)}
            for i in zones
        ],
        "systems": [
            {
                "id": i,
                "kind": draw(st.sampled_from(_PLAIN_KINDS)),
                "zone": draw(st.sampled_from(zones)),
                "owner": draw(party),
                "exposure": draw(facts(st.sampled_from([e.value for e in Exposure]))),
                "critical": draw(facts(st.booleans())),
            }
            for i in systems
        ],
        "populations": [
            {"id": i, "size": draw(facts(st.integers(1000, 2000)))} for i in populations
        ],
        "holdings": [
            {
                "id": i,
                "system": draw(system),
                "attributes": draw(_ATTRIBUTE_LISTS),
                "populations": [
                    {"population": p, "count": draw(facts(st.integers(0, 999)))}
                    for p in draw(_some(populations))
                ],
                "writers": draw(_some(grants)),
            }
            for i in holdings
        ],
        "grants": [
            {
                "id": i,
                "organization": draw(party),
                "role": "clerk",
                "system": draw(system),
                "privilege": draw(st.sampled_from([p.value for p in Privilege])),
                "headcount": draw(facts(st.integers(0, 500))),
                "mfa": draw(facts(st.booleans())),
            }
            for i in grants
        ],
    }
    rows["links"] = draw(_links(systems, holdings))
    rows["controls"] = draw(_controls(systems))
    return {kind: items for kind, items in rows.items() if items}


_BASELINES = facts(st.sampled_from(["none", "low", "moderate", "high"]))
_ATTRIBUTE_LISTS = st.lists(
    st.sampled_from(sorted(ATTRIBUTES)), unique=True, min_size=1, max_size=4
)


@st.composite
def _links(draw: st.DrawFn, systems: list[str], holdings: list[str]) -> list[dict[str, Json]]:
    rows: list[dict[str, Json]] = []
    for index in range(draw(st.integers(0, 4))):
        pair = st.lists(st.sampled_from(systems), min_size=2, max_size=2, unique=True)
        start, end = draw(pair)
        kind = draw(st.sampled_from([kind.value for kind in LinkKind]))
        row: dict[str, Json] = {"id": f"link-{index}", "from": start, "to": end, "kind": kind}
        row["carries"] = draw(_some(holdings))
        rows.append(row)
    return rows


@st.composite
def _controls(draw: st.DrawFn, systems: list[str]) -> list[dict[str, Json]]:
    states = facts(st.sampled_from([state.value for state in ControlState]))
    return [
        {"id": f"control-{i}", "control": f"AC-{i + 1}", "on": on, "state": draw(states)}
        for i in range(draw(st.integers(0, 3)))
        if (on := draw(_some(systems)))
    ]


def estates() -> st.SearchStrategy[Estate]:
    """Return valid estates."""
    return contents().map(
        lambda rows: parse({"e.json": json.dumps(rows).encode()}, attributes=ATTRIBUTES)
    )


@st.composite
def patches(draw: st.DrawFn, estate: Estate) -> Patch:
    """Draw a patch that fits ``estate`` and touches only what it says."""
    free = _unreferenced(estate)
    remove = draw(st.lists(st.sampled_from(free), unique=True, max_size=2)) if free else []
    systems = [system for system in estate.systems if system not in remove]
    chosen = draw(_some(systems))
    exposure = st.sampled_from([exposure.value for exposure in Exposure])
    changes = {
        system: {"exposure": draw(facts(exposure)), "note": draw(_WORDS)} for system in chosen
    }
    zone = next(iter(estate.zones.values()))
    added = parse(
        {"added.json": json.dumps(_added(zone.id, draw(facts(st.booleans())))).encode()},
        attributes=ATTRIBUTES,
    )
    systems_added = tuple(row for row in added.systems.values() if row.id == "added-system")
    add = {"systems": systems_added} if zone.operator not in remove else {}
    return Patch(add=add if draw(st.booleans()) else {}, set=changes, remove=tuple(remove))


def _added(zone: str, critical: Json) -> dict[str, Json]:
    """Return an estate of one system in ``zone``, to take the record from."""
    return {
        "organizations": [{"id": "org-0", "kind": "owner"}],
        "zones": [{"id": zone, "kind": "field", "operator": "org-0"}],
        "systems": [
            {
                "id": "added-system",
                "kind": "database",
                "zone": zone,
                "owner": "org-0",
                "critical": critical,
            }
        ],
    }


def _unreferenced(estate: Estate) -> list[str]:
    named = {ref.target for _, row in estate.elements() for ref in references(row)}
    return sorted(
        row.id
        for kind, row in estate.elements()
        if row.id not in named and kind not in {"organizations", "zones"}
    )
