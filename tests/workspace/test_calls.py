"""What commands do can be called from Python, and importing the package loads none of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import counterseal as cs
from counterseal.errors import LogError
from counterseal.review.inputs import Settings
from counterseal.tlog.keys import SigningKey
from counterseal.tlog.note import NoteSigner
from counterseal.workspace import calls

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"
CHANGE = HARBOUR / "changes" / "terminal-copy.yaml"


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, counterseal; "
        "assert not {'numpy', 'numba', 'pydantic', 'cryptography'} & set(sys.modules); "
        "counterseal.verify; assert 'cryptography' in sys.modules"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter on our own text
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_package_offers_the_calls_and_nothing_else_on_demand() -> None:
    assert cs.verify is calls.verify
    assert cs.review_change is calls.review_change
    with pytest.raises(AttributeError, match="no attribute 'verifi'"):
        cs.verifi  # noqa: B018 - the access is what is tested


@pytest.mark.slow
def test_a_review_by_call_is_the_same_with_the_estate_named_or_found() -> None:
    few = Settings(outer=2, lanes=2)
    found = calls.review_change(CHANGE, settings=few)
    named = calls.review_change(str(CHANGE), estate=HARBOUR, settings=few)
    assert found == named
    assert found.change_id == "terminal-copy"


def test_what_is_no_bundle_fails_its_first_check() -> None:
    key = SigningKey(bytes(32))
    log = NoteSigner(name="log.example", key=key).verifier
    found = calls.verify(b"nothing", roots=[str(key.public)], log=str(log))
    assert [(check.name, check.ok) for check in found.checks] == [("container", False)]
    assert not found.ok


def test_a_malformed_key_is_an_error_and_not_a_failed_check() -> None:
    with pytest.raises(LogError):
        calls.verify(b"nothing", roots=["ed25519:x"], log="x")
