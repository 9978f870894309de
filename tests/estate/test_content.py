"""The bytes of an estate are those of its content, however much of it another shares."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given

from counterseal.canon import canonical, digest
from counterseal.estate.content import content
from counterseal.estate.estate import KINDS, digests_of
from counterseal.testing.strategies import estates

if TYPE_CHECKING:
    from counterseal.estate.content import Written
    from counterseal.estate.estate import Estate


@given(estate=estates())
def test_content_is_the_canonical_form_of_the_json(estate: Estate) -> None:
    kinds = {kind: estate.of_kind(kind).values() for kind in KINDS}
    written: Written = {}
    assert content(estate.name, kinds, written) == canonical(estate.as_json())
    assert content(estate.name, kinds, written) == canonical(estate.as_json())


@given(estate=estates())
def test_estates_that_share_records_have_the_digests_they_have_alone(estate: Estate) -> None:
    other = replace(estate, name="another", links={})
    expected = (digest(estate.as_json()), digest(other.as_json()))
    assert digests_of(estate, other) == expected
    assert (estate.digest, other.digest) == expected
