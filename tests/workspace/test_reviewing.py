"""A review that is kept is complete, private, and can be made again from what was kept."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from counterseal.errors import UsageError
from counterseal.review.document import replay
from counterseal.review.inputs import Settings
from counterseal.workspace.examining.reaching import HORIZONS_YEARS, reach_estate
from counterseal.workspace.project import open_project
from counterseal.workspace.reviewing import keep, kept, page_of, review_change
from counterseal.workspace.starting import start

if TYPE_CHECKING:
    from counterseal.workspace.project import Project
    from counterseal.workspace.reviewing import KeptReview

SETTINGS = Settings(outer=4, lanes=4, screen_outer=4, screen_lanes=4)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Start an estate to fill in."""
    folder = tmp_path_factory.mktemp("project")
    start(folder)
    return open_project(folder)


@pytest.fixture(scope="module")
def review(project: Project) -> KeptReview:
    """Review the change that every project starts with."""
    change = project.root / "changes" / "first-change.yaml"
    return review_change(project, change, SETTINGS, workers=1)


def test_reviewing_writes_nothing(project: Project, review: KeptReview) -> None:
    assert review.change_id == "first-change"
    assert not project.state_folder.exists() or kept(project, "first-change") == review


def test_what_is_kept_is_what_was_found_and_private(
    project: Project, review: KeptReview
) -> None:
    folder = keep(project, review)
    assert kept(project, "first-change") == review
    for path in [project.state_folder, *project.state_folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert folder == project.review_folder("first-change")


def test_the_result_and_the_page_follow_from_the_kept_inputs(
    project: Project, review: KeptReview
) -> None:
    keep(project, review)
    found = kept(project, "first-change")
    assert replay(found.inputs, workers=2) == found.result
    assert page_of(found.inputs, found.result) == found.page


def test_keeping_again_leaves_no_input_of_the_earlier_review(
    project: Project, review: KeptReview
) -> None:
    folder = keep(project, review)
    (folder / "inputs" / "rules").mkdir(exist_ok=True)
    (folder / "inputs" / "rules" / "old.yaml").write_bytes(b"old")
    keep(project, review)
    assert set(kept(project, "first-change").inputs) == set(review.inputs)


def test_a_change_that_was_never_reviewed_is_said(project: Project) -> None:
    with pytest.raises(UsageError, match="no review of 'nothing'"):
        kept(project, "nothing")


def test_reach_is_ranked_and_grows_with_the_horizon(project: Project) -> None:
    told: list[tuple[int, int]] = []
    document = reach_estate(
        project,
        project.catalog(),
        ["cyber-espionage", "humint-enabled"],
        seed=0,
        outer=8,
        lanes=8,
        workers=1,
        advance=lambda *row: told.append(row),
    )
    assert told == [(0, 2), (1, 2)]
    adversaries = document["adversaries"]
    assert isinstance(adversaries, list)
    assert [row["id"] for row in adversaries] == ["cyber-espionage", "humint-enabled"]
    for adversary in adversaries:
        for objective in adversary["objectives"]:
            bands = [objective["reach"][str(years)] for years in HORIZONS_YEARS]
            medians = [band["median"] for band in bands]
            assert medians == sorted(medians)
            assert all(0 <= band["low"] <= band["high"] <= 1 for band in bands)
            if objective["path"]:
                assert objective["path"][-1].startswith(objective["element"])
