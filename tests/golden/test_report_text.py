"""The text report as people see it; ``--rewrite`` writes the files again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counterseal.report import text
from counterseal.report.text import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


FORMS = {
    "wide": Options(width=100),
    "narrow": Options(width=60),
    "ascii": Options(width=100, ascii_only=True),
    "colour": Options(width=100, colour=True),
    "levels": Options(width=140, full=True, levels=True),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_text_report_is_as_recorded(
    form: str, fiction: ModuleType, golden: Callable[[str, str], None]
) -> None:
    golden(f"report-{form}.txt", text.render(fiction.document(), FORMS[form]))
