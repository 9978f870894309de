"""Published numbers on public tables come out of our queries, exactly where they are exact."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.mosaic.population import population
from counterseal.mosaic.tables import classes, diversity
from counterseal.mosaic.tables.source import Missing
from counterseal.workspace.tables import opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.tables.classes import ClassSizes

DATA = Path(__file__).parents[3] / "shared/data/tabular"

pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="no ../shared/data/tabular beside the project"
)

ARX = (
    *("sex", "age", "race", "marital-status", "education", "native-country", "workclass"),
    *("occupation", "salary-class"),
)
CORRECT_MATCH = ("age", "sex", "workclass", "relationship", "marital-status", "race")
PYCANON_ADULT = ("age", "education", "occupation", "relationship", "sex", "native-country")
PYCANON_STROKE = (
    *("gender", "age", "hypertension", "heart_disease", "ever_married", "work_type"),
    *("Residence_type", "smoking_status"),
)


def measured(
    name: str, columns: Sequence[str], missing: Missing = Missing.OWN_VALUE
) -> ClassSizes:
    with opened({"data": [DATA / name]}) as sources:
        return classes.measure(sources["data"], columns, missing=missing)


@pytest.mark.parametrize("missing", Missing)
def test_arx_adult_has_the_published_average_risk_and_unique_share(missing: Missing) -> None:
    found = measured("arx-adult.csv", ARX, missing)  # no field is missing, so both are one
    assert found.correctness == 0.6465751607983555
    assert found.unique_share == 0.5142895033485844


@pytest.mark.parametrize("missing", Missing)
def test_correctmatch_adult_has_the_published_uniqueness(missing: Missing) -> None:
    found = measured("correctmatch-adult.csv.gz", CORRECT_MATCH, missing)
    assert found.records == 32_561
    assert found.unique_share == 0.10853475016123583


@pytest.mark.parametrize(
    ("name", "columns", "k"),
    [
        ("pycanon-adult-k3.csv", PYCANON_ADULT, 3),
        ("pycanon-adult-k10.csv", PYCANON_ADULT, 10),
        ("pycanon-adult-k20.csv", PYCANON_ADULT, 20),
        ("pycanon-stroke-k5.csv", PYCANON_STROKE, 5),
    ],
)
def test_pycanon_tables_have_the_k_of_their_names(
    name: str, columns: tuple[str, ...], k: int
) -> None:
    found = measured(name, columns)
    assert found.smallest == k
    assert found.unique == 0


@pytest.mark.parametrize(
    ("fraction", "share"),
    [
        (0.01, 0.1446083531167384),  # Pitman
        (0.1, 0.27684993883653597),  # Pitman
        (0.2, 0.3577099234829125),  # the smaller of SNB and Zayatz
        (1.0, 0.5142895033485844),  # the sample is the population
    ],
)
def test_population_uniqueness_of_arx_adult_is_the_published_one(
    fraction: float, share: float
) -> None:
    found = measured("arx-adult.csv", ARX)
    counts = {row.size: row.classes for row in found.rows}
    estimate = population(counts, sampling_fraction=fraction)
    # the source compares four digits
    assert int(estimate.share * 1e4) == int(share * 1e4)


def test_zayatz_of_arx_adult_at_one_in_ten_is_the_published_one() -> None:
    found = measured("arx-adult.csv", ARX)
    counts = {row.size: row.classes for row in found.rows}
    share = population(counts, sampling_fraction=0.1).zayatz.share
    assert share is not None
    assert int(share * 1e4) == int(0.3207402393466189 * 1e4)


def test_classes_and_diversity_of_adult_are_those_of_plain_counting() -> None:
    lines = (DATA / "arx-adult.csv").read_text(encoding="utf-8").splitlines()
    names = lines[0].split(";")
    places = [names.index(name) for name in ("sex", "age", "race")]
    values: dict[tuple[str, ...], set[str]] = {}
    counts: dict[tuple[str, ...], int] = {}
    for line in lines[1:]:
        fields = line.split(";")
        key = tuple(fields[place] for place in places)
        counts[key] = counts.get(key, 0) + 1
        values.setdefault(key, set()).add(fields[names.index("occupation")])
    with opened({"data": [DATA / "arx-adult.csv"]}) as sources:
        found = diversity.measure(
            sources["data"], ["sex", "age", "race"], sensitive="occupation"
        )
    assert found.sizes.classes == len(counts)
    assert found.sizes.unique == sum(n == 1 for n in counts.values())
    assert found.least == min(map(len, values.values()))
    assert found.disclosed == sum(
        counts[key] for key, known in values.items() if len(known) == 1
    )


def test_a_compressed_file_and_its_content_are_one(tmp_path: Path) -> None:
    plain = tmp_path / "adult.csv"
    plain.write_bytes(gzip.decompress((DATA / "correctmatch-adult.csv.gz").read_bytes()))
    with opened({"data": [plain]}) as sources:
        found = classes.measure(sources["data"], CORRECT_MATCH)
    assert found == measured("correctmatch-adult.csv.gz", CORRECT_MATCH)
