"""From what the rules say to one verdict word, with the rules that decided it.

The strongest effect decides, in the order *not evaluable*, *refuse*, *redesign*, *conditions*,
*no objection*. A rule without an answer makes the change not evaluable: what cannot be judged
has not passed. There is no score to trade one rule against another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from counterseal.policy.card import Effect

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from counterseal.policy.card import Card
    from counterseal.policy.evaluate import Firing, Outcome, RuleError

__all__ = ["DISCLAIMER", "Verdict", "Waiver", "Word", "decide"]

DISCLAIMER: Final = (
    "This verdict speaks about counterintelligence exposure only. No objection does not mean"
    " that the change is lawful, necessary or ethical."
)


class Word(StrEnum):
    """The five verdicts, strongest first."""

    NOT_EVALUABLE = "not evaluable"
    REFUSE = "refuse"
    REDESIGN = "redesign"
    CONDITIONS = "conditions"
    NO_OBJECTION = "no objection"


_WORDS: Final[Mapping[Effect, Word]] = {
    Effect.NOT_EVALUABLE: Word.NOT_EVALUABLE,
    Effect.REFUSE: Word.REFUSE,
    Effect.REDESIGN: Word.REDESIGN,
    Effect.CONDITION: Word.CONDITIONS,
    Effect.INFORM: Word.NO_OBJECTION,
}
_ORDER: Final = tuple(Word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An accountable person's decision to let one rule rest until a date.

    Attributes:
        rule: Id of the card.
        granted: First day on which it holds.
        expires: Last day on which it holds.
        by: Role of the person who granted it.
        reason: Why.
    """

    rule: str
    granted: dt.date
    expires: dt.date
    by: str
    reason: str

    def covers(self, card: Card, on: dt.date) -> bool:
        """Whether it lets ``card`` rest on the day ``on``, as far as the card allows."""
        most = card.waiver.max_days
        return (
            self.rule == card.id
            and card.waiver.allowed
            and most is not None
            and 0 <= (self.expires - self.granted).days <= most
            and self.granted <= on <= self.expires
            and bool(self.by.strip() and self.reason.strip())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A verdict word and what decided it.

    Attributes:
        word: The verdict.
        decisive: Rules whose effect is the verdict's; empty for *no objection*.
        others: Rules that fired with a weaker effect, strongest first, then by id.
        errors: Rules without an answer; any makes the word *not evaluable*.
        waived: Rules that fired and rest under a waiver.
        rules_digest: Digest of the rule set.
    """

    word: Word
    decisive: tuple[Firing, ...]
    others: tuple[Firing, ...]
    errors: tuple[RuleError, ...]
    waived: tuple[Firing, ...]
    rules_digest: str


def decide(
    outcome: Outcome, *, waivers: Sequence[Waiver] = (), on: dt.date | None = None
) -> Verdict:
    """Return the verdict that ``outcome`` calls for.

    Args:
        outcome: What the rules say.
        waivers: Waivers on record; one outside its dates or its card's terms has no effect.
        on: The day of the verdict; without it no waiver holds.
    """
    rests = [_is_waived(firing, waivers, on) for firing in outcome.firings]
    waived = tuple(f for f, resting in zip(outcome.firings, rests, strict=True) if resting)
    standing = tuple(
        f for f, resting in zip(outcome.firings, rests, strict=True) if not resting
    )
    words = {_WORDS[firing.card.effect] for firing in standing}
    if outcome.errors:
        words.add(Word.NOT_EVALUABLE)
    word = min(words, key=_ORDER.index, default=Word.NO_OBJECTION)
    decides = word is not Word.NO_OBJECTION
    ranked = sorted(standing, key=lambda f: (_ORDER.index(_WORDS[f.card.effect]), f.card.id))
    return Verdict(
        word=word,
        decisive=tuple(f for f in ranked if decides and _WORDS[f.card.effect] is word),
        others=tuple(f for f in ranked if not decides or _WORDS[f.card.effect] is not word),
        errors=outcome.errors,
        waived=waived,
        rules_digest=outcome.rules_digest,
    )


def _is_waived(firing: Firing, waivers: Sequence[Waiver], on: dt.date | None) -> bool:
    return on is not None and any(waiver.covers(firing.card, on) for waiver in waivers)
