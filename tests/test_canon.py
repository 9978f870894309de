"""Canonical bytes are those of RFC 8785, however they are written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from counterseal.canon import canonical, digest

if TYPE_CHECKING:
    from counterseal.canon import Json

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(
    allow_nan=False, allow_infinity=False
)
KEYS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | KEYS,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


@given(VALUES)
@example({"€": 1, "\U0001f600": 2, "דּ": 3, "a": 4})
@example([1e-4, 9.999e-5, -0.0, 1e16, 1e21, 5e-324, 2.0**53, 123456789012345.6])
@example({"b": '\u0000\u001f\b\f\n\r\t"\\/\u007f\u2028é', "a": [True, None, {}]})
def test_bytes_are_those_of_the_reference_library(value: Json) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_tuples_are_lists_and_the_digest_is_of_the_bytes() -> None:
    value = {"z": (1, 2.0, "x"), "a": ()}
    assert canonical(value) == b'{"a":[],"z":[1,2,"x"]}'
    assert digest(value) == "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, -(2**53), "\ud800", {"\ud800": 1}]
)
def test_what_has_no_canonical_form_is_refused(value: Json) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the library's own words
        canonical(value)
