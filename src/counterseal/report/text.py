"""The review as plain text, in the order that people and scripts rely on.

Nine numbered parts; the tenth, the exit line, is printed by the command line. The headline is
always a comparison. Levels (absolute probabilities) are words unless they are asked for.
"""

# ruff: noqa: RUF001 - typographic signs are what readers see here

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.report import wording
from counterseal.report.document import as_document
from counterseal.report.lines import Page, to_ascii

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.canon import Json
    from counterseal.report.document import ReviewDocument
    from counterseal.report.sections import (
        ConditionLine,
        Difference,
        Estimate,
        HeadlineLine,
        Hop,
        MeasureLine,
    )

__all__ = [
    "DISCLAIMER",
    "Options",
    "disclaimer",
    "measure_cells",
    "ranked_measures",
    "render",
    "summary",
]

DISCLAIMER = (
    "No verdict means that a change is lawful, necessary or right: it speaks only of "
    "counterintelligence exposure."
)
"""Printed with every verdict whose document does not say as much (requirement N8)."""

_SIGNS = {"add": "+", "remove": "−", "set": "~"}
_OP_WORDS = {"add": "added", "remove": "removed", "set": "changed"}
_VERDICT_STYLE = {
    "no objection": "good",
    "conditions": "warn",
    "redesign": "bad",
    "refuse": "bad",
    "not evaluable": "quiet",
}
_SHOWN = 12
_COMPARED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to write the text report.

    Attributes:
        width: Columns to wrap to.
        colour: ANSI colour.
        ascii_only: Only ASCII characters.
        full: Every difference, comparison and alternative, not only the first few.
        levels: Absolute probabilities as numbers, not as words.
    """

    width: int = 100
    colour: bool = False
    ascii_only: bool = False
    full: bool = False
    levels: bool = False


def render(
    document: ReviewDocument | Mapping[str, Json], options: Options | None = None
) -> str:
    """Return the text report of a review, ending with a newline."""
    chosen = options or Options()
    review = as_document(document)
    page = Page(width=chosen.width, colour=chosen.colour)
    parts = (
        _title(review, page),
        _changes(review, page, chosen),
        _measures(review, page, chosen),
        _verdict(review, page, chosen),
        _conditions(review, page, chosen),
        _path(review, page),
        _flip(review, page, chosen),
        _evidence(review, page),
        _alternatives(review, page, chosen),
        _limits(review, page),
    )
    text = "\n".join(line.rstrip() for part in parts for line in part) + "\n"
    text = text.replace("\u00a0", " ")
    return to_ascii(text) if chosen.ascii_only else text


def summary(document: ReviewDocument | Mapping[str, Json]) -> str:
    """Return one line: shape, verdict and headline comparison."""
    review = as_document(document)
    word = review.verdict.word
    worst = review.worst_headline
    said = wording.headline_sentence(worst) if worst else "nothing compared"
    return f"{wording.SHAPES[word]} {word}: {said}"


def measure_cells(line: MeasureLine, *, levels: bool) -> tuple[str, str, str, str, str, str]:
    """Return name, before, after, change, limit and crossed of a measure, as words.

    A level that is a probability is a word of likelihood unless ``levels`` asks for the number.
    """
    unit = line.unit
    share = unit in {"probability", "share"}
    name = line.name or line.id
    if line.limit is None:
        crossed = "NEW" if line.crossed else "no limit"
    else:
        crossed = "CROSSED" if line.crossed else "not crossed"
    return (
        name if share or not unit or unit in name else f"{name} ({unit})",
        _level(line.before, unit, hidden=unit == "probability" and not levels),
        _level(line.after, unit, hidden=unit == "probability" and not levels),
        wording.estimate(line.change, unit=unit, difference=True),
        wording.limit(line.limit, unit=unit),
        crossed,
    )


def ranked_measures(review: ReviewDocument) -> tuple[MeasureLine, ...]:
    """Return the measures with those of the worst comparisons first, others as they stand."""
    ordered = sorted(review.headline, key=lambda line: -(line.p_worse or 0.0))
    rank = {f"{h.adversary}:{h.family}:{h.use}": i for i, h in enumerate(ordered)}
    return tuple(sorted(review.measures, key=lambda line: rank.get(line.id, -1)))


def disclaimer(review: ReviewDocument) -> str:
    """Return what a verdict never means: in the document's words when they say all of it."""
    said = review.verdict.disclaimer
    complete = "lawful" in said and "necessary" in said
    return said if complete else f"{said} {DISCLAIMER}".strip()


def _level(value: Estimate | None, unit: str, *, hidden: bool) -> str:
    if hidden and value is not None and value.median is not None:
        return wording.likelihood_word(value.median)
    return wording.estimate(value, unit=unit)


