"""Everything a verdict depends on, as named bytes: what is reviewed, sealed and replayed.

A live review and a replay by an inspector start from the same mapping, so that "the verdict
follows from the inputs" is a function call and not a claim.

========================  =====================================================
``estate/…``              files of the estate
``changes/…``             the change file; exactly one
``catalog/…``             the project's own catalog rows (optional)
``rules/…``               the project's own rule cards (optional)
``packaged/catalog/…``    catalog tables that were shipped
``packaged/rules/…``      rule cards that were shipped
``settings.json``         seed and number of draws
========================  =====================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from counterseal.canon import canonical, digest_bytes
from counterseal.catalog import catalog as catalogs
from counterseal.documents import tree
from counterseal.documents.record import Record
from counterseal.documents.validation import validate
from counterseal.errors import NotEvaluableError
from counterseal.estate import change as changes
from counterseal.estate import loading
from counterseal.policy import cards
from counterseal.reach.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.change import Change
    from counterseal.estate.estate import Estate
    from counterseal.policy.cards import RuleSet

__all__ = ["Inputs", "Settings", "digests", "encode_settings", "parse"]

SETTINGS = "settings.json"
LANE_SYSTEMS = 1_312
"""Systems times trials per draw of a review, within the two limits below."""

OUTER, SCREEN_OUTER = 128, 32
LEAST_LANES = 8
MOST_LANES = 256

LARGE_SYSTEMS = 1_000
"""An estate of more systems than that gets half as many draws, unless more are asked for."""


class Settings(Record):
    """How much is drawn.

    Attributes:
        seed: Seed of every random number; 0 is a seed like any other.
        outer: Epistemic draws; ``None``: 128, or half of it for a large estate.
        lanes: Trials per epistemic draw; ``None`` gives small estates more, for the same work.
        screen_outer: Epistemic draws of the searches (conditions, flips): the first ones, so a
            search is on a part of the same trials; ``None``: 32, or half of it likewise.
        screen_lanes: Trials per draw of the searches, likewise; ``None``: a third of ``lanes``.
    """

    seed: int = 0
    outer: Annotated[int, Field(ge=1, le=100_000)] | None = None
    lanes: Annotated[int, Field(ge=1, le=100_000)] | None = None
    screen_outer: Annotated[int, Field(ge=1)] | None = None
    screen_lanes: Annotated[int, Field(ge=1)] | None = None

    def resolved(self, *, systems: int) -> Settings:
        """Return the settings with every number of lanes given, for so many systems."""
        share = 1 if systems <= LARGE_SYSTEMS else 2
        outer = self.outer or OUTER // share
        lanes = self.lanes or min(MOST_LANES, max(LEAST_LANES, LANE_SYSTEMS // max(systems, 1)))
        few = self.screen_lanes or max(LEAST_LANES, lanes // 3)
        return self.model_copy(
            update={
                "outer": outer,
                "lanes": lanes,
                "screen_outer": min(self.screen_outer or SCREEN_OUTER // share, outer),
                "screen_lanes": min(few, lanes),
            }
        )

    @property
    def draws(self) -> Draws:
        """The draws of the verdict."""
        outer, lanes = self.outer or OUTER, self.lanes or LEAST_LANES
        return Draws(seed=self.seed, outer=outer, lanes=lanes)

    @property
    def screen(self) -> Draws:
        """The draws of the searches."""
        return Draws(
            seed=self.seed,
            outer=min(self.screen_outer or SCREEN_OUTER, self.outer or OUTER),
            lanes=self.screen_lanes or LEAST_LANES,
        )


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The parsed inputs of one review."""

    estate: Estate
    change: Change
    catalog: Catalog
    rules: RuleSet
    settings: Settings
    digests: Mapping[str, str]


def parse(files: Mapping[str, bytes]) -> Inputs:
    """Return the inputs in ``files``.

    Raises:
        InvalidDocumentError: A document is not valid; all faults of that document.
        NotEvaluableError: There is no change file, or more than one, or no settings.
    """
    catalog = catalogs.overlay(_named(files, "packaged/catalog/"), _named(files, "catalog/"))
    rules = cards.overlay(_named(files, "packaged/rules/"), _within(files, "rules/"))
    estate = loading.parse(_within(files, "estate/"), attributes=tuple(catalog.attributes))
    change_files = _within(files, "changes/")
    if len(change_files) != 1:
        raise NotEvaluableError(
            f"expected one change file, found {len(change_files)}",
            hint="review one change at a time",
        )
    [(name, data)] = change_files.items()
    if SETTINGS not in files:
        raise NotEvaluableError(
            f"there is no {SETTINGS}", hint="without seed and draws nothing can be repeated"
        )
    return Inputs(
        estate=estate,
        change=changes.parse(data, file=name),
        catalog=catalog,
        rules=rules,
        settings=_settings(files[SETTINGS]).resolved(systems=len(estate.systems)),
        digests=digests(files),
    )


def encode_settings(settings: Settings) -> bytes:
    """Return the canonical bytes of ``settings``, for ``settings.json``."""
    return canonical(settings.model_dump(mode="json", by_alias=True))


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return ``sha256:`` digests of every input file by name, sorted."""
    return {name: digest_bytes(files[name]) for name in sorted(files)}


def _settings(data: bytes) -> Settings:
    document = tree.parse(data, file=SETTINGS)
    return validate(Settings, document.value, document=document)


def _within(files: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name.startswith(prefix)}


def _named(files: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    """Return the files below ``prefix`` by what follows it."""
    return {
        name.removeprefix(prefix): data
        for name, data in files.items()
        if name.startswith(prefix)
    }
