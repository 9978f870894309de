"""A registration fixes everything that could be chosen afterwards, and names what differs."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, cast

import pytest

from counterseal.backtest.conversion import Controls
from counterseal.backtest.registration import SCHEMA, parse, registration, require_same
from counterseal.backtest.results.records import Settings
from counterseal.canon import canonical, digest_bytes
from counterseal.catalog.catalog import parse as parse_catalog
from counterseal.errors import InvalidDocumentError, VerificationError
from counterseal.testing.catalogs import catalog
from counterseal.workspace.backtesting import code_digest
from counterseal.workspace.packaged import catalog_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json

PRE = {"pre/a.yaml": b"case_id: a", "pre/b.yaml": b"case_id: b"}
TRUTH = {"truth/a.yaml": b"secret", "truth/b.yaml": b"more"}
FEW = Settings(seeds=(4, 5))


def made(
    settings: Settings = FEW,
    *,
    pre: Mapping[str, bytes] = PRE,
    truth: Mapping[str, bytes] = TRUTH,
    code: str = "sha256:0",
) -> dict[str, Json]:
    return registration(catalog(), settings, pre, truth, version="1", code=code)


def differences(now: Mapping[str, Json]) -> str:
    with pytest.raises(VerificationError) as caught:
        require_same(canonical(made()), now, file="plan.json")
    return caught.value.message


def test_a_run_of_the_same_is_accepted_and_has_the_digest_of_the_file() -> None:
    data = canonical(made())
    assert require_same(data, made(), file="plan.json") == digest_bytes(data)


def test_where_files_lie_makes_no_difference_but_their_names_do() -> None:
    moved = {f"elsewhere/{path}": data for path, data in PRE.items()}
    require_same(canonical(made()), made(pre=moved), file="plan.json")
    renamed = {"pre/c.yaml": PRE["pre/a.yaml"], "pre/b.yaml": PRE["pre/b.yaml"]}
    found = differences(made(pre=renamed))
    assert "pre.a.yaml (not here)" in found
    assert "pre.c.yaml (not registered)" in found


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (Settings(seeds=(4, 5, 6)), "settings.seeds"),
        (Settings(seeds=(5, 6)), "settings.first_seed"),
        (Settings(seeds=(4, 5), outer=8), "settings.outer"),
        (Settings(seeds=(4, 5), lanes=8), "settings.lanes"),
        (Settings(seeds=(4, 5), shuffles=3), "settings.shuffles"),
        (Settings(seeds=(4, 5), controls=Controls.ALL), "settings.controls"),
    ],
)
def test_every_setting_is_fixed(settings: Settings, named: str) -> None:
    assert differences(made(settings)).endswith(f"different: {named}")


def test_the_number_of_threads_is_free() -> None:
    require_same(canonical(made()), made(dataclasses.replace(FEW, workers=3)), file="plan.json")


def test_code_and_truth_are_fixed_by_digest_and_nothing_of_the_truth_is_told() -> None:
    assert differences(made(code="sha256:1")).endswith("different: method.code")
    other = {**TRUTH, "truth/a.yaml": b"changed"}
    assert differences(made(truth=other)).endswith("different: truth.a.yaml")
    assert b"secret" not in canonical(made())


def test_a_changed_row_of_the_catalog_is_named_by_its_table() -> None:
    files = catalog_files()
    files["priors.yaml"] = files["priors.yaml"].replace(b"value: 0.1,", b"value: 0.11,", 1)
    other = registration(parse_catalog(files), FEW, PRE, TRUTH, version="1", code="sha256:0")
    assert differences(other).endswith("different: method.catalog, method.priors")


def test_several_differences_come_at_once() -> None:
    found = differences(made(Settings(seeds=(9,)), code="sha256:1"))
    assert found.endswith("different: method.code, settings.first_seed, settings.seeds")


def test_a_threshold_that_was_edited_is_a_difference() -> None:
    told = made()
    told["thresholds"] = {**cast("dict[str, Json]", told["thresholds"]), "miss": "0.1"}
    with pytest.raises(VerificationError, match=r"thresholds\.miss"):
        require_same(canonical(told), made(), file="plan.json")


def test_the_same_content_in_other_bytes_is_refused_for_its_digest_is_another() -> None:
    spaced = json.dumps(made(), indent=1, sort_keys=True).encode()
    with pytest.raises(VerificationError, match="no longer as it was written"):
        require_same(spaced, made(), file="plan.json")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"schema": "other"}', b"\xff", b"7"])
def test_what_is_no_registration_is_an_invalid_document(data: bytes) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        parse(data, file="plan.json")
    (fault,) = caught.value.faults
    assert fault.place is not None
    assert fault.place.file == "plan.json"
    assert SCHEMA in fault.message


def test_the_digest_of_the_code_covers_what_ranks_and_stays_the_same() -> None:
    assert code_digest() == code_digest()
    assert code_digest().startswith("sha256:")
