"""A plan of measures within a budget: what it leaves, and what no plan could better."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from measuring import Goal, Section, in_child, note, number
from reviews import EXAMPLES

from counterseal.assess.levels import Concern
from counterseal.assess.mitigating.costs import Costs, priced
from counterseal.assess.mitigating.measures import VALUE
from counterseal.assess.mitigating.plan import Effort, mitigate
from counterseal.workspace.examining.mitigating import measures_for
from counterseal.workspace.project import open_project

if TYPE_CHECKING:
    from counterseal.assess.mitigating.plan import Mitigation

__all__ = ["measured"]

MOST_GAP = 0.02
NOTE = """\
One concern of one adversary, every measure in the owner's power at one unit of cost: for
Harbour measures that reduce reach, for Meridian those that reduce value, too, on half as many
trials. `level` is what the plan leaves of the level without measures, `bound` what no plan of
the shortlist within the budget can be below (Benders cuts, highspy), `gap` their difference as
a share of the level without measures; `most critical` is what the measures on the most critical
steps leave for the same budget: they are not sold as a plan. Time on the wall."""
CASES = {
    "Harbour, humint-enabled, coerce": (
        "harbour",
        "humint-enabled",
        "coerce",
        6.0,
        False,
        Effort(),
    ),
    "Meridian, transnational-repression, locate": (
        "meridian",
        "transnational-repression",
        "locate",
        8.0,
        True,
        Effort(trials=256, telling=128, fresh=32, lanes=16, candidates=40),
    ),
}


def _plan(name: str) -> tuple[Mitigation, float]:
    """Return a plan and the seconds that it took."""
    example, adversary, use, budget, worth, effort = CASES[name]
    project = open_project(EXAMPLES / example)
    known = project.catalog()
    estate = project.estate(known)
    concern = Concern(adversary=adversary, family="use", subject=use)
    _, measures = measures_for(estate, known, concern)
    some = [one for one in measures if worth or one.kind not in VALUE]
    start = time.perf_counter()
    found = mitigate(
        estate, known, priced(some, Costs()), concern=concern, budget=budget, effort=effort
    )
    return found, time.perf_counter() - start


def _row(name: str) -> tuple[list[str], float]:
    """Return a row of the table, and the gap."""
    found, seconds = _plan(name)
    best, base = found.chosen, found.base
    row = [
        name,
        f"{best.budget:g} of {found.pool} measures",
        f"{number(100 * best.level / base)} %",
        f"{number(100 * best.least / base)} %",
        f"{number(100 * found.gap)} %",
        f"{number(100 * best.greedy / base)} %",
        f"{number(100 * found.critical[1] / base)} %",
        f"{number(seconds)} s",
    ]
    return row, found.gap


def measured() -> Section:
    """Return plans for the examples."""
    rows, goals = [], []
    for name in CASES:
        note(f"plan, {name}")
        row, gap = in_child(_row, name)
        rows.append(row)
        goals.append(
            Goal(
                number="7",
                text=f"gap of the plan, {name}",
                found=gap,
                bound=MOST_GAP,
                most=True,
            )
        )
    head = ["concern", "budget", "level", "bound", "gap", "greedy", "most critical", "time"]
    return Section(title="Plans", note=NOTE, head=head, rows=rows, goals=goals)


if __name__ == "__main__":
    measured().show()
