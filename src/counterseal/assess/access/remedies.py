"""What would change standing access, as what-ifs on the same draws (R76).

Accounts of leavers and dormant ones can be removed, and sign-on be made to need a second
factor. Access that is given when it is needed and for one purpose leaves an intruder less than
standing access and more than none: withdrawing it altogether is a bound on what either buys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.assess.levels import Concern
    from counterseal.assess.side import Side
    from counterseal.attackgraph.model import Parameter

__all__ = ["Remedy", "effect", "everywhere", "of_grant"]

STALE = ("dormant-share", "separated-share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Something that can be done about access.

    Attributes:
        kind: ``stale`` (remove the accounts of leavers and dormant ones), ``sign-on`` (require
            a second factor) or ``just-in-time`` (withdraw standing access: a bound).
        grant: Where; empty for everywhere.
        overrides: Value by parameter id.
    """

    kind: str
    grant: str
    overrides: Mapping[str, float]


def of_grant(parameters: Mapping[str, Parameter], grant: str) -> tuple[Remedy, ...]:
    """Return what can be done about one grant; what it has already is left out."""
    stale = {
        key: value
        for name in STALE
        for key, value in _bettered(parameters, f"fact:{grant}.{name}")
    }
    sign_on = dict(_bettered(parameters, f"fact:{grant}.mfa"))
    exists = {key: 0.0 for key in [f"grant:{grant}.exists"] if key in parameters}
    rows = (("stale", stale), ("sign-on", sign_on), ("just-in-time", exists))
    return tuple(
        Remedy(kind=kind, grant=grant, overrides=overrides)
        for kind, overrides in rows
        if overrides
    )


def everywhere(side: Side) -> tuple[Remedy, ...]:
    """Return what can be done about every grant of an estate at once, by kind."""
    together: dict[str, dict[str, float]] = {}
    for grant in side.estate.grants:
        for remedy in of_grant(side.parameters, grant):
            together.setdefault(remedy.kind, {}).update(remedy.overrides)
    return tuple(
        Remedy(kind=kind, grant="", overrides=overrides)
        for kind, overrides in sorted(together.items())
    )


def effect(side: Side, remedy: Remedy) -> tuple[Concern, float] | None:
    """Return the use, of any adversary, of which a remedy takes most away, and that share.

    ``None`` where nothing of any use is left to take away, or nothing is taken.
    """
    best: tuple[Concern, float] | None = None
    for base, then in zip(side.base, side.outcomes(remedy.overrides), strict=True):
        for concern, level in base.levels.items():
            before = float(level.mean())
            if concern.family != "use" or before <= 0.0:
                continue
            less = 1.0 - float(then.levels[concern].mean()) / before
            if less > 0.0 and (best is None or less > best[1]):
                best = (concern, less)
    return best


def _bettered(parameters: Mapping[str, Parameter], key: str) -> Iterator[tuple[str, float]]:
    parameter = parameters.get(key)
    if parameter is not None and parameter.better is not None:
        settled = parameter.low == parameter.high == parameter.better
        if not settled:
            yield key, parameter.better
