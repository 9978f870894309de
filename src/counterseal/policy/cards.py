"""A rule set: cards read from files, checked, compiled and named by one digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from counterseal.canon import digest
from counterseal.documents import persondata, tree
from counterseal.documents.record import Record
from counterseal.documents.validation import validate
from counterseal.errors import Fault, InvalidDocumentError, PolicyError
from counterseal.policy.assessment import FIELDS, check, declarations, overridden
from counterseal.policy.card import Card
from counterseal.policy.cel import CelEvaluator
from counterseal.policy.evaluator import ConditionError
from counterseal.policy.fields import Kind
from counterseal.policy.reference import ReferenceEvaluator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from counterseal.documents.tree import Document
    from counterseal.policy.card import WaiverRule
    from counterseal.policy.evaluator import Condition, Evaluator

__all__ = ["RuleSet", "overlay", "parse"]

LIMITS: Final = tree.Limits(size_bytes=1024 * 1024, depth=12, nodes=50_000)
EVALUATORS: Final[tuple[Evaluator, ...]] = (ReferenceEvaluator(), CelEvaluator())
"""Both must answer, and alike; the reference comes first because it words faults better."""


class _RuleFile(Record):
    rules: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Rule cards, ready to be evaluated.

    Attributes:
        cards: By id, in order of id.
        conditions: The compiled condition of each card, once per evaluator.
        digest: ``sha256:`` digest of the cards, whatever files they came from.
    """

    cards: Mapping[str, Card]
    conditions: Mapping[str, tuple[Condition, ...]] = field(repr=False, compare=False)
    digest: str

    def card(self, rule: str) -> Card:
        """Return one card.

        Raises:
            PolicyError: There is none of that id.
        """
        if rule in self.cards:
            return self.cards[rule]
        close = get_close_matches(rule, self.cards, n=1)
        hint = (
            f"did you mean {close[0]!r}?" if close else "the rules are listed in docs/policy.md"
        )
        raise PolicyError(f"there is no rule {rule!r}", hint=hint)


def parse(files: Mapping[str, bytes]) -> RuleSet:
    """Read rule cards.

    Args:
        files: Content by file name; each holds ``rules: [card, ...]``.

    Raises:
        InvalidDocumentError: Some file or card is not valid, a condition does not compile, an
            id is used twice, or there is no card at all. All faults at once.
    """
    return _rule_set(_read(files))


def overlay(base: Mapping[str, bytes], user: Mapping[str, bytes]) -> RuleSet:
    """Read ``base`` and ``user``; a card of ``user`` replaces the card of ``base`` of its id.

    Raises:
        InvalidDocumentError: As for ``parse``.
    """
    return _rule_set(_read(base) | (_read(user) if user else {}))


def _rule_set(cards: Mapping[str, Card]) -> RuleSet:
    ordered = {rule: cards[rule] for rule in sorted(cards)}
    return RuleSet(
        cards=ordered,
        conditions={rule: _compiled(card) for rule, card in ordered.items()},
        digest=digest(
            [card.model_dump(mode="json", by_alias=True) for card in ordered.values()]
        ),
    )


def _compiled(card: Card) -> tuple[Condition, ...]:
    variables = declarations() | {f"limit.{name}": Kind.NUMBER for name in card.limits}
    return tuple(evaluator.compile(card.when, variables) for evaluator in EVALUATORS)


def _read(files: Mapping[str, bytes]) -> dict[str, Card]:
    """Return the cards of ``files`` by id, or raise every fault of all of them."""
    cards: dict[str, Card] = {}
    faults: list[Fault] = []
    for name in sorted(files):
        try:
            document = tree.parse(files[name], file=name, limits=LIMITS)
            faults.extend(persondata.faults(document))
            found = validate(_RuleFile, document.value, document=document).rules
        except InvalidDocumentError as error:
            faults.extend(error.faults)
            continue
        for index, card in enumerate(found):
            faults.extend(_faults(card, document, index))
            if card.id in cards:
                message = f"rule {card.id!r} is defined twice"
                faults.append(_fault(document, index, "id", message, code="CS275"))
            cards[card.id] = card
    if not cards and not faults:
        faults.append(Fault(code="CS276", message="there are no rule cards"))
    if faults:
        raise InvalidDocumentError("the rule cards are not valid", faults=tuple(faults))
    return cards


def _faults(card: Card, document: Document, index: int) -> Iterable[Fault]:
    """Find what is wrong with a card beyond its shape."""
    try:
        _compiled(card)
    except ConditionError as error:
        at = f" (character {error.offset + 1})" if error.offset is not None else ""
        message = f"the condition of {card.id!r} does not compile: {error.message}{at}"
        yield _fault(document, index, "when", message, hint=_hint(error, card))
    if not _is_bounded(card.waiver):
        message = f"the waiver of {card.id!r} has no longest duration (max-days)"
        yield _fault(document, index, "waiver", message)
    for side in ("must-fire", "must-not-fire"):
        cases = card.cases.must_fire if side == "must-fire" else card.cases.must_not_fire
        for number, case in enumerate(cases):
            path = ("rules", index, "cases", side, number, "assessment")
            for problem in _override_problems(case.assessment):
                place = document.place(path)
                yield Fault(code="CS274", message=f"case {case.name!r}: {problem}", place=place)


def _override_problems(overrides: Mapping[str, object]) -> Iterable[str]:
    values = {key: value for key, value in overrides.items() if key in FIELDS}
    for key in overrides:
        if key not in FIELDS:
            close = get_close_matches(key, FIELDS, n=1)
            yield f"there is no field {key}" + (f"; did you mean {close[0]}?" if close else "")
    for fault in check(overridden({}, values)):  # type: ignore[arg-type] # - what check is for
        yield fault.message


def _is_bounded(waiver: WaiverRule) -> bool:
    return not waiver.allowed or waiver.max_days is not None


def _hint(error: ConditionError, card: Card) -> str:
    """Return the error's own hint, else the nearest field to the name that is unknown."""
    if error.hint:
        return error.hint
    unknown = error.message.rpartition(" ")[2].strip("'")
    names = [*declarations(), *(f"limit.{name}" for name in card.limits)]
    close = get_close_matches(unknown, names, n=1, cutoff=0.7)
    return f"did you mean {close[0]}?" if close else ""


def _fault(
    document: Document,
    index: int,
    key: str,
    message: str,
    *,
    code: str = "CS272",
    hint: str = "",
) -> Fault:
    return Fault(
        code=code, message=message, place=document.place(("rules", index, key)), hint=hint
    )
