"""A ten-element estate, patches laid over it, and both put on the same few draws."""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.assess.contrast import Contrast
from counterseal.assess.side import model_of
from counterseal.estate import change, loading
from counterseal.estate.patch import apply
from counterseal.reach.draws import Draws
from counterseal.testing.catalogs import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from counterseal.estate.estate import Estate

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour" / "estate" / "harbour.yaml"
ATTRIBUTES = tuple(catalog().attributes)
HEAD = """\
id: a-change
kind: access
title: A change
sponsor: Somebody
stage: requirement
need: None
authority: pass-law
necessity: None
dates: {proposed: 2026-01-01}
patch:
"""


@cache
def _harbour() -> Estate:
    return loading.parse({"harbour.yaml": HARBOUR.read_bytes()}, attributes=ATTRIBUTES)


def _patched(text: str) -> Estate:
    document = HEAD + textwrap.indent(textwrap.dedent(text), "  ")
    patch = change.parse(document.encode(), file="change.yaml").patch
    return apply(_harbour(), patch, attributes=ATTRIBUTES)


def _contrast(
    before: Estate,
    after: Estate,
    *,
    adversaries: Sequence[str] | None = ("cyber-espionage", "humint-enabled"),
    outer: int = 16,
    lanes: int = 8,
    workers: int = 1,
    seed: int = 0,
) -> Contrast:
    draws = Draws(seed=seed, outer=outer, lanes=lanes)
    sides = [
        model_of(estate, catalog(), adversaries=adversaries).side(draws, workers=workers)
        for estate in (before, after)
    ]
    return Contrast(before=sides[0], after=sides[1], draws=draws)


@pytest.fixture(scope="session")
def harbour() -> Estate:
    """Return the estate of the example that is read by eye."""
    return _harbour()


@pytest.fixture(scope="session")
def patched() -> Callable[[str], Estate]:
    """Return a function from the text of a patch to the example with it."""
    return _patched


@pytest.fixture(scope="session")
def contrast() -> Callable[..., Contrast]:
    """Return a function that puts two estates on the same draws."""
    return _contrast
