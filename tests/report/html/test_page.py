"""The page: nothing from outside, nothing of a user unescaped, a table beside each picture."""

# ruff: noqa: RUF001 - typographic signs are what readers see

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.report import html, scene
from counterseal.report.html.page import CONTENTS
from counterseal.report.palette import CHIPS

if TYPE_CHECKING:
    from types import ModuleType

    from counterseal.canon import Json

VOID = {"meta", "br", "hr", "img", "input", "link"}
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% include 'x' %}",
    "'-->]]>&lt;b&gt;",
)


class Tags(HTMLParser):
    """The tags of a page: whether they balance, and what they hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every tag of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


def parsed(page: bytes) -> Tags:
    """Parse a page and check that its tags balance."""
    tags = Tags()
    tags.feed(page.decode())
    assert tags.open == []
    return tags


@pytest.fixture(scope="module")
def page(fiction: ModuleType) -> bytes:
    review = fiction.document()
    return html.render(review, scene.build(fiction.before(), fiction.after(), review))


def hostile(value: Json, payload: str) -> Json:
    """Return the value with a payload in every text, except those with a closed vocabulary."""
    if isinstance(value, str):
        return f"{payload}{value}"
    if isinstance(value, dict):
        closed = {"schema", "word", "op"}
        return {k: v if k in closed else hostile(v, payload) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile(item, payload) for item in value]
    return value


def test_nothing_is_fetched_from_outside(page: bytes) -> None:
    tags = parsed(page)
    loading = {"script", "link", "img", "iframe", "object", "embed", "use", "image", "base"}
    assert not loading & {tag for tag, _ in tags.tags}
    for _, attributes in tags.tags:
        assert not {"src", "srcset", "xlink:href", "style", "data"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    style = re.search(rb"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    assert b"url(" not in style[1]
    assert b"@import" not in style[1]


def test_the_policy_names_the_hash_of_the_only_style_sheet(page: bytes) -> None:
    styles = re.findall(rb"<style>(.*?)</style>", page, re.DOTALL)
    assert len(styles) == 1
    digest = base64.b64encode(hashlib.sha256(styles[0]).digest()).decode()
    policy = next(
        tag["content"]
        for tag in parsed(page).named("meta")
        if tag.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    directives = policy.split("; ")
    assert directives[0] == "default-src 'none'"
    assert f"style-src 'sha256-{digest}'" in directives
    assert "script-src" not in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text_everywhere(payload: str, fiction: ModuleType) -> None:
    review = hostile(fiction.document(), payload)
    assert isinstance(review, dict)
    picture = scene.build(fiction.before(), fiction.after(), fiction.document())
    attacked = parsed(html.render(review, picture))
    honest = parsed(html.render(fiction.document(), picture))
    kinds = {tag for tag, _ in attacked.tags}
    assert kinds <= {tag for tag, _ in honest.tags} | {"span"}
    for _, attributes in attacked.tags:
        assert not any(name.startswith("on") for name in attributes)
    assert payload.split(maxsplit=1)[0] in attacked.text


@pytest.mark.slow
@settings(max_examples=15)
@given(name=st.text(max_size=40))
def test_no_name_of_an_element_can_add_a_tag(name: str, fiction: ModuleType) -> None:
    after = fiction.after()
    system = after.systems["search-hub"].model_copy(update={"name": name})
    changed = type(after)(
        **{
            field: getattr(after, field)
            for field in ("organizations", "zones", "holdings", "links", "feeds", "grants")
        },
        systems={**after.systems, "search-hub": system},
    )
    picture = scene.build(fiction.before(), changed, fiction.document())
    tags = parsed(html.render(fiction.document(), picture))
    assert not {"script", "img"} & {tag for tag, _ in tags.tags}


def test_every_picture_has_a_title_and_a_table_beside_it(page: bytes) -> None:
    tags = parsed(page)
    pictures = [svg for svg in tags.named("svg") if svg.get("role") == "img"]
    assert len(pictures) == 7 + 6  # the classes of attribute that change most
    ids = {attributes.get("id") for _, attributes in tags.tags}
    assert len(tags.named("title")) == len(pictures) + 1
    assert len(tags.named("desc")) == len(pictures)
    for svg in pictures:
        assert set((svg["aria-labelledby"] or "").split()) <= ids
    for section in re.findall(rb"<section.*?</section>", page, re.DOTALL):
        drawn = len(re.findall(rb'<svg[^>]*role="img"', section))
        panels = len(re.findall(rb'aria-labelledby="fig-value-', section))  # share one table
        assert len(re.findall(rb"<table>", section)) >= drawn - max(0, panels - 1)


def test_headings_are_in_order_and_start_with_one_title(page: bytes) -> None:
    levels = [int(tag[1]) for tag, _ in parsed(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_landmarks_and_ids_are_unique(page: bytes) -> None:
    tags = parsed(page)
    assert [len(tags.named(name)) for name in ("header", "nav", "main", "footer")] == [1] * 4
    ids = [attributes["id"] for _, attributes in tags.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_table_header_has_a_scope_and_every_table_a_caption(page: bytes) -> None:
    tags = parsed(page)
    assert all(th.get("scope") in {"col", "row"} for th in tags.named("th"))
    assert len(tags.named("caption")) == len(tags.named("table"))


def test_every_link_inside_the_page_has_its_target(page: bytes) -> None:
    tags = parsed(page)
    ids = {attributes.get("id") for _, attributes in tags.tags}
    assert all((a["href"] or "")[1:] in ids for a in tags.named("a"))


def test_sections_come_in_the_agreed_order(page: bytes) -> None:
    found = re.findall(rb'<section aria-labelledby="([a-z]+)"', page)
    assert [name.decode() for name in found] == [name for name, _ in CONTENTS]


def test_every_class_of_attribute_is_in_the_table_whether_drawn_or_not(
    page: bytes, fiction: ModuleType
) -> None:
    [section] = re.findall(rb'<section aria-labelledby="value">.*?</section>', page, re.DOTALL)
    names = re.findall(r'<th scope="row">([^<]*)</th>', section.decode())
    assert names == [line["name"] for line in fiction.VALUE]
    assert "Passport number" in names  # the change moves it least, so it is not drawn
    assert b"<strong>Passport number" not in section
    assert "The 6 classes that the change moves most; the table has all 7." in section.decode()


def test_changes_approved_before_are_listed_latest_first_without_a_place(
    page: bytes,
) -> None:
    [section] = re.findall(
        rb'<section aria-labelledby="breadth">.*?</section>', page, re.DOTALL
    )
    days = re.findall(r"\d{4}-\d\d-\d\d", section.decode())
    assert days == ["2023-06-19", "2021-02-01"]
    assert "where the estate stood then is not known" in section.decode()


def test_a_path_is_never_on_the_page_without_a_cut(fiction: ModuleType) -> None:
    review = fiction.document() | {"cuts": []}
    picture = scene.build(fiction.before(), fiction.after(), review)
    text = parsed(html.render(review, picture)).text
    assert "follow the administration link" not in text
    assert "withheld" in text


@pytest.mark.parametrize("word", CHIPS)
def test_each_verdict_has_its_word_its_shape_and_its_disclaimer(
    word: str, fiction: ModuleType
) -> None:
    review = fiction.document()
    review["verdict"] = {"word": word}
    tags = parsed(html.render(review))
    assert word in tags.text
    assert "lawful, necessary" in tags.text
    assert any((d.get("class") or "").startswith("chip chip-") for d in tags.named("div"))


def test_absolute_probabilities_are_folded_away(page: bytes) -> None:
    folded = re.findall(rb"<details>.*?</details>", page, re.DOTALL)
    rest = page
    for part in folded:
        rest = rest.replace(part, b"")
    level = "34\u00a0% (21–52\u00a0%)".encode()
    assert level not in rest
    assert any(level in part for part in folded)


def test_a_document_with_nothing_in_it_is_still_a_page() -> None:
    tags = parsed(
        html.render(
            {
                "schema": "counterseal-review/1",
                "change": {"id": "x"},
                "verdict": {"word": "not evaluable"},
            }
        )
    )
    assert "No picture" in tags.text
    assert len(tags.named("section")) == len(CONTENTS)


def test_the_same_inputs_give_the_same_bytes(page: bytes, fiction: ModuleType) -> None:
    review = fiction.document()
    again = html.render(review, scene.build(fiction.before(), fiction.after(), review))
    assert again == page
