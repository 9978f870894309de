"""What is written loads as the same estate, whatever the words in it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from counterseal.documents.evidence import Grade
from counterseal.estate import dump
from counterseal.estate.kinds import OrganizationKind
from counterseal.estate.loading import parse
from counterseal.estate.records import Organization
from counterseal.testing.estates import ATTRIBUTES, estate_from
from counterseal.testing.strategies import estates

if TYPE_CHECKING:
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Element

TEXT = """\
organizations:
  - id: owner
    kind: owner
    tier: {value: 0, grade: measured, source: "on", as-of: 2026-01-31}
    owners:
      - entity: A, B and C
        share: {value: 0.25, low: 0.00001, high: 0.5}
zones: [{id: core, kind: on-premises, operator: owner, baseline: unknown}]
systems: [{id: hub, name: "yes: [no]", kind: database, zone: core, owner: owner}]
grants:
  - {id: g, organization: owner, role: clerk, system: hub, privilege: use, expiry: 2027-01-01}
controls: [{id: c, control: IA-2(1), on: [hub], state: implemented}]
"""


@pytest.mark.slow
@given(estate=estates())
def test_an_estate_written_and_loaded_is_the_same(estate: Estate) -> None:
    assert parse(dump.to_files(estate), attributes=ATTRIBUTES).digest == estate.digest


@given(name=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_is_read_back_as_that_text(name: str) -> None:
    row = Organization(id="owner", name=name, kind=OrganizationKind.OWNER)
    text = dump.document({"organizations": [row]})
    written = yaml.safe_load(text)["organizations"][0]
    assert written.get("name", "") == name


@pytest.mark.parametrize("word", ["yes", "No", "null", "unknown", "on", "1e5", "2026-01-01"])
def test_a_word_that_yaml_would_take_for_something_else_is_quoted(word: str) -> None:
    row = Organization(id="owner", name=word, kind=OrganizationKind.OWNER)
    assert f'name: "{word}"' in dump.document({"organizations": [row]})


def test_one_line_a_key_and_nothing_that_says_only_its_default() -> None:
    text = dump.document(_by_kind(estate_from(TEXT)))
    assert '      - entity: "A, B and C"\n        share: {value: 0.25, low: 1.0e-05' in text
    assert 'tier: {value: 0, grade: measured, source: "on", as-of: 2026-01-31}' in text
    assert "baseline" not in text
    assert "expiry: 2027-01-01" in text


def test_the_grade_of_the_file_is_left_out_of_its_facts_and_kept_in_them() -> None:
    estate = estate_from("defaults: {grade: documented}\n" + TEXT)
    text = dump.document(_by_kind(estate), name="A name", grade=Grade.DOCUMENTED)
    assert "state: implemented\n" in text
    assert "defaults: {grade: documented}" in text
    again = parse({"e.yaml": text.encode()}, attributes=ATTRIBUTES)
    assert again.as_json() == {**estate.as_json(), "name": "A name"}
    assert again.grants["g"].expiry.value == dt.date(2027, 1, 1)


def test_a_long_list_is_broken_between_its_items() -> None:
    clients = tuple(f"Client number {number}" for number in range(12))
    row = Organization(id="owner", kind=OrganizationKind.OWNER, clients=clients)
    text = dump.document({"organizations": [row]})
    assert max(len(line) for line in text.splitlines()) < 96
    assert yaml.safe_load(text)["organizations"][0]["clients"] == list(clients)


def _by_kind(estate: Estate) -> dict[str, list[Element]]:
    kinds: dict[str, list[Element]] = {}
    for kind, element in estate.elements():
        kinds.setdefault(kind, []).append(element)
    return kinds
