"""Whether what elements refer to is there, and is of the kind the reference is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.documents.wording import did_you_mean, listed, quotable
from counterseal.errors import Fault
from counterseal.estate.records import Feed, Holding
from counterseal.estate.written.references import references
from counterseal.estate.written.rows import NOUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import TypeAlias

    from counterseal.documents.tree import Path
    from counterseal.errors import Place
    from counterseal.estate.records import Element
    from counterseal.estate.written.references import Reference

    Placer: TypeAlias = Callable[[str, Path], Place | None]

__all__ = ["check_attributes", "check_references"]

_MOST_COMPARED = 100_000  # words compared for suggestions in one load; about a second


def check_references(
    elements: Mapping[str, Element], *, declared: Mapping[str, str], place: Placer
) -> Iterator[Fault]:
    """Yield a fault for each reference to nothing (CS122) or to the wrong kind (CS123).

    Args:
        elements: Valid elements by id.
        declared: The kind of every id that is written anywhere, valid or not.
        place: Gives the place of a value by element id and path below the element.
    """
    compared = 0
    for element in elements.values():
        for reference in references(element):
            kind = declared.get(reference.target)
            if kind is None:
                known = [i for i in declared if _may_be(declared[i], reference)]
                compared += len(known)
                hint = _advice(reference, known if compared <= _MOST_COMPARED else [])
                message = (
                    f"{_field(reference)}: nothing has the id {quotable(reference.target)}"
                )
                at = place(element.id, reference.path)
                yield Fault(code="CS122", message=message, place=at, hint=hint)
            elif not _may_be(kind, reference):
                expected = listed(NOUNS[option] for option in reference.kinds)
                message = (
                    f"{_field(reference)}: expected {expected}; "
                    f"{quotable(reference.target)} is {NOUNS[kind]}"
                )
                at = place(element.id, reference.path)
                hint = f"Name {expected}."
                yield Fault(code="CS123", message=message, place=at, hint=hint)


def check_attributes(
    elements: Mapping[str, Element], *, attributes: Collection[str], place: Placer
) -> Iterator[Fault]:
    """Yield a fault for each attribute class that the catalog does not have (CS124)."""
    for element in elements.values():
        if not isinstance(element, Holding | Feed):
            continue
        for index, attribute in enumerate(element.attributes):
            if attribute in attributes:
                continue
            yield Fault(
                code="CS124",
                message=f"attributes: the catalog has no attribute class {quotable(attribute)}",
                place=place(element.id, ("attributes", index)),
                hint=did_you_mean(attribute, attributes) or "Add it to the catalog first.",
            )


def _may_be(kind: str, reference: Reference) -> bool:
    return not reference.kinds or kind in reference.kinds


def _field(reference: Reference) -> str:
    return str([step for step in reference.path if isinstance(step, str)][-1])


def _advice(reference: Reference, known: list[str]) -> str:
    if hint := did_you_mean(reference.target, known):
        return hint
    nouns = listed(NOUNS[kind] for kind in reference.kinds) or "an element"
    return f"Add {nouns} with this id, or name one that exists."
