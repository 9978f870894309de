"""Nobody is kept from a report: no fault of structure or contrast, and every kind is seen.

A check that finds nothing says little until it is known to find something, so a fault of each
kind is planted in the page, one at a time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from counterseal.report import html, scene
from counterseal.report.palette import CHIPS, THEMES
from counterseal.testing.accessibility import contrast_faults, structure_faults
from counterseal.testing.accessibility.contrast import contrast_ratio

if TYPE_CHECKING:
    from types import ModuleType

    from counterseal.canon import Json


@pytest.fixture(scope="module")
def page(fiction: ModuleType) -> str:
    """Return the page of the fictional review, with every picture."""
    review = fiction.document()
    picture = scene.build(fiction.before(), fiction.after(), review)
    return html.render(review, picture).decode()


def test_the_page_has_no_fault(page: str) -> None:
    assert structure_faults(page) == ()
    assert contrast_faults(page) == ()


@pytest.mark.parametrize("word", CHIPS)
def test_no_verdict_brings_a_fault(word: str, fiction: ModuleType) -> None:
    review = fiction.document() | {"verdict": {"word": word}}
    page = html.render(review).decode()
    assert structure_faults(page) == ()
    assert contrast_faults(page) == ()


def test_a_page_with_nothing_in_it_has_no_fault() -> None:
    least: dict[str, Json] = {
        "schema": "counterseal-review/1",
        "change": {"id": "x"},
        "verdict": {"word": "not evaluable"},
    }
    page = html.render(least).decode()
    assert structure_faults(page) == ()
    assert contrast_faults(page) == ()


def test_a_page_of_a_large_estate_has_no_fault(fiction: ModuleType) -> None:
    before, after, review = fiction.large(300)
    page = html.render(review, scene.build(before, after, review)).decode()
    assert structure_faults(page) == ()
    assert contrast_faults(page) == ()


def test_contrast_is_that_of_the_formula() -> None:
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast_ratio("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)
    assert contrast_ratio("#FFFFFF", "#FFFFFF") == 1.0


STRUCTURE = (
    ("3.1.1", r'<html lang="en">', "<html>"),
    ("2.4.2", r"<title>[^<]*</title>\n<style>", "<title></title>\n<style>"),
    ("1.4.4", r"initial-scale=1", "initial-scale=1, user-scalable=no"),
    ("headings of level 1", r'<h2 id="flip">([^<]*)</h2>', r'<h1 id="flip">\1</h1>'),
    ("first heading", r"<body>", "<body><main><h2>Too soon</h2></main>"),
    ("skips a level", r"<h3>Rules that fired</h3>", "<h4>Rules that fired</h4>"),
    ("2.4.6", r"<h3>Rules that fired</h3>", "<h3> </h3>"),
    ("has no role", r'class="chart" role="img"', 'class="chart"'),
    ("has no title", r'<title id="fig-evidence-t">[^<]*</title>', ""),
    ("has no desc", r'(<desc id="fig-evidence-d">)[^<]*', r"\1 "),
    ("does not name its title", r"fig-evidence-t fig-evidence-d", "fig-evidence-d"),
    ("1.1.1 <img>", r"</main>", '<img src="x"></main>'),
    ("has no caption", r"<caption>Every difference[^<]*</caption>", ""),
    ("has no scope", r'<th scope="col">Element</th>', "<th>Element</th>"),
    ("no headers of columns", r"<thead>.*?</thead>", ""),
    ("has no header", r'<th scope="row">([^<]*)</th>', r"<td>\1</td>"),
    ("another number of cells", r'<tr><th scope="row">', '<tr><td></td><th scope="row">'),
    ("has no label", r"</main>", '<p><input type="search"></p></main>'),
    ("says nothing", r"<summary>[^<]*</summary>", "<summary></summary>"),
    ("does not begin with a summary", r"<summary>([^<]*)</summary>", r"<p>\1</p>"),
    ("stands 2 times", r'<h2 id="limits">', '<h2 id="flip">'),
    ("which is not there", r'aria-labelledby="limits"', 'aria-labelledby="gone"'),
    ("a link leads to", r'href="#flip"', 'href="#gone"'),
    ("of <footer>", r"<footer>(.*?)</footer>", r""),
    ("has no name", r'aria-label="Contents"', ""),
    ("landmarks are called", r'aria-label="Decision picture"', 'aria-label="Every difference"'),
    ("lies in no landmark", r"</body>", "<p>Lost</p></body>"),
    ("2.4.3", r'tabindex="0"', 'tabindex="5"'),
    ("2.1.1", r'class="frame" tabindex="0"', 'class="frame"'),
    ("2.4.1", r'<a class="skip" href="#content">[^<]*</a>', ""),
    ("no item of a list", r"<ul>", "<ul>Loose words"),
)


@pytest.mark.parametrize(("said", "old", "new"), STRUCTURE)
def test_a_planted_fault_of_structure_is_found(
    said: str, old: str, new: str, page: str
) -> None:
    planted, times = re.subn(old, new, page, count=1, flags=re.DOTALL)
    assert times == 1
    found = structure_faults(planted)
    assert any(said in fault for fault in found), found


def test_a_page_whose_tags_do_not_balance_is_no_page(page: str) -> None:
    with pytest.raises(ValueError, match="does not close"):
        structure_faults(page.replace("</section>", "", 1))
    with pytest.raises(ValueError, match="never closed"):
        structure_faults("<main><p>")


def recolored(page: str, scheme: str, name: str, color: str) -> str:
    """Return the page with one custom property of one scheme set to another color."""
    known = THEMES[scheme][name]
    parts = page.split("@media (prefers-color-scheme: dark) {", 1)
    index = 0 if scheme == "light" else 1
    parts[index] = parts[index].replace(f"--{name}: {known};", f"--{name}: {color};", 1)
    planted = "@media (prefers-color-scheme: dark) {".join(parts)
    assert planted != page
    return planted


@pytest.mark.parametrize("scheme", THEMES)
@pytest.mark.parametrize(
    ("name", "criterion"),
    [
        ("ink", "1.4.3"),
        ("quiet", "1.4.3"),
        ("link", "1.4.3"),
        ("added", "1.4.3"),
        ("path-text", "1.4.3"),
        ("edge", "1.4.11"),
        ("path", "1.4.11"),
        ("after", "1.4.11"),
        ("before", "1.4.11"),
    ],
)
def test_a_color_too_near_its_ground_is_found_in_its_scheme(
    scheme: str, name: str, criterion: str, page: str
) -> None:
    near = {"light": "#F0F0F0", "dark": "#181818"}[scheme]
    if name == "path-text":
        near = THEMES[scheme]["path"]
    found = contrast_faults(recolored(page, scheme, name, near))
    assert any(fault.startswith(criterion) and f"({scheme})" in fault for fault in found), found
    other = {"light": "dark", "dark": "light"}[scheme]
    assert not any(f"({other})" in fault for fault in found)


@pytest.mark.parametrize(
    ("said", "old", "new"),
    [
        ("2.4.7", r"outline: 3px solid var\(--link\);", ""),
        ("outline of focus", r"(outline: 3px solid) var\(--link\)", r"\1 #EEEEEE"),
        ("no color of the style sheet", r"\.c-whisker \{[^}]*\}", ""),
        ("no color or no ground", r"svg text \{([^}]*) fill: [^;}]*;", r"svg text {\1"),
        ("1.4.3 td.number", r"td\.number \{", "td.number { color: #999;"),
        (
            "(print)",
            r"@media print \{ :root \{[^}]*\} \}",
            "@media print { main { color: #ccc; } }",
        ),
    ],
)
def test_a_planted_fault_of_the_style_sheet_is_found(
    said: str, old: str, new: str, page: str
) -> None:
    planted, times = re.subn(old, new, page, count=1)
    assert times == 1
    found = contrast_faults(planted)
    assert any(said in fault for fault in found), found
