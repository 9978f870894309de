"""Cases nobody has seen: other words, missing lists, labels, blanks, and plain rubbish."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterseal.backtest.case import parse
from counterseal.backtest.conversion import Controls, convert
from counterseal.backtest.embedding import embed
from counterseal.backtest.ranking import Measure, candidates
from counterseal.backtest.results.records import Settings
from counterseal.backtest.scoring import key, wrong_keys
from counterseal.backtest.study import backtest
from counterseal.backtest.timing.clock import recorded
from counterseal.backtest.written.document import as_json
from counterseal.backtest.written.text import markdown, text
from counterseal.errors import InvalidDocumentError
from counterseal.estate.dump import to_files
from counterseal.estate.loading import parse as parse_estate
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from counterseal.backtest.case import Case

WORDS = st.sampled_from(
    [
        "agency",
        "operator",
        "contractor",
        "reseller of reseller",
        "cloud provider",
        "managed file transfer appliance",
        "database (later found open)",
        "VPN; API gateway",
        "school",
        "network",
        "API token",
        "backup copy",
        "",
        "\u5009\u5eab",
    ]
)
STATES = st.sampled_from(["absent", "present", "partial (see note)", "perhaps", ""])
IDS = st.lists(
    st.from_regex(r"[a-z][a-z0-9]{0,5}(_[a-z0-9]{1,3})?", fullmatch=True),
    min_size=3,
    max_size=9,
    unique_by=lambda name: name.replace("_", "-"),
)
ODD = st.sampled_from([None, True, 7, -3.5, "about 5 million", "unknown", [1], {"a": 2}, ""])


@st.composite
def written(draw: st.DrawFn) -> tuple[dict[str, object], dict[str, object]]:
    """A case as an encoder might write it, either half with anything optional left out."""
    names = draw(IDS)
    cut = draw(st.integers(1, len(names) - 1))
    orgs, systems = names[:cut], names[cut:]
    ends = st.sampled_from(names)
    edges = [f"an_edge_{n}" for n in range(draw(st.integers(0, 6)))]
    pre: dict[str, object] = {
        "case_id": "unseen",
        "orgs": [{"id": name, "kind": draw(WORDS)} for name in orgs],
        "systems": [
            {
                "id": name,
                "owner": draw(st.sampled_from(orgs)),
                "zone": draw(WORDS),
                "kind": draw(WORDS),
                "internet_facing": draw(ODD),
            }
            for name in systems
        ],
        "holdings": [
            {
                "id": f"a_holding_{n}",
                "system": draw(st.sampled_from(systems)),
                "categories": draw(st.lists(WORDS, max_size=3) | WORDS),
                "count": draw(ODD | st.integers(0, 10**12)),
            }
            for n in range(draw(st.integers(0, 3)))
        ],
        "trust": [
            {"id": name, "from": start, "to": end, "kind": draw(WORDS), "auth": draw(ODD)}
            for name in edges
            for start, end in [draw(st.tuples(ends, ends))]
        ],
        "controls": [
            {
                "control": draw(WORDS),
                "applies_to": draw(st.sampled_from([*names, *edges, "elsewhere"])),
                "state": draw(STATES),
                "known_when": draw(st.sampled_from(["before", "after", "later"])),
            }
            for _ in range(draw(st.integers(0, 3)))
        ],
    }
    named = st.sampled_from([*edges, "an_edge_99"])
    truth: dict[str, object] = {
        "case_id": "unseen",
        "objective": draw(
            st.sampled_from([*systems, "all customers", "a_holding_0"]) | st.none()
        ),
        "objective_holdings": draw(
            st.lists(st.sampled_from(["a_holding_0", "a_holding_9"]), max_size=2)
        ),
        "path": [
            {
                "step": n,
                "date": draw(st.sampled_from(["2031-01-01", "spring", None])),
                "from": draw(ends | st.just("attacker")),
                "to": draw(ends | st.just("nowhere")),
                "edge": draw(st.none() | named | st.lists(named, max_size=3).map(", ".join)),
            }
            for n in range(draw(st.integers(0, 4)))
        ],
        "dates": {"initial_access": draw(st.sampled_from(["2031-01-01", None, 4]))},
        "durations_days": {"access_to_objective": draw(ODD | st.integers(0, 20_000))},
    }
    optional = ("holdings", "trust", "controls")
    dropped = draw(st.sets(st.sampled_from([*optional, "path", "dates", "durations_days"])))
    blank = draw(st.sets(st.sampled_from(optional)))
    for name in sorted(blank):
        pre[name] = None
    return (
        {name: value for name, value in pre.items() if name not in dropped},
        {name: value for name, value in truth.items() if name not in dropped},
    )


def read(halves: tuple[dict[str, object], dict[str, object]]) -> Case:
    pre, truth = (json.dumps(half).encode() for half in halves)
    (case,) = parse({"pre/u.yaml": pre}, {"truth/u.yaml": truth})
    return case


@given(written())
def test_any_case_of_the_format_is_read_and_becomes_elements(
    halves: tuple[dict[str, object], dict[str, object]],
) -> None:
    case = read(halves)
    made = convert(case.before, parent="owner", controls=Controls.ALL)
    assert set(made.elements["systems"]) >= {made.ids[row.id] for row in case.before.systems}
    assert set(key(case).values()) <= set(made.ids)
    for names in wrong_keys(case).values():
        assert set(names) <= set(made.ids)
    told = recorded(case)
    assert set(told.until) <= {row.id for row in case.before.systems}
    assert told.counts or told.reason


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written(), st.integers(0, 2**32))
@pytest.mark.slow
def test_any_case_of_the_format_embeds_in_a_valid_estate_that_has_its_key(
    halves: tuple[dict[str, object], dict[str, object]], seed: int
) -> None:
    case = read(halves)
    embedded = embed(case.before, seed=seed, controls=Controls.ALL)
    estate = embedded.estate
    assert parse_estate(to_files(estate), attributes=catalog().attributes) == estate
    found, used = candidates(estate), key(case)
    for measure, name in used.items():
        if measure is not Measure.LAST_HOP:  # a system of the objective may hold nothing
            assert embedded.case.ids[name] in found.of(measure)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(written(), min_size=1, max_size=2))
@pytest.mark.slow
def test_any_folder_of_cases_is_run_to_the_end_and_every_gap_is_said(
    folder: list[tuple[dict[str, object], dict[str, object]]],
) -> None:
    pre: dict[str, bytes] = {}
    truth: dict[str, bytes] = {}
    for number, halves in enumerate(folder):
        for half, files in zip(halves, (pre, truth), strict=True):
            row = {**half, "case_id": f"unseen_{number}"}
            files[f"{number}.yaml"] = json.dumps(row).encode()
    cases = parse(pre, truth)
    few = Settings(seeds=(5,), outer=2, lanes=4, shuffles=1, workers=1)
    study = backtest(cases, catalog(), settings=few)
    document = json.loads(json.dumps(as_json(study)))
    shown = text(study)
    for case, row in zip(cases, document["cases"], strict=True):
        for measure in Measure:
            assert (row[measure.value] is None) or measure in key(case)
            if row[measure.value] is None:
                assert "not defined" in shown
        if not row["time"]["counts"]:
            assert f"{case.id} is not counted: {row['time']['reason']}" in markdown(study)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_bytes_that_are_no_case_are_refused_and_never_break_the_parser(
    pre: bytes, truth: bytes
) -> None:
    with pytest.raises(InvalidDocumentError):
        parse({"a.yaml": pre}, {"a.yaml": truth})


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "owner", "from", "to", "kind", "edge", "a"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


PLACES = ("orgs", "systems", "holdings", "trust", "controls", "path", "objective")


@given(
    halves=written(),
    place=st.tuples(st.integers(0, 1), st.sampled_from(PLACES)),
    what=JSONS,
)
def test_a_case_with_rubbish_in_one_place_is_read_or_refused_with_a_place(
    halves: tuple[dict[str, object], dict[str, object]], place: tuple[int, str], what: object
) -> None:
    pre, truth = halves
    halves[place[0]][place[1]] = what
    try:
        case = read((pre, truth))
    except InvalidDocumentError as error:
        refused = error.faults
    else:
        refused = ()
        convert(case.before, parent="owner", controls=Controls.ALL)
        assert set(key(case).values()) <= {*_names(case)}
        recorded(case)
    assert all(fault.place is not None for fault in refused)


def _names(case: Case) -> list[str]:
    before = case.before
    ends = [row.id for row in before.orgs] + [row.id for row in before.systems]
    return ends + [row.id for row in before.trust]


def test_ids_too_long_for_an_estate_are_told_apart_all_the_same() -> None:
    long = "x" * 200
    case = read(
        (
            {
                "case_id": "unseen",
                "orgs": [{"id": long}],
                "systems": [
                    {"id": f"{long}1", "owner": long},
                    {"id": f"{long}2", "owner": long},
                ],
            },
            {"case_id": "unseen"},
        )
    )
    made = convert(case.before, parent="owner", controls=Controls.ALL)
    assert len({*made.ids.values()}) == 3
