"""Splink gives the weights that Fellegi and Sunter's formula gives, and finds people again."""

from __future__ import annotations

import sys
from math import log2
from typing import TYPE_CHECKING, Any

import pytest

from counterseal.errors import InputError
from counterseal.mosaic.linking.attack import Method
from counterseal.mosaic.linking.fields import Kind, parsed
from counterseal.mosaic.linking.population import Errors
from counterseal.testing.tables import write_csv
from counterseal.workspace.linking.linkages import (
    SYNTHETIC_FIELDS,
    Invention,
    LinkRequest,
    invented,
    linked,
)
from counterseal.workspace.linking.reading import Reading
from counterseal.workspace.linking.splinking import blocking, comparison

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = parsed(["given:name", "born:date", "sex"])
M = {0: (0.9, 0.05, 0.03, 0.02), 1: (0.92, 0.04, 0.02, 0.02), 2: (0.97, 0.03)}
U = {0: (0.01, 0.02, 0.07, 0.9), 1: (0.001, 0.01, 0.009, 0.98), 2: (0.5, 0.5)}
PRIOR = 0.02
LEFT = [
    ("a0", "bakotux", "1980-03-07", "f"),
    ("a1", "vezinix", "1955-11-30", "m"),
    ("a2", None, "1980-07-03", "f"),
]
RIGHT = [
    ("b0", "bakoutx", "1980-07-03", "f"),
    ("b1", "vezinix", "1955-11-20", "m"),
    ("b2", "bakotux", None, "m"),
]


def jaro_winkler(one: str, other: str) -> float:
    """Return the similarity, by its definition (Winkler 1990)."""
    reach = max(len(one), len(other)) // 2 - 1
    taken: list[int] = []
    ours = []
    for i, letter in enumerate(one):
        for j in range(max(0, i - reach), min(len(other), i + reach + 1)):
            if j not in taken and other[j] == letter:
                taken.append(j)
                ours.append(letter)
                break
    if not ours:
        return 0.0
    theirs = [other[j] for j in sorted(taken)]
    swaps = sum(a != b for a, b in zip(ours, theirs, strict=True)) / 2
    common = len(ours)
    jaro = (common / len(one) + common / len(other) + (common - swaps) / common) / 3
    start = 0
    while start < min(4, len(one), len(other)) and one[start] == other[start]:
        start += 1
    return jaro + start * 0.1 * (1 - jaro)


def slips(one: str, other: str) -> int:
    """Return the Damerau-Levenshtein distance of two short texts."""
    rows = [
        [i + j if not i or not j else 0 for j in range(len(other) + 1)]
        for i in range(len(one) + 1)
    ]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            best = min(
                rows[i - 1][j] + 1,
                rows[i][j - 1] + 1,
                rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i][j] = best
    return rows[-1][-1]


def level(kind: Kind, one: str, other: str) -> int:
    """Return how alike two values are: 0 is the same."""
    if one == other:
        return 0
    if kind is Kind.NAME:
        alike = jaro_winkler(one, other)
        return 1 if alike >= 0.92 else 2 if alike >= 0.8 else 3
    if kind is Kind.DATE:
        swapped = f"{one[:4]}-{one[8:]}-{one[5:7]}"
        return 1 if slips(one, other) <= 1 else 2 if swapped == other else 3
    return 1


def weight(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> float:
    """Return log2 of the odds of a match (Fellegi and Sunter 1969)."""
    total = log2(PRIOR / (1.0 - PRIOR))
    for i, field in enumerate(FIELDS):
        a, b = one[i + 1], other[i + 1]
        if a is not None and b is not None:
            at = level(field.kind, a, b)
            total += log2(M[i][at] / U[i][at])
    return total


def test_weights_are_those_of_the_formula() -> None:
    splink = pytest.importorskip("splink", reason="the extra `linkage` is not installed")
    comparisons: list[dict[str, Any]] = [comparison(i, f) for i, f in enumerate(FIELDS)]
    for i, compared in enumerate(comparisons):
        for at, row in enumerate(compared["comparison_levels"][1:]):
            row |= {"m_probability": M[i][at], "u_probability": U[i][at]}
    api = splink.DuckDBAPI()
    for side, rows in (("left", LEFT), ("right", RIGHT)):
        api.duckdb_con.execute(
            f"CREATE TABLE {side}_t (unique_id VARCHAR, f0 VARCHAR, f1 VARCHAR, f2 VARCHAR)"
        )
        api.duckdb_con.executemany(f"INSERT INTO {side}_t VALUES (?, ?, ?, ?)", rows)  # noqa: S608
    tables = [
        api.register(f"{side}_t", dataset_display_name=side) for side in ("left", "right")
    ]
    settings = {
        "link_type": "link_only",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": ["1 = 1"],
        "probability_two_random_records_match": PRIOR,
    }
    linker = splink.Linker(tables, settings, log_level=None)
    rows = linker.inference.predict(warning_mode="never").as_record_list()
    found = {(row["unique_id_l"], row["unique_id_r"]): row for row in rows}
    assert len(found) == 9
    for one in LEFT:
        for other in RIGHT:
            own = weight(one, other)
            row = found[str(one[0]), str(other[0])]
            assert row["match_weight"] == pytest.approx(own, abs=1e-9)
            assert row["match_probability"] == pytest.approx(2**own / (1 + 2**own), abs=1e-9)


@pytest.mark.slow
def test_people_are_found_again_and_bystanders_counted() -> None:
    pytest.importorskip("splink", reason="the extra `linkage` is not installed")
    errors = Errors(typo=0.05, missing=0.03, moved=0.15, transposed=0.02)
    request = LinkRequest(
        fields=SYNTHETIC_FIELDS, method=Method.EXACT, record="record", person="person"
    )
    fuzzy = LinkRequest(
        fields=SYNTHETIC_FIELDS, method=Method.FELLEGI_SUNTER, record="record", person="person"
    )
    with invented(Invention(people=900, errors=errors, seed=2)) as (a, b):
        exact, found = (attack([a], [b], one) for one in (request, fuzzy))
    assert found["people_in_both"] == exact["people_in_both"]
    assert found["people_in_both"] + found["control_group"] == found["left"]
    by_exact, by_model = (
        next(row for row in one["at"] if row["threshold"] == 0.95) for one in (exact, found)
    )
    assert by_model["right"] > 1.5 * by_exact["right"]  # errors are seen through
    assert by_model["precision"]["value"] > 0.95
    assert by_exact["precision"]["value"] == 1.0
    assert by_model["harmed"] <= by_model["links"] - by_model["right"]
    assert 0.0 < found["model"]["prior"] < 0.01


def attack(left: list[Path], right: list[Path], request: LinkRequest) -> dict[str, Any]:
    return dict(linked(left, right, request, reading=Reading(minimum=1)))


def test_without_splink_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    rows = [("r", "x", "1980-01-01", "f")]
    path = write_csv(tmp_path / "t.csv", ("record", "given", "born", "sex"), rows)
    request = LinkRequest(
        fields=FIELDS, method=Method.FELLEGI_SUNTER, record="record", person=None
    )
    with pytest.raises(InputError, match="Splink") as caught:
        linked([path], [path], request, reading=Reading())
    assert "counterseal[linkage]" in caught.value.hint


def test_candidates_agree_on_pairs_of_fields_that_are_selective() -> None:
    counts: dict[tuple[int, ...], int] = {(0, 1): 10, (0, 2): 2_000, (1, 2): 50}
    assert blocking(counts, 3, most=100) == ((0, 1), (1, 2))
    assert blocking(counts, 3, most=5) == ((0, 1, 2),)
