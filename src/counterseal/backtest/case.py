"""A breach case: what could be known before, and, kept apart, what happened.

A case is two files of the same name, ``pre/NAME.yaml`` and ``truth/NAME.yaml``. Whatever ranks
takes a ``Before``; only scoring takes a ``Truth``. Parts may be missing or blank and keys that
are not listed here are passed over, because cases are encoded by hand from public documents.
What is needed to place an element must be there and fit together; every other value is a word
of the encoder, and one that says nothing to this program is unknown, never a fault.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from counterseal.documents import persondata, tree
from counterseal.documents.record import Record
from counterseal.documents.validation import validate
from counterseal.errors import Fault, InvalidDocumentError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from counterseal.documents.tree import Document, Path

__all__ = [
    "Before",
    "Case",
    "CaseControl",
    "CaseHolding",
    "CaseOrganization",
    "CaseSystem",
    "CaseTrust",
    "Truth",
    "TruthStep",
    "kebab_id",
    "parse",
]


def _listed(value: object) -> object:
    """Return one text as a list of it: an encoder may leave the brackets out."""
    return (value,) if isinstance(value, str) else value


def _words(value: object) -> object:
    """Return a list as text: an encoder may write ``[e1, e2]`` for ``e1, e2``."""
    if isinstance(value, list | tuple) and all(isinstance(row, str) for row in value):
        return ", ".join(value)
    return value


def _table(value: object) -> object:
    """Return a mapping; anything else says nothing."""
    return value if isinstance(value, Mapping) else {}


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Table = Annotated[Mapping[str, object], BeforeValidator(_table)]


class _Part(Record):
    """A record of a case: keys as the field names; other keys and blanks are passed over."""

    model_config = ConfigDict(
        extra="ignore", alias_generator=lambda name: name.removesuffix("_")
    )

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if value is not None}


class CaseOrganization(_Part):
    """An organization of a case; ``kind`` is a word of the encoder."""

    id: str
    kind: str = ""


class CaseSystem(_Part):
    """A system; ``internet_facing`` is true or false, or else unknown."""

    id: str
    owner: str
    zone: str = ""
    kind: str = ""
    internet_facing: object = None


class CaseHolding(_Part):
    """Data on a system, in the encoder's words; ``count`` is people or records if a number."""

    id: str
    system: str
    categories: Texts = ()
    count: object = None


class CaseTrust(_Part):
    """A trust edge between systems or organizations."""

    id: str
    from_: str
    to: str
    kind: str = ""
    auth: object = None


class CaseControl(_Part):
    """A control and its state, in the encoder's words, and when its state became known."""

    control: str
    applies_to: str = ""
    state: str = "unknown"
    known_when: str = "after"


class Before(_Part):
    """What a method may see."""

    case_id: str
    orgs: tuple[CaseOrganization, ...] = Field(min_length=1)
    systems: tuple[CaseSystem, ...] = Field(min_length=1)
    holdings: tuple[CaseHolding, ...] = ()
    trust: tuple[CaseTrust, ...] = ()
    controls: tuple[CaseControl, ...] = ()


class TruthStep(_Part):
    """One step of what happened; ``edge`` names trust edges, separated by commas, or none."""

    from_: str = ""
    to: str = ""
    date: object = None
    edge: Annotated[str, BeforeValidator(_words)] = ""

    @property
    def edges(self) -> tuple[str, ...]:
        """The trust edges named, in the order written."""
        return tuple(part.strip() for part in self.edge.split(",") if part.strip())