def _title(review: ReviewDocument, page: Page) -> list[str]:
    change = review.change
    lines = page.wrapped(change.title or change.id, first="Review: ")
    facts = [change.id, change.kind, change.stage and f"stage {change.stage}", change.sponsor]
    lines += page.wrapped(" · ".join(fact for fact in facts if fact), first="  ")
    return [page.ink(lines[0], "strong"), *lines[1:]]


def _changes(review: ReviewDocument, page: Page, options: Options) -> list[str]:
    differences = review.change.differences
    lines = page.heading(1, "What changes")
    shown = differences if options.full else differences[:_SHOWN]
    for difference in shown:
        lines += page.wrapped(_difference(difference), first="  ", rest="      ")
    lines += _more(len(differences) - len(shown))
    if not differences:
        lines.append("  Nothing in the estate changes.")
    counts = ", ".join(
        f"{n:,} {wording.kind_word(kind, n)}"
        for kind, n in review.change.unchanged.items()
        if n
    )
    if counts:
        lines += page.wrapped(f"Unchanged and not shown: {counts}.", first="  ")
    return lines


def _difference(difference: Difference) -> str:
    what = f"{_SIGNS[difference.op]} {_OP_WORDS[difference.op]} "
    what += f"{wording.kind_word(difference.kind)} "
    what += difference.element
    if difference.name and difference.name != difference.element:
        what += f" “{difference.name}”"
    if difference.field:
        what += f": {difference.field} {difference.before or 'unset'} → "
        what += difference.after or "unset"
    return what + (f"  [{difference.source}]" if difference.source else "")


def _measures(review: ReviewDocument, page: Page, options: Options) -> list[str]:
    lines = page.heading(2, "What it does: after compared with before")
    ordered = sorted(review.headline, key=lambda line: -(line.p_worse or 0.0))
    shown = ordered if options.full else ordered[:_COMPARED]
    for line in shown:
        lines += page.wrapped(_headline(line), first="  ", rest="      ")
    lines += _more(len(ordered) - len(shown))
    if not ordered:
        lines.append("  Nothing was compared.")
    if review.measures:
        head = ("measure", "before", "after", "change", "limit", "crossed")
        ranked = ranked_measures(review)
        shown_rows = ranked if options.full else ranked[:_COMPARED]
        rows = [measure_cells(line, levels=options.levels) for line in shown_rows]
        lines += ["", "  Medians, with 90 % ranges in brackets:"]
        lines += page.table(head, rows)
        lines += _more(len(ranked) - len(rows))
    possible = review.became_possible if options.full else review.became_possible[:_SHOWN]
    for newly in possible:
        who = newly.people and wording.people(newly.people.low, newly.people.high)
        said = f"Became possible: {newly.statement}" + (f" ({who})" if who else "")
        lines += page.wrapped(said, first="  ! ")
    return lines + _more(len(review.became_possible) - len(possible), "became possible")


def _more(count: int, what: str = "") -> list[str]:
    """Return the line that says how many more there are, if there are any."""
    said = f"{count:,} more {what}".rstrip()
    return [f"  … and {said} (--full shows all)"] if count > 0 else []


def _named(elements: Sequence[str], options: Options) -> str:
    """Return ids of elements: the first few and a count, or all of them."""
    shown = elements if options.full else elements[:_SHOWN]
    more = len(elements) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def _headline(line: HeadlineLine) -> str:
    text = wording.headline_sentence(line)
    if line.p_worse is None:
        return text
    word = wording.likelihood_word(line.p_worse)
    better = f"; better in {wording.percent(line.p_better)}" if line.p_better else ""
    size = f"; exposure {wording.ratio(line.ratio)}" if line.ratio else ""
    size += "; was not possible before" if line.newly_possible else ""
    return f"{text} [{word}]{better}{size}"


def _verdict(review: ReviewDocument, page: Page, options: Options) -> list[str]:
    word = review.verdict.word
    lines = page.heading(3, "Verdict")
    chip = f"{wording.SHAPES[word]} {word.upper()}"
    lines.append("  " + page.ink(chip, _VERDICT_STYLE[word]))
    for note in review.precedence:
        lines += page.wrapped(f"Precedence: {note.statement}", first="  ! ")
    for rule in review.verdict.rules:
        said = f"{rule.rule} ({rule.effect}): {rule.statement}"
        about = f" About: {_named(rule.elements, options)}." if rule.elements else ""
        source = f" Authority: {rule.authority.rstrip('.')}." if rule.authority else ""
        lines += page.wrapped(said + about + source, first="  - ")
    return lines + page.wrapped(disclaimer(review), first="  ")


def _conditions(review: ReviewDocument, page: Page, options: Options) -> list[str]:
    lines = page.heading(4, "Smallest set of conditions found that changes the verdict")
    chosen = review.chosen_conditions
    shown = chosen if options.full else chosen[:_SHOWN]
    for line in shown:
        lines += page.wrapped(_condition(line, options), first="  - ")
    lines += _more(len(chosen) - len(shown), "in the set")
    others = len(review.conditions) - len(chosen)
    if not chosen:
        tried = f" of the {others} tried" if others else ""
        lines.append(f"  None{tried}.")
    elif others:
        lines.append(f"  {wording.plural(others, 'other')} tried on the same draws.")
    return lines


