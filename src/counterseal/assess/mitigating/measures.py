"""What can be done to an estate: measures that reduce reach beside measures that reduce value.

A measure is a statement, a cost and an effect: parameters held at a value on the same draws, as
a condition of a review is. Coarsening is the exception: what a holding no longer says is a
change of the estate, and is valued as one (``coarsening``). A measure never does harm by being
taken twice: where a parameter is better already, it stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import ParameterFamily

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.attackgraph.model import Parameter
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.estate.estate import Estate

__all__ = ["VALUE", "Countermeasure", "Kind", "coarsenings", "measures_of"]


class Kind(StrEnum):
    """What a measure does; the ids of measures and the keys of a cost file begin with it."""

    CONTROL = "control"
    CLOSE = "close"
    SURVEY = "survey"
    WITHDRAW = "withdraw"
    SIGN_ON = "sign-on"
    DORMANT = "dormant"
    LEAVERS = "leavers"
    ONWARD = "onward"
    COPIES = "copies"
    RECALL = "recall"
    RETURN = "return"
    VERIFY = "verify"
    DELETE = "delete"
    TOKENISE = "tokenise"
    COARSEN = "coarsen"


VALUE = frozenset({Kind.DELETE, Kind.TOKENISE, Kind.COARSEN})
"""Kinds that leave less to take; the others make it harder to take."""

_FIELDS = {
    "mfa": (Kind.SIGN_ON, "Require multi-factor sign-on of {}."),
    "dormant-share": (Kind.DORMANT, "Remove the dormant accounts of {}."),
    "separated-share": (Kind.LEAVERS, "Remove the accounts of people who left from {}."),
    "onward-sharing": (Kind.ONWARD, "Rule out that the recipient of {} shares onward."),
    "copies-verified": (
        Kind.COPIES,
        "Look for copies of {} that nobody declared; remove them.",
    ),
    "kept": (Kind.RECALL, "Have the recipient of {} show that it keeps no other copy."),
    "data-return": (Kind.RETURN, "Bind the contractor of {} to return and erase data."),
    "closed": (Kind.VERIFY, "Verify from both ends that {} is closed."),
    "pseudonymized": (Kind.TOKENISE, "Replace what names a person in {} by tokens."),
}
"""Facts that a measure can better, and how it is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Countermeasure:
    """Something that can be done.

    Attributes:
        id: Stable: its kind, a colon, and what it is done to.
        kind: See ``Kind``.
        element: Element of the estate.
        statement: What to do, in one sentence.
        overrides: Value by parameter id.
        drops: Attribute classes that ``element`` no longer holds (``coarsen`` only).
        cost: In units of the cost file, above 0.
    """

    id: str
    kind: Kind
    element: str
    statement: str
    overrides: Mapping[str, float] = field(default_factory=dict)
    drops: tuple[str, ...] = ()
    cost: float = 1.0


def measures_of(
    estate: Estate,
    catalog: Catalog,
    parameters: Mapping[str, Parameter],
) -> tuple[Countermeasure, ...]:
    """Return every measure but coarsening, sorted by id.

    Args:
        estate: What is to be bettered.
        catalog: For the titles of controls.
        parameters: Uncertain numbers of an attack graph and a valuation of the estate.
    """
    found = [
        measure
        for key in sorted(parameters)
        if not _is_settled(parameters[key])
        and (measure := _measure(estate, catalog, parameters[key])) is not None
    ]
    found += _deletions(estate, parameters)
    return tuple(sorted(found, key=lambda one: one.id))


def coarsenings(estate: Estate, use: Use) -> tuple[Countermeasure, ...]:
    """Return, for each holding and need of a use, the measure of no longer meeting the need.

    A holding that would hold nothing afterwards is left to deletion.
    """
    found: dict[str, Countermeasure] = {}
    for holding in estate.holdings.values():
        for group in use.groups:
            drops = tuple(sorted(set(holding.attributes) & set(group.any_of)))
            if not drops or len(drops) == len(set(holding.attributes)):
                continue
            name = f"{Kind.COARSEN}:{holding.id}/{'+'.join(drops)}"
            found[name] = Countermeasure(
                id=name,
                kind=Kind.COARSEN,
                element=holding.id,
                statement=f"Keep no {', '.join(drops)} in {_name(estate, holding.id)}.",
                drops=drops,
            )
    return tuple(found[name] for name in sorted(found))


def _is_settled(parameter: Parameter) -> bool:
    """Return whether a parameter is, for certain, as good as it can be."""
    return parameter.better is None or (
        parameter.family is ParameterFamily.POINT and parameter.mode == parameter.better
    )


def _measure(estate: Estate, catalog: Catalog, parameter: Parameter) -> Countermeasure | None:
    """Return the measure that betters a parameter, if it is one that a measure can better."""
    head, _, rest = parameter.id.partition(":")
    element, _, about = rest.rpartition(".")
    if head == "control":
        return _control(estate, catalog, rest)
    if head == "undeclared":
        return _undeclared(estate, rest)
    if head in {"link", "grant"} and about == "exists":
        kind, verb = (
            (Kind.CLOSE, "Close")
            if head == "link"
            else (Kind.WITHDRAW, "Withdraw the access of")
        )
        return _setting(estate, kind, element, f"{verb} {{}}.", {parameter.id: 0.0})
    if head == "fact" and about in _FIELDS and parameter.better is not None:
        kind, statement = _FIELDS[about]
        return _setting(estate, kind, element, statement, {parameter.id: parameter.better})
    return None


def _setting(
    estate: Estate, kind: Kind, element: str, statement: str, overrides: Mapping[str, float]
) -> Countermeasure:
    return Countermeasure(
        id=f"{kind}:{element}",
        kind=kind,
        element=element,
        statement=statement.format(_name(estate, element)),
        overrides=overrides,
    )


def _control(estate: Estate, catalog: Catalog, rest: str) -> Countermeasure:
    control, _, element = rest.partition("@")
    row = catalog.controls.get(control)
    title = f" ({row.title})" if row is not None else ""
    return Countermeasure(
        id=f"{Kind.CONTROL}:{rest}",
        kind=Kind.CONTROL,
        element=element,
        statement=f"Put {control}{title} in place on {_name(estate, element)}.",
        overrides={f"control:{rest}": 1.0},
    )


def _undeclared(estate: Estate, rest: str) -> Countermeasure:
    """Return the search for undeclared links into a zone; its operator has to act."""
    source, _, target = rest.partition(">")
    return Countermeasure(
        id=f"{Kind.SURVEY}:{rest}",
        kind=Kind.SURVEY,
        element=target,
        statement=(
            f"Find and close undeclared links from {_name(estate, source)} "
            f"to {_name(estate, target)}."
        ),
        overrides={f"undeclared:{rest}": 0.0},
    )


def _deletions(estate: Estate, parameters: Mapping[str, Parameter]) -> Iterator[Countermeasure]:
    for holding in estate.holdings:
        prefix = f"fact:{holding}.populations."
        counts = {key: 0.0 for key in parameters if key.startswith(prefix)}
        if counts:
            statement = "Delete {} and do not collect it again."
            yield _setting(estate, Kind.DELETE, holding, statement, counts)


def _name(estate: Estate, element: str) -> str:
    kind = estate.kind_of.get(element)
    return (estate.of_kind(kind)[element].name if kind else "") or element