class Truth(_Part):
    """What happened; ``objective`` is the id of a system, or only a label."""

    case_id: str
    objective: str = ""
    objective_holdings: Texts = ()
    path: tuple[TruthStep, ...] = ()
    dates: Table = Field(default_factory=dict)
    durations_days: Table = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Both halves of a case.

    Attributes:
        before: What a method may see.
        truth: For scoring alone.
    """

    before: Before
    truth: Truth

    @property
    def id(self) -> str:
        """Its id."""
        return self.before.case_id


P = TypeVar("P", Before, Truth)

_LONGEST_ID = 56
"""Of an id made from one of a case, so that with what is put around it it fits an estate."""


def parse(pre: Mapping[str, bytes], truth: Mapping[str, bytes]) -> tuple[Case, ...]:
    """Return the cases in order of id.

    Args:
        pre: Content of the files of ``pre/`` by path.
        truth: Content of the files of ``truth/`` by path; matched by file name.

    Raises:
        InvalidDocumentError: Every fault of every file, or there is no case at all.
    """
    faults: list[Fault] = []
    befores, truths = _read(pre, Before, faults), _read(truth, Truth, faults)
    faults += _unpaired(pre, truth)
    for name, (document, before) in befores.items():
        faults += _misfits(document, before)
        if name in truths:
            faults += _apart(truths[name], before)
    faults += _repeated(befores.values())
    if faults:
        raise InvalidDocumentError("the cases are not valid", faults=_ordered(faults))
    cases = [Case(before=befores[name][1], truth=truths[name][1]) for name in befores]
    return tuple(sorted(cases, key=lambda case: case.id))


def kebab_id(text: str) -> str:
    """Return an id of a case as lower-case words joined by single hyphens.

    What is long, or has no such word, ends in a digest, so that it stays apart from others.
    """
    words = "-".join(re.findall(r"[a-z0-9]+", text.lower()))
    if 0 < len(words) <= _LONGEST_ID:
        return words
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return "-".join(filter(None, (words[: _LONGEST_ID - 16].strip("-"), mark)))


def _read(
    files: Mapping[str, bytes], model: type[P], faults: list[Fault]
) -> dict[str, tuple[Document, P]]:
    """Return what can be read by file name; what cannot adds to ``faults``."""
    found: dict[str, tuple[Document, P]] = {}
    for path, data in sorted(files.items()):
        try:
            document = tree.parse(data, file=path)
            people = persondata.faults(document)
            if people:
                faults += people
                continue
            found[PurePosixPath(path).name] = (
                document,
                validate(model, document.value, document=document),
            )
        except InvalidDocumentError as error:
            faults += error.faults
    return found


def _unpaired(pre: Mapping[str, bytes], truth: Mapping[str, bytes]) -> Iterator[Fault]:
    """Yield a fault for each half whose other half is not there, or for no case at all."""
    if not pre and not truth:
        place = Place(file="pre", line=1, column=1)
        yield _fault("CS120", "there is no case", place, "Add pre/ and truth/ files.")
    for here, there, missing in ((pre, truth, "truth"), (truth, pre, "pre")):
        names = {PurePosixPath(path).name for path in there}
        for path in sorted(here):
            name = PurePosixPath(path).name
            if name not in names:
                place = Place(file=path, line=1, column=1)
                message = f"this half of a case has no file of the same name in {missing}/"
                hint = f"Add {missing}/{name}, or take this file away."
                yield _fault("CS122", message, place, hint)


def _repeated(befores: Iterable[tuple[Document, Before]]) -> Iterator[Fault]:
    """Yield a fault for each case whose id another case has."""
    seen: dict[str, Place] = {}
    for document, before in befores:
        place = document.place(("case_id",))
        if before.case_id in seen:
            message = f"another case has this id, at {seen[before.case_id]}"
            yield _fault("CS121", message, place, "Rename one of the two.")
        seen.setdefault(before.case_id, place)


def _misfits(document: Document, before: Before) -> Iterator[Fault]:
    """Yield what does not fit together within a case."""
    seen: dict[str, Path] = {}
    for path, name in _named(before):
        known = seen.setdefault(kebab_id(name), path)
        if known != path:
            message = f"an id is given twice; the other is at {document.place(known)}"
            yield _fault("CS121", message, document.place(path), "Rename one of the two.")
    organizations = {row.id for row in before.orgs}
    systems = {row.id for row in before.systems}
    ends = organizations | systems
    for path, name, known_ids, what in (
        *_of_rows(before, organizations, systems),
        *(
            (("trust", n, key), end, ends, "organization or system")
            for n, row in enumerate(before.trust)
            for key, end in (("from", row.from_), ("to", row.to))
        ),
    ):
        if name not in known_ids:
            message = f"no {what} of the case has this id"
            yield _fault("CS122", message, document.place(path), "Correct the id, or add it.")


def _of_rows(
    before: Before, organizations: set[str], systems: set[str]
) -> Iterator[tuple[Path, str, set[str], str]]:
    for n, system in enumerate(before.systems):
        yield ("systems", n, "owner"), system.owner, organizations, "organization"
    for n, holding in enumerate(before.holdings):
        yield ("holdings", n, "system"), holding.system, systems, "system"


def _named(before: Before) -> Iterator[tuple[Path, str]]:
    for key in ("orgs", "systems", "holdings", "trust"):
        for n, row in enumerate(getattr(before, key)):
            yield (key, n, "id"), row.id


def _apart(truth: tuple[Document, Truth], before: Before) -> Iterator[Fault]:
    document, told = truth
    if told.case_id != before.case_id:
        message = "the two halves of the case have different ids"
        place = document.place(("case_id",))
        yield _fault("CS122", message, place, "Give both halves the same case_id.")


def _fault(code: str, message: str, place: Place, hint: str) -> Fault:
    return Fault(code=code, message=message, place=place, hint=hint)


def _ordered(faults: list[Fault]) -> tuple[Fault, ...]:
    nowhere = Place(file="", line=1, column=1)
    return tuple(sorted(faults, key=lambda fault: (fault.place or nowhere, fault.code)))
