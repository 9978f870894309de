"""Every code of a faulty document is documented once, and no other is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_code_is_documented_and_every_documented_code_is_used() -> None:
    sources = [
        path.read_text()
        for folder in ("documents", "estate")
        for path in (ROOT / "src/counterseal" / folder).rglob("*.py")
    ]
    used = set(re.findall(r'"(CS1\d\d)"', "\n".join(sources))) | {"CS100"}
    documented = re.findall(
        r"^\| (CS1\d\d) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE
    )
    assert len(documented) == len(set(documented))
    assert used == set(documented)
