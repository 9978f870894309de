"""A project is found, started and read; what stands there already is not touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterseal.errors import NotEvaluableError, UsageError
from counterseal.review.inputs import Settings, parse
from counterseal.workspace import packaged
from counterseal.workspace.packaged import example_folder, examples
from counterseal.workspace.project import find_project, open_project
from counterseal.workspace.starting import start, start_from_example


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Start an estate to fill in."""
    start(tmp_path / "mine")
    return tmp_path / "mine"


def test_the_folder_and_its_estate_are_one_project(project: Path) -> None:
    assert open_project(project) == open_project(project / "estate")


def test_the_nearest_estate_upwards_is_taken(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(project / "changes" / "inner")
    inner = find_project(project / "changes" / "inner" / "changes")
    assert inner.root == (project / "changes" / "inner").resolve()
    assert find_project(project / "changes").root == project.resolve()
    monkeypatch.chdir(project)
    assert find_project(Path("changes")).root == Path()


def test_a_place_without_an_estate_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotEvaluableError, match="no estate/ folder found"):
        find_project(tmp_path)


def test_what_was_started_is_valid_and_can_be_reviewed(project: Path) -> None:
    opened = open_project(project)
    change = project / "changes" / "first-change.yaml"
    inputs = parse(opened.inputs(change, Settings(outer=4, lanes=4)))
    assert inputs.change.id == "first-change"
    assert inputs.estate.digest == opened.estate(opened.catalog()).digest
    assert inputs.catalog.digest == opened.catalog().digest
    assert inputs.rules.digest == opened.rules().digest


def test_inputs_are_named_from_the_project_wherever_it_stands(
    project: Path, tmp_path: Path
) -> None:
    start(tmp_path / "elsewhere" / "deep")
    settings = Settings()
    names = [
        open_project(root).inputs(root / "changes" / "first-change.yaml", settings)
        for root in (project, tmp_path / "elsewhere" / "deep")
    ]
    assert names[0] == names[1]
    assert "estate/estate.yaml" in names[0]


def test_own_catalog_rows_and_rules_are_inputs(project: Path) -> None:
    (project / "catalog").mkdir()
    (project / "rules").mkdir()
    (project / "catalog" / "priors.yaml").write_bytes(b"a")
    (project / "rules" / "own.yaml").write_bytes(b"b")
    change = project / "changes" / "first-change.yaml"
    found = open_project(project).inputs(change, Settings())
    assert found["catalog/priors.yaml"] == b"a"
    assert found["rules/own.yaml"] == b"b"
    assert "packaged/catalog/priors.yaml" in found


def test_starting_twice_writes_nothing_the_second_time(project: Path) -> None:
    (project / "changes" / "first-change.yaml").unlink()
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match="is already there"):
        start(project)
    assert {p: p.read_bytes() for p in project.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("name", ["harbour", "meridian", "public-record"])
def test_a_copied_example_loads_and_is_as_shipped(name: str, tmp_path: Path) -> None:
    if name not in examples():
        pytest.skip("not shipped with this installation")
    start_from_example(tmp_path / "copy", name)
    copy, shipped = open_project(tmp_path / "copy"), open_project(example_folder(name))
    catalog = copy.catalog()
    assert copy.estate_files() == shipped.estate_files()
    assert copy.estate(catalog).systems
    assert sorted(p.name for p in (tmp_path / "copy" / "changes").iterdir()) == sorted(
        p.name for p in (example_folder(name) / "changes").iterdir()
    )
    assert (tmp_path / "copy" / "README.md").is_file()


def test_an_example_that_does_not_exist_names_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        start_from_example(tmp_path / "copy", "atlantis")
    assert "harbour" in caught.value.hint
    assert not (tmp_path / "copy").exists()


def test_a_name_that_leads_out_of_the_examples_is_no_example(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        start_from_example(tmp_path / "copy", "../tests")


def test_the_packaged_tables_and_rules_are_found() -> None:
    assert {"attributes.yaml", "rules.yaml", "priors.yaml"} <= set(packaged.catalog_files())
    assert "authority.yaml" in packaged.rule_files()
