"""One review of the example that is read by eye, on few draws, shared by the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from counterseal.canon import canonical
from counterseal.review.document import write
from counterseal.review.gate import find
from counterseal.review.inputs import Settings, encode_settings, parse
from counterseal.testing.catalogs import catalog_files
from counterseal.workspace.packaged import rule_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.review.gate import Findings

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"
CHANGE = "changes/terminal-copy.yaml"
SETTINGS = Settings(outer=16, lanes=8, screen_outer=8, screen_lanes=8)


def _files(settings: Settings = SETTINGS) -> dict[str, bytes]:
    return {
        "estate/harbour.yaml": (HARBOUR / "estate" / "harbour.yaml").read_bytes(),
        CHANGE: (HARBOUR / CHANGE).read_bytes(),
        **{f"packaged/catalog/{name}": data for name, data in catalog_files().items()},
        **{f"packaged/rules/{name}": data for name, data in rule_files().items()},
        "settings.json": encode_settings(settings),
    }


def _edited(old: str, new: str, *, file: str = CHANGE) -> dict[str, bytes]:
    """Return the input files with one piece of one file replaced."""
    files = _files(Settings(outer=4, lanes=4, screen_outer=4, screen_lanes=4))
    text = files[file].decode()
    assert old in text
    return {**files, file: text.replace(old, new).encode()}


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """Return the input files of the review."""
    return _files()


@pytest.fixture(scope="session")
def edited() -> Callable[..., dict[str, bytes]]:
    """Return a function that edits one input file, on very few draws."""
    return _edited


@pytest.fixture(scope="session")
def findings(files: dict[str, bytes]) -> Findings:
    """Return what the review found."""
    return find(parse(files), workers=1)


@pytest.fixture(scope="session")
def result(findings: Findings) -> bytes:
    """Return the canonical bytes of the review document."""
    return canonical(write(findings))


@pytest.fixture
def document(result: bytes) -> dict[str, Any]:
    """Return the review document as a reader gets it."""
    loaded: dict[str, Any] = json.loads(result)
    return loaded


@pytest.fixture(scope="session")
def reviewed() -> Callable[[dict[str, bytes]], dict[str, Any]]:
    """Return a function from input files to the review document."""

    def review(files: dict[str, bytes]) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(canonical(write(find(parse(files), workers=1))))
        return loaded

    return review
