"""What data about people reveals about the organization that holds it (R35).

Each inference is a conjunction, as a use is; it needs no name of anybody, so pseudonymizing
does not take it away. Every pair of an inference and an item that allows it is counted as one
disclosure of architecture knowledge, beside the knowledge that an estate declares. The
conjunctions are judgements (grade: elicited), argued from the loss of personnel files in 2015
(US House Committee on Oversight, 7 September 2016) and the fitness traces of 2018 that
outlined closed sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.consequence.taken.people import people_json
from counterseal.consequence.taken.ranges import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection

    from counterseal.canon import Json
    from counterseal.consequence.taken.people import Subjects
    from counterseal.consequence.taken.ranges import Range

__all__ = ["INFERENCES", "Inference", "Structural", "structural"]

_AFFILIATION = frozenset(
    {"employer", "occupation", "clearance-status", "background-investigation"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """Something about an organization that can be read off data about people.

    Attributes:
        id: Stable name.
        reveals: What becomes known.
        needs: Classes of each need; any one meets it.
        staff: Whether only data about people with sensitive access reveals it.
    """

    id: str
    reveals: str
    needs: tuple[frozenset[str], ...]
    staff: bool


INFERENCES = (
    Inference(
        id="units",
        reveals="who works with whom, and under whom",
        needs=(_AFFILIATION, frozenset({"associate-link", "telecom-records", "query-log"})),
        staff=True,
    ),
    Inference(
        id="sites",
        reveals="where it works, and how many come there",
        needs=(
            _AFFILIATION,
            frozenset(
                {"work-site", "home-work-anchor", "precise-location", "plate-reads"}
                | {"telecom-records"}
            ),
        ),
        staff=True,
    ),
    Inference(
        id="capability",
        reveals="what it can do, and how many can do it",
        needs=(
            frozenset({"occupation", "clearance-status", "background-investigation"}),
            frozenset({"employer", "work-site", "clearance-status", "education-record"}),
        ),
        staff=True,
    ),
    Inference(
        id="tempo",
        reveals="whom it looks for, by which means, and how fast",
        needs=(frozenset({"query-log", "case-narrative", "detention-record"}),),
        staff=False,
    ),
)
"""Every inference that is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structural:
    """One inference that an estate's data allows.

    Attributes:
        inference: Which.
        items: Items that allow it alone, sorted; none where only several together do.
        people: People whose data it is read off, all items together.
    """

    inference: Inference
    items: tuple[str, ...]
    people: Range

    @property
    def disclosures(self) -> int:
        """How many disclosures it counts as; an inference from a join counts once."""
        return max(1, len(self.items))

    def as_json(self) -> dict[str, Json]:
        """Return the row for ``counterseal consequence``."""
        return {
            "inference": self.inference.id,
            "reveals": self.inference.reveals,
            "items": list(self.items),
            "people": people_json(self.people),
            "disclosures": self.disclosures,
            "grade": "elicited",
        }


def structural(subjects: Subjects) -> tuple[Structural, ...]:
    """Return every inference that the items of an estate allow, in order of ``INFERENCES``."""
    rows = []
    for inference in INFERENCES:
        people = _people(subjects, inference, None)
        if people.high <= 0:
            continue
        alone = [
            item for item in subjects.items if _people(subjects, inference, [item]).high > 0
        ]
        rows.append(Structural(inference=inference, items=tuple(alone), people=people))
    return tuple(rows)


def _people(subjects: Subjects, inference: Inference, items: Collection[str] | None) -> Range:
    populations = subjects.staff if inference.staff else subjects.estate.populations
    total = NOTHING
    for population in sorted(populations):
        total = total.plus(subjects.meeting(inference.needs, population, items=items))
    return total
