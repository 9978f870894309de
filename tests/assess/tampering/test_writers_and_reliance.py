"""Who could write to records, and what decides on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.assess.tampering.reliance import reliance
from counterseal.assess.tampering.writers import writers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.estate.estate import Estate

    Patched = Callable[[str], Estate]

MORE = """
add:
  organizations:
    - {id: clerks, kind: contractor}
    - {id: maker, kind: vendor}
  grants:
    - id: clerk-desk
      organization: clerks
      role: pass clerk
      system: pass-register
      privilege: write
      headcount: 12
    - id: night-shift
      organization: clerks
      role: technician
      system: pass-register
      privilege: maintain
    - id: readers
      organization: clerks
      role: reader
      system: pass-register
      privilege: search
  systems:
    - {id: sign-on, kind: identity-provider, zone: harbour-office, owner: harbour-authority}
    - {id: index, kind: search-layer, zone: harbour-office, owner: harbour-authority}
  holdings:
    - {id: index-of-passes, system: index, attributes: [search-index], derived-from: [passes]}
  links:
    - id: to-quay
      from: index
      to: quayline-network
      kind: replicate
      carries: [index-of-passes]
set:
  passes: {writers: [quayline-maintenance, clerk-desk]}
  pass-register: {vendor: maker, authenticates-via: sign-on}
"""


def test_every_declared_way_to_write_is_listed_with_who_has_it(patched: Patched) -> None:
    found = {(w.organization, w.means, w.element) for w in writers_of(patched(MORE), "passes")}
    assert found == {
        ("clerks", "writes", "clerk-desk"),
        ("clerks", "administers", "night-shift"),
        ("harbour-authority", "administers the zone", "harbour-office"),
        ("harbour-authority", "signs everybody on", "sign-on"),
        ("maker", "supplies updates", "pass-register"),
        ("quayline", "administers", "quayline-maintenance"),
        ("quayline", "feeds", "quayline-maintenance"),
    }


def test_a_role_comes_with_its_head_count_and_who_only_reads_is_no_writer(
    patched: Patched,
) -> None:
    found = {w.element: w for w in writers_of(patched(MORE), "passes")}
    assert (found["clerk-desk"].role, found["clerk-desk"].headcount) == ("pass clerk", 12)
    assert found["night-shift"].headcount is None
    assert "readers" not in found


def test_what_is_derived_is_read_and_decided_on_too(patched: Patched) -> None:
    found = reliance(patched(MORE), "passes")
    assert found.tainted == ("passes", "index-of-passes")
    assert found.readers == ("index", "pass-register", "quayline-network")
    assert found.decisions == ("pass-law",)


def test_where_no_reader_names_a_purpose_no_decision_is_made_up(patched: Patched) -> None:
    found = reliance(patched(MORE), "index-of-passes")
    assert found.readers == ("index", "quayline-network")
    assert found.decisions == ()


@pytest.mark.parametrize("ask", [writers_of, reliance])
def test_a_holding_that_is_not_there_is_refused(
    ask: Callable[[Estate, str], object], harbour: Estate
) -> None:
    with pytest.raises(KeyError):
        ask(harbour, "no-such-holding")
