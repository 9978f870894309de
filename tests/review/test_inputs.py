"""A verdict follows from named bytes, and from nothing else."""

from __future__ import annotations

import json

import pytest

from counterseal.errors import InvalidDocumentError, NotEvaluableError
from counterseal.review.inputs import Settings, digests, encode_settings, parse

CHANGE = "changes/terminal-copy.yaml"


def test_everything_is_read_from_the_mapping(files: dict[str, bytes]) -> None:
    inputs = parse(files)
    assert inputs.change.id == "terminal-copy"
    assert "pass-register" in inputs.estate.systems
    assert inputs.settings.draws.outer == 16
    assert inputs.settings.screen.outer == 8
    assert set(inputs.digests) == set(files)


def test_the_order_of_the_files_does_not_matter(files: dict[str, bytes]) -> None:
    backwards = {name: files[name] for name in sorted(files, reverse=True)}
    assert list(parse(backwards).digests) == list(parse(files).digests) == sorted(files)
    assert digests(backwards) == digests(files)
    assert parse(backwards).estate.digest == parse(files).estate.digest


def test_no_change_and_two_changes_cannot_be_reviewed(files: dict[str, bytes]) -> None:
    none = {name: data for name, data in files.items() if name != CHANGE}
    with pytest.raises(NotEvaluableError, match="found 0"):
        parse(none)
    with pytest.raises(NotEvaluableError, match="found 2"):
        parse({**files, "changes/other.yaml": files[CHANGE]})


def test_an_estate_without_files_or_without_elements_is_refused(
    files: dict[str, bytes],
) -> None:
    none = {name: data for name, data in files.items() if not name.startswith("estate/")}
    with pytest.raises(InvalidDocumentError):
        parse(none)
    with pytest.raises(InvalidDocumentError):
        parse({**files, "estate/harbour.yaml": b"name: Nothing\n"})


def test_missing_settings_are_said_and_not_guessed(files: dict[str, bytes]) -> None:
    with pytest.raises(NotEvaluableError, match=r"settings\.json"):
        parse({name: data for name, data in files.items() if name != "settings.json"})


@pytest.mark.parametrize("field", ["outer", "lanes", "screen-outer", "screen-lanes"])
def test_settings_out_of_range_are_faults_of_the_file(
    field: str, files: dict[str, bytes]
) -> None:
    settings = {**json.loads(encode_settings(Settings(lanes=8, screen_lanes=8))), field: 0}
    with pytest.raises(InvalidDocumentError) as caught:
        parse({**files, "settings.json": json.dumps(settings).encode()})
    [fault] = caught.value.faults
    assert fault.place is not None
    assert fault.place.file == "settings.json"


def test_settings_survive_being_written(files: dict[str, bytes]) -> None:
    settings = Settings(seed=7, outer=3, lanes=5, screen_outer=2, screen_lanes=4)
    inputs = parse({**files, "settings.json": encode_settings(settings)})
    assert inputs.settings == settings


def test_searches_use_a_part_of_the_draws_of_the_verdict(files: dict[str, bytes]) -> None:
    for settings in (Settings(outer=4, lanes=2), Settings(outer=4, lanes=2, screen_lanes=9)):
        chosen = parse({**files, "settings.json": encode_settings(settings)}).settings
        assert chosen.screen.outer <= chosen.draws.outer
        assert chosen.screen.lanes <= chosen.draws.lanes
        assert chosen.screen.seed == chosen.draws.seed


def test_own_rules_are_laid_over_the_shipped_ones(files: dict[str, bytes]) -> None:
    card = b"""
rules:
  - id: no-copies-here
    statement: Nothing is copied.
    when: data.copies_beyond_recall > 0.0
    effect: refuse
    authority: House rule
    owner: data owner
    review-date: 2027-06-30
    remedy: Do not copy.
    waiver: {allowed: false}
    cases:
      must-fire:
        - {name: a copy is made, assessment: {data.copies_beyond_recall: 1.0}}
      must-not-fire:
        - {name: nothing is copied, assessment: {data.copies_beyond_recall: 0.0}}
"""
    inputs = parse({**files, "rules/own.yaml": card})
    assert "no-copies-here" in inputs.rules.cards
    assert inputs.rules.digest != parse(files).rules.digest
