"""The graphs that are measured: hubs, cycles, mean degree 7, a fifth of them and-steps.

They are made as columns, as the compiler makes them: a million steps as Python objects would
take longer to make than to simulate.
"""

from __future__ import annotations

import numpy as np

from counterseal.attackgraph.columns import FAMILY_CODES, ROLES, Columns, Products
from counterseal.attackgraph.distinct import distinct
from counterseal.attackgraph.model import (
    AttackGraph,
    Family,
    Objective,
    Parameter,
    ParameterFamily,
)
from counterseal.documents.evidence import Grade

__all__ = ["ENTRIES", "made", "with_facts"]

ENTRIES = 5
ANDS = 0.2
DEGREE = 7.0
MEDIAN_DAYS = 10.0
CONTROLS = 200
TARGETS = 100


def made(
    size: int, *, ands: float = ANDS, degree: float = DEGREE, seed: int = 1
) -> AttackGraph:
    """Return a graph of ``size`` steps whose local times are lognormal, median ten days.

    Args:
        size: Steps; the first five are entries.
        ands: Share of and-steps; they have two parents each.
        degree: Parents of a step, in the mean; low numbers are parents of many.
        seed: Of the structure.
    """
    # Products: 1 (empty), and the median.
    return AttackGraph(columns=_columns(size, _structure(size, ands, degree, seed)))


def _structure(
    size: int, ands: float, degree: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return kinds and parents in compressed rows."""
    rng = np.random.default_rng(seed)
    every = rng.random(size) < ands
    counts = np.where(every, 2, 1 + rng.poisson((degree - 1 - ands) / (1 - ands), size))
    child = np.repeat(np.arange(size), counts)
    parent = (rng.random(child.size) ** 1.5 * size).astype(np.int64)
    other = parent != child
    pairs = distinct(child[other] * size + parent[other])
    lonely = np.flatnonzero(np.bincount(pairs // size, minlength=size) == 0)
    pairs = np.sort(np.concatenate([pairs, lonely * size + (lonely + 1) % size]))
    child, parent = pairs // size, pairs % size
    row = np.concatenate([[0], np.cumsum(np.bincount(child, minlength=size))])
    return every.astype(np.uint8), row.astype(np.int32), parent.astype(np.int32)


def _columns(
    size: int,
    structure: tuple[np.ndarray, np.ndarray, np.ndarray],
    *,
    roles: np.ndarray | None = None,
    values: tuple[str | float, ...] = (MEDIAN_DAYS, 1.0),
    products: Products | None = None,
    reentry: int = 1,
) -> Columns:
    """Return the columns; product 0 is the median, product 1 is empty."""
    none = np.full(size, -1, dtype=np.int32)
    if products is None:
        products = Products(
            row=np.array([0, 1, 1], dtype=np.int32),
            base=np.array([0], dtype=np.int32),
            exponent=np.array([1], dtype=np.int32),
        )
    if roles is None:
        roles = np.ones((len(ROLES), size), dtype=np.int32)
        roles[ROLES.index("scale")] = 0
    width = len(str(size))
    return Columns(
        names=[f"s{i:0{width}}" for i in range(size)],
        kind=structure[0],
        entry=(np.arange(size) < ENTRIES).astype(np.uint8),
        parent_row=structure[1],
        parent=structure[2],
        family=np.full(size, FAMILY_CODES[Family.LOGNORMAL], dtype=np.int8),
        latents=(),
        latent=none,
        seen_by=none,
        loading=np.zeros(size),
        roles=roles,
        values=values,
        products=products,
        need_row=np.zeros(size + 1, dtype=np.int32),
        need=np.empty(0, dtype=np.int32),
        causes=(),
        cause_product=np.empty(0, dtype=np.int32),
        cause_level=np.empty(0, dtype=np.uint8),
        reentry=reentry,
    )


def with_facts(size: int, *, degree: float = 4.0, seed: int = 3) -> AttackGraph:
    """Return a graph whose times rest on one median, and each on one of 200 controls.

    Half of the steps can be seen, and are then tried again after 30 days, five times in all.
    A hundred steps of the second half are objectives.
    """
    rng = np.random.default_rng(seed)
    control = rng.integers(CONTROLS, size=size)
    seen = rng.random(size) < 0.5  # noqa: PLR2004 - half
    # Values: the median, 3, 0.8, 30, 1, then the controls. Products: the empty one, 0.8, 30,
    # then the median times 3 to the power of each control.
    values = ("median", 3.0, 0.8, 30.0, 1.0, *(f"control {i}" for i in range(CONTROLS)))
    powers = [(2, 4), (3, 4)]
    powers += [p for i in range(CONTROLS) for p in ((0, 4), (1, 5 + i))]
    base, exponent = np.array(powers, dtype=np.int32).T
    ends = np.concatenate([[0, 0, 1, 2], 2 + 2 * np.arange(1, CONTROLS + 1)])
    products = Products(row=ends.astype(np.int32), base=base.copy(), exponent=exponent.copy())
    roles = np.zeros((len(ROLES), size), dtype=np.int32)
    roles[ROLES.index("scale")] = 3 + control
    roles[ROLES.index("unseen")] = seen
    structure = _structure(size, ANDS, degree, seed)
    columns = _columns(
        size, structure, roles=roles, values=values, products=products, reentry=2
    )
    ends_at = sorted({int(i) for i in rng.integers(size // 2, size, TARGETS)})
    return AttackGraph(
        parameters={p.id: p for p in _parameters()},
        objectives=tuple(
            Objective(kind="exfiltrate", element=f"h{i}", step=columns.names[i])
            for i in ends_at
        ),
        max_attempts=5,
        columns=columns,
    )


def _parameters() -> list[Parameter]:
    rows = [
        Parameter(
            id=f"control {i}",
            family=ParameterFamily.UNIFORM,
            mode=0.5,
            low=0.0,
            high=1.0,
            grade=Grade.ASSUMED,
        )
        for i in range(CONTROLS)
    ]
    median = Parameter(
        id="median",
        family=ParameterFamily.LOGNORMAL,
        mode=MEDIAN_DAYS,
        low=2.0,
        high=40.0,
        grade=Grade.ELICITED,
    )
    return [*rows, median]
