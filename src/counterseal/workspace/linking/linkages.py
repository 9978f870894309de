"""A linkage attack on two files, or on a synthetic population; exact, or with Splink."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from counterseal.mosaic.linking import attack, population
from counterseal.mosaic.linking.attack import THRESHOLDS, Method
from counterseal.mosaic.linking.fields import parsed
from counterseal.mosaic.linking.marginals import parse
from counterseal.mosaic.linking.population import Errors
from counterseal.workspace.files import read_bytes, write_bytes
from counterseal.workspace.linking.reading import estimated, open_tables, silent, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from counterseal.canon import Json
    from counterseal.mosaic.linking.attack import LinkageAttack, LinkedAt
    from counterseal.mosaic.linking.fields import Field
    from counterseal.mosaic.linking.marginals import Marginals
    from counterseal.mosaic.linking.population import Table
    from counterseal.workspace.linking.reading import Reading

    Advance = Callable[[int, int], None]

__all__ = ["SYNTHETIC_FIELDS", "Invention", "LinkRequest", "invented", "linked", "marginals"]

SYNTHETIC_FIELDS: Final = parsed(
    ["given:name", "family:name", "born:date", "sex", "area", "address"]
)
"""What files about a synthetic population are linked on."""

_PACKAGED: Final = "united-states.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest:
    """How two tables are attacked.

    Attributes:
        fields: What they are linked on.
        method: How candidates are found.
        record: Column with the number of a record, in both.
        person: Column with the truth, in both, or ``None``.
        threshold: The adversary's own: links less probable by its model are not kept.
        seed: What the draws of training hang on.
    """

    fields: tuple[Field, ...]
    method: Method
    record: str
    person: str | None
    threshold: float = 0.95
    seed: int = 0

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Every probability at which links are counted, rising."""
        return tuple(sorted({*THRESHOLDS, self.threshold}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Invention:
    """A synthetic population and two files about it.

    Attributes:
        people: How many there are.
        coverage: Share of them in the first and in the second file.
        errors: How often each file is wrong.
        marginals: File with marginals; ``None`` for the figures that are shipped.
        seed: What all draws hang on.
    """

    people: int
    coverage: tuple[float, float] = (0.6, 0.6)
    errors: Errors = Errors()  # noqa: RUF009 - frozen
    marginals: Path | None = None
    seed: int = 0


def marginals(path: Path | None) -> Marginals:
    """Return marginals from a file, or those that are shipped.

    Raises:
        UsageError: There is no such file.
        InvalidDocumentError: It holds no marginals.
    """
    if path is not None:
        return parse(read_bytes(path), file=str(path))
    shipped = resources.files("counterseal.mosaic.linking") / "data" / _PACKAGED
    return parse(shipped.read_bytes(), file=_PACKAGED)


@contextmanager
def invented(request: Invention, *, keep: Path | None = None) -> Iterator[tuple[Path, Path]]:
    """Give two CSV files about a synthetic population, and take them away unless kept.

    Args:
        request: What to draw.
        keep: Folder to write them to; otherwise one that only this account can read.
    """
    known = marginals(request.marginals)
    everybody = population.drawn(known, people=request.people, seed=request.seed)
    with tempfile.TemporaryDirectory(prefix="counterseal-") as folder:
        paths = []
        for name, share in zip("ab", request.coverage, strict=True):
            table = population.observed(
                everybody, coverage=share, errors=request.errors, seed=request.seed, file=name
            )
            path = (keep or Path(folder)) / f"synthetic-{name}.csv"
            write_bytes(path, _csv(table))
            paths.append(path)
        yield paths[0], paths[1]


def linked(
    left: Sequence[Path],
    right: Sequence[Path],
    request: LinkRequest,
    *,
    reading: Reading,
    advance: Advance = silent,
) -> dict[str, Json]:
    """Return what an adversary who links two tables gets right and whom it harms.

    Raises:
        InputError: A file or column is missing, or Splink is needed and not installed.
    """
    with open_tables({"left": left, "right": right}, reading, advance) as sources:
        ours, theirs = sources["left"], sources["right"]
        people = attack.people_query(ours, theirs, person=request.person)
        if request.method is Method.EXACT:
            pairs = attack.exact_pairs(ours, theirs, request.fields)
            model: dict[str, Json] = {}
        else:
            from counterseal.workspace.linking.splinking import scored  # noqa: PLC0415 - extra

            pairs, model = scored(ours, theirs, request)
        asked = attack.links_query(
            ours,
            theirs,
            pairs,
            record=request.record,
            person=request.person,
            thresholds=request.thresholds,
        )
        found = attack.read(
            ours.ask(people)[0],
            ours.ask(asked),
            method=request.method,
            fields=request.fields,
            threshold=request.threshold,
            thresholds=request.thresholds,
            minimum=reading.minimum,
        )
        return {**_document(found), **model, "sql": statements([ours, theirs])}


def _document(found: LinkageAttack) -> dict[str, Json]:
    return {
        "schema": "counterseal-mosaic-link/1",
        "method": str(found.method),
        "fields": [
            {"left": f.left, "right": f.right, "kind": str(f.kind)} for f in found.fields
        ],
        "minimum_cell": found.minimum,
        "left": found.left,
        "right": found.right,
        "people_in_both": found.both,
        "control_group": found.controls,
        "threshold": found.threshold,
        "at": [_at(one) for one in found.at],
    }


def _at(one: LinkedAt) -> dict[str, Json]:
    return {
        "threshold": one.threshold,
        "links": one.links,
        "claimed_precision": one.claimed,
        "right": one.right,
        "precision": estimated(one.precision),
        "recall": estimated(one.recall),
        "harmed": one.harmed,
        "harmed_share": estimated(one.harmed_share),
    }


def _csv(table: Table) -> bytes:
    """Return a table as CSV; no value is an empty field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue().encode()
