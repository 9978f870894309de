"""The rows of the page's tables and its sentences: a review, put into words."""

# ruff: noqa: RUF001 - typographic signs are what readers see here

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from counterseal.report import wording
from counterseal.report.html.listing import MOST_NAMES, MOST_ROWS, first, names
from counterseal.report.text import measure_cells, ranked_measures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.report.document import ReviewDocument
    from counterseal.report.html.listing import Listing
    from counterseal.report.scene import Scene
    from counterseal.report.sections import ConditionLine, Difference, PeopleRange

__all__ = ["ElementRow", "people_words", "rows"]

_MOST_DIFFERENCES = 200
_MOST_SENTENCES = 60
_MOST_ELEMENTS = 800
_SIGNS = {"add": "+", "remove": "×", "set": "~"}
_WORDS = {"add": "added", "remove": "removed", "set": "changed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRow:
    """An element that the page speaks of, with the anchor that sentences link to."""

    anchor: str
    id: str
    name: str
    kind: str
    source: str


def rows(review: ReviewDocument, scene: Scene | None) -> dict[str, object]:
    """Return what the templates need beside the pictures, by the names that they use."""
    change = review.change
    elements = _elements(review, scene)
    counts = change.unchanged.items()
    return {
        "about": [
            part
            for part in (
                change.id,
                change.kind,
                change.stage and f"stage: {change.stage}",
                change.sponsor and f"sponsor: {change.sponsor}",
            )
            if part
        ],
        "signs": _SIGNS,
        "words": _WORDS,
        "unchanged": ", ".join(f"{n:,} {wording.kind_word(k, n)}" for k, n in counts if n),
        "headline": _headline(review),
        "honesty": _honesty(review),
        "most_names": MOST_NAMES,
        "differences": _differences(review),
        "possible": first(review.became_possible, _MOST_SENTENCES),
        "measures": first(
            (*measure_cells(line, levels=False), line.grade) for line in ranked_measures(review)
        ),
        "levels": first(
            measure_cells(line, levels=True)[:3]
            for line in review.measures
            if line.unit == "probability"
        ),
        "hops": first(_hops(review)),
        "cuts": first(_cuts(review)),
        "chosen": first(_condition(line, duties=True) for line in review.chosen_conditions),
        "tried": first(
            _condition(line, duties=False) for line in review.conditions if not line.chosen
        ),
        "alternatives": first(_alternatives(review)),
        "flip": _flip(review),
        "elements": first(elements, _MOST_ELEMENTS),
        "anchors": {row.id: row.anchor for row in elements[:_MOST_ELEMENTS]},
        "digests": [(key.replace("_", " "), value) for key, value in review.digests.rows()],
    }


def _differences(review: ReviewDocument) -> Listing[Difference]:
    """Return the first differences; count the others by what happens to which kind."""
    shown = first(review.change.differences, _MOST_DIFFERENCES)
    others = Counter((d.op, d.kind) for d in review.change.differences[_MOST_DIFFERENCES:])
    counted = ", ".join(
        f"{count:,} {wording.kind_word(kind, count)} {_WORDS[op]}"
        for (op, kind), count in sorted(others.items())
    )
    return replace(shown, note=counted)


def people_words(people: PeopleRange) -> str:
    """Return a range of people: ``61,000 to 120,000 people``."""
    return wording.people(people.low, people.high)


def _headline(review: ReviewDocument) -> list[str]:
    known = [line for line in review.headline if line.p_worse is not None]
    ordered = sorted(known, key=lambda line: -(line.p_worse or 0.0))
    sentences = [wording.headline_sentence(line) for line in ordered]
    return [sentence[0].upper() + sentence[1:] for sentence in sentences]


def _honesty(review: ReviewDocument) -> dict[str, str]:
    worst = review.worst_headline
    shares = review.evidence.shares.items()
    distance = review.flip.distance
    return {
        "interval": (worst and wording.interval(worst.interval)) or wording.UNSAID,
        "flip": "none found" if distance is None else wording.plural(distance, "fact"),
        "evidence": ", ".join(f"{grade} {wording.percent(share)}" for grade, share in shares)
        or "not computed",
    }


def _hops(review: ReviewDocument) -> list[tuple[str, ...]]:
    return [
        (
            str(number),
            hop.name or hop.element,
            hop.done,
            hop.technique,
            hop.owner,
            wording.number(hop.median_days) if hop.median_days is not None else "",
            hop.source,
        )
        for number, hop in enumerate(review.shown_path, start=1)
    ]


def _cuts(review: ReviewDocument) -> list[tuple[str, ...]]:
    return [
        (
            cut.statement,
            cut.element,
            cut.kind.replace("-", " "),
            wording.percent(cut.p_worse_after),
            wording.signed(cut.reduction, unit="probability").lstrip("+")
            if cut.reduction is not None
            else "",
        )
        for cut in review.cuts
    ]


def _condition(line: ConditionLine, *, duties: bool) -> tuple[str, ...]:
    after = wording.percent(line.p_worse_after)
    about = names(line.elements) or "comment"
    if not duties:
        return (line.statement, about, after)
    return (
        line.statement,
        about,
        line.owner or "to be named",
        line.expires or "to be set",
        line.retest or "to be set",
        after,
    )


def _alternatives(review: ReviewDocument) -> list[tuple[str, ...]]:
    return [
        (
            line.title or line.id,
            wording.percent(line.p_worse)
            + (f" ({wording.interval(line.interval)})" if line.interval else ""),
            wording.ratio(line.ratio) if line.ratio else "",
            line.note,
        )
        for line in review.alternatives
    ]


def _flip(review: ReviewDocument) -> dict[str, object]:
    distance = review.flip.distance
    if distance is None:
        sentence = "No set of facts was found whose falsity changes the verdict."
    else:
        sentence = f"{wording.plural(distance, 'fact')}, if false, would change the verdict."
        if distance == 1:
            sentence += " Each must be verified independently before anybody signs."
    facts = [
        (
            fact.label or fact.parameter,
            fact.element,
            fact.value or "unknown",
            fact.flips_at,
            fact.verdict,
            fact.source,
        )
        for fact in review.flip.facts
    ]
    return {"sentence": sentence, "rows": first(facts)}


def _elements(review: ReviewDocument, scene: Scene | None) -> list[ElementRow]:
    """Return every element that a sentence names, with what the scene knows of it."""
    known = {item.id: item for item in scene.items} if scene else {}
    written = {d.element: d for d in review.change.differences}
    paths = {hop.element: hop for hop in review.shown_path}
    result = []
    for index, key in enumerate(sorted({*_named(review)} - {""})):
        item, difference, hop = known.get(key), written.get(key), paths.get(key)
        name = item.name if item else hop.name if hop else ""
        kind = item.kind if item else difference.kind if difference else ""
        source = item.source if item else ""
        source = source or (hop.source if hop else "")
        source = source or (difference.source if difference else "")
        result.append(
            ElementRow(
                anchor=f"e{index}",
                id=key,
                name=name or (difference.name if difference else ""),
                kind=wording.kind_word(kind) if kind else "",
                source=source,
            )
        )
    return result


def _named(review: ReviewDocument) -> Iterator[str]:
    """Yield what the sentences and tables of the page name, as far as they go."""
    for rule in review.verdict.rules:
        yield from rule.elements[:MOST_NAMES]
    for newly in review.became_possible[:_MOST_SENTENCES]:
        yield from newly.elements[:MOST_NAMES]
    yield from (hop.element for hop in review.shown_path[:MOST_ROWS])
    yield from (cut.element for cut in review.cuts[:MOST_ROWS])
    for condition in review.conditions[:MOST_ROWS]:
        yield from condition.elements[:MOST_NAMES]
    yield from (fact.element for fact in review.flip.facts[:MOST_ROWS])
    yield from (d.element for d in review.change.differences[:_MOST_DIFFERENCES])
