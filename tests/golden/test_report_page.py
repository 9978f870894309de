"""Fragments of the page as they are written; ``--rewrite`` writes the files again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from counterseal.report import html, scene

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


SECTIONS = ("verdict", "path", "comparison", "flip")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_of_the_page_is_as_recorded(
    section: str, fiction: ModuleType, golden: Callable[[str, str], None]
) -> None:
    review = fiction.document()
    picture = scene.build(fiction.before(), fiction.after(), review)
    page = html.render(review, picture).decode()
    found = re.search(rf'<section aria-labelledby="{section}">.*?</section>', page, re.DOTALL)
    assert found is not None
    golden(f"page-{section}.html", found.group() + "\n")