def _condition(line: ConditionLine, options: Options) -> str:
    duties = [
        f"owner {line.owner or 'to be named'}",
        f"expires {line.expires or 'to be set'}",
        f"re-test {line.retest or 'to be set'}",
    ]
    if line.p_worse_after is not None:
        duties.append(f"then worse in {wording.percent(line.p_worse_after)} of draws")
    about = f" [{_named(line.elements, options)}]" if line.elements else ""
    return f"{line.statement}{about} ({'; '.join(duties)})"


def _path(review: ReviewDocument, page: Page) -> list[str]:
    lines = page.heading(5, "Worst path, and what cuts it")
    if not review.worst_path:
        return [*lines, "  No path was found within the horizon."]
    if not review.cuts:
        text = "A path was found and is withheld: no cut goes with it, and a path is never "
        return [*lines, *page.wrapped(text + "shown without one.", first="  ")]
    for index, hop in enumerate(review.worst_path, start=1):
        lines += page.wrapped(_hop(hop), first=f"  {index:>2} ")
    for cut in review.cuts:
        effect = ""
        if cut.p_worse_after is not None:
            effect = f" - then worse in {wording.percent(cut.p_worse_after)} of draws"
        where = f" [{cut.element}]" if cut.element else ""
        lines += page.wrapped(f"{cut.statement}{where}{effect}", first="  cut: ")
    return lines


def _hop(hop: Hop) -> str:
    name = hop.name or hop.element
    text = f"{name}: {hop.done}"
    details = [hop.technique, hop.owner and f"owner {hop.owner}"]
    if hop.median_days is not None:
        details.append(f"median day {wording.number(hop.median_days)}")
    known = ", ".join(detail for detail in details if detail)
    return text + (f" ({known})" if known else "") + (f"  {hop.source}" if hop.source else "")


def _flip(review: ReviewDocument, page: Page, options: Options) -> list[str]:
    flip = review.flip
    lines = page.heading(6, "Flip distance")
    if flip.distance is None:
        lines.append("  No set of facts was found whose falsity changes the verdict.")
    else:
        text = f"{wording.plural(flip.distance, 'fact')}, if false, would change the verdict."
        if flip.distance == 1:
            text += " Each fact below must be verified independently before signing."
        lines += page.wrapped(text, first="  ")
    facts = flip.facts if options.full else flip.facts[:_SHOWN]
    for fact in facts:
        said = f"{fact.label or fact.parameter}: {fact.value or 'unknown'}"
        said += f"; at {fact.flips_at} the verdict is {fact.verdict}" if fact.flips_at else ""
        said += f"  {fact.source}" if fact.source else ""
        lines += page.wrapped(said, first="  - ")
    lines += _more(len(flip.facts) - len(facts), "facts")
    return lines + (page.wrapped(f"Method: {flip.method}", first="  ") if flip.method else [])


def _evidence(review: ReviewDocument, page: Page) -> list[str]:
    evidence = review.evidence
    lines = page.heading(7, "Evidence: share of the variance of the result by grade")
    if not evidence.shares:
        return [*lines, "  Not computed."]
    shares = [f"{grade} {wording.percent(share)}" for grade, share in evidence.shares.items()]
    lines += page.wrapped(", ".join(shares) + ".", first="  ")
    if evidence.assumption_dominated:
        text = "ASSUMPTION-DOMINATED: most of the variance comes from assumed inputs."
        lines.append("  " + page.ink(text, "warn"))
    method = evidence.method
    return lines + (page.wrapped(f"Method: {method}", first="  ") if method else [])


def _alternatives(review: ReviewDocument, page: Page, options: Options) -> list[str]:
    lines = page.heading(8, "Alternatives on the same draws")
    shown = review.alternatives if options.full else review.alternatives[:_SHOWN]
    if not shown:
        return [*lines, "  None was given."]
    head = ("alternative", "worse than before", "exposure", "note")
    rows = []
    for line in shown:
        worse = wording.percent(line.p_worse)
        worse += f" ({wording.interval(line.interval)})" if line.interval else ""
        size = wording.ratio(line.ratio) if line.ratio else ""
        rows.append((line.title or line.id, worse, size, line.note))
    lines += page.table(head, rows)
    return lines + _more(len(review.alternatives) - len(shown))


def _limits(review: ReviewDocument, page: Page) -> list[str]:
    lines = page.heading(9, "What this does not show")
    for limit in review.limits:
        lines += page.wrapped(limit, first="  - ")
    if not review.limits:
        lines += page.wrapped("The review states no limits of its own.", first="  ")
    for key, value in review.digests.rows():
        lines += page.wrapped(value, first=f"  {key.replace('_', ' ')}: ")
    return lines
