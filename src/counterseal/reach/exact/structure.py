"""The steps that matter to a target, as equations over events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import StepKind
from counterseal.reach.exact.fixpoint import Equations

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from counterseal.attackgraph.model import Step

__all__ = ["Structure", "structure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Equations for one target, with the events they speak of.

    Attributes:
        equations: The equations.
        events: For each event of the equations, the names it stands for: the event holds when
            all of them do. Names that the same steps need are one event.
    """

    equations: Equations
    events: tuple[tuple[str, ...], ...]


def structure(
    steps: Sequence[Step], target: str, needs: Mapping[str, Collection[str]]
) -> Structure | None:
    """Return the equations that decide whether ``target`` is reached.

    Args:
        steps: Steps, each id once; parents not among them are never reached. Their order is
            the first guess of a good order of variables.
        target: Id of a step.
        needs: Names of the events that each step needs, by step id; a step without an entry
            here never works.

    Returns:
        ``None`` when the target cannot be reached even if every event holds.
    """
    able = {step.id: step for step in steps if step.id in needs}
    able = _possible(able)
    if target not in able:
        return None
    relevant = _relevant(able, target)
    kept = [step.id for step in steps if step.id in relevant]
    index = {name: position for position, name in enumerate(kept)}
    rows = [able[name] for name in kept]
    events, by_step = _events([needs[name] for name in kept])
    return Structure(
        equations=Equations(
            parents=tuple(
                () if s.entry else tuple(sorted({index[p] for p in s.parents if p in index}))
                for s in rows
            ),
            every=tuple(step.kind is StepKind.AND for step in rows),
            entry=tuple(step.entry for step in rows),
            needs=by_step,
            events=len(events),
            target=index[target],
        ),
        events=events,
    )


def _possible(able: Mapping[str, Step]) -> dict[str, Step]:
    """Return the steps that can be reached when every event holds."""
    children: dict[str, list[str]] = {}
    missing: dict[str, int] = {}
    for name, step in able.items():
        parents = set(step.parents)
        missing[name] = len(parents) if step.kind is StepKind.AND else 1
        for parent in parents:
            children.setdefault(parent, []).append(name)
    found = {name: step for name, step in able.items() if step.entry}
    queue = list(found)
    while queue:
        for child in children.get(queue.pop(), ()):
            missing[child] -= 1
            if missing[child] <= 0 and child not in found:
                found[child] = able[child]
                queue.append(child)
    return found


def _relevant(able: Mapping[str, Step], target: str) -> set[str]:
    found, queue = {target}, [target]
    while queue:
        step = able[queue.pop()]
        for parent in () if step.entry else step.parents:
            if parent in able and parent not in found:
                found.add(parent)
                queue.append(parent)
    return found


def _events(
    needs: Iterable[Collection[str]],
) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[int, ...], ...]]:
    """Return the events, names of the same steps together, and those that each step needs."""
    rows = [tuple(dict.fromkeys(names)) for names in needs]
    where: dict[str, list[int]] = {}
    for step, names in enumerate(rows):
        for name in names:
            where.setdefault(name, []).append(step)
    groups: dict[tuple[int, ...], list[str]] = {}
    for name, found in where.items():
        groups.setdefault(tuple(found), []).append(name)
    number = {name: k for k, names in enumerate(groups.values()) for name in names}
    by_step = tuple(tuple(sorted({number[name] for name in names})) for names in rows)
    return tuple(tuple(names) for names in groups.values()), by_step
