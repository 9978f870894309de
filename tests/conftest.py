"""Profiles for property tests, golden files, and the fictional review that reports show."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep", settings.get_profile("ci"), max_examples=5_000, derandomize=False
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev")
)

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be rewritten: ``pytest tests/golden --rewrite``, then ``git diff``."""
    parser.addoption("--rewrite", action="store_true", help="rewrite golden files")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare text with a golden file, or rewrite the file with ``--rewrite``."""
    rewrite = bool(request.config.getoption("--rewrite"))

    def compare(name: str, text: str) -> None:
        path = HERE / "golden" / name
        if rewrite:
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def fiction() -> ModuleType:
    """Return the builder of a fictional review with its estates before and after."""
    path = HERE / "report" / "fixtures" / "fiction.py"
    spec = importlib.util.spec_from_file_location("counterseal_test_fiction", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
