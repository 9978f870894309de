"""Of counts released about one table, in any order, no small group can be worked out."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.errors import InputError, RefusedReleaseError, TooSmallError
from counterseal.mosaic.tables.register import Register, opened
from counterseal.testing.tables import held_rows

COLUMNS = ("sex", "region", "status")
VALUES = {"sex": ("f", "m"), "region": ("n", "s", "e"), "status": ("1", None)}
ATOMS = list(product(*VALUES.values()))
MINIMUM = 5

Joint = dict[tuple[str | None, ...], int]
Asked = dict[str, str | None]

JOINTS = st.lists(st.integers(0, 12), min_size=len(ATOMS), max_size=len(ATOMS)).map(
    lambda counts: {atom: n for atom, n in zip(ATOMS, counts, strict=True) if n}
)
REQUESTS = st.lists(
    st.one_of(
        st.lists(st.sampled_from(COLUMNS), unique=True),
        st.fixed_dictionaries(
            {}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}
        ),
    ),
    min_size=1,
    max_size=8,
)


def members(joint: Joint, asked: Asked) -> frozenset[int]:
    return frozenset(
        i
        for i, atom in enumerate(sorted(joint, key=str))
        if all(atom[COLUMNS.index(name)] == value for name, value in asked.items())
    )


def answers(joint: Joint, requests: list[list[str] | Asked]) -> dict[frozenset[int], int]:
    """Put requests to a register and return what it released, by group."""
    register, found = Register(joint, columns=COLUMNS, minimum=MINIMUM), {}
    for request in requests:
        if isinstance(request, list):
            cells = [(dict(c.cell.values), c.count) for c in register.table(request)]
        else:
            try:
                cells = [(request, register.count(request))]
            except RefusedReleaseError:
                continue
        for values, count in cells:
            if count is not None:
                found[members(joint, values)] = count
    return found


def is_in_span(rows: list[list[int]], wanted: list[int]) -> bool:
    """Whether a vector is a combination of others, by exact elimination."""
    table = [[Fraction(x) for x in row] for row in rows]
    left = [Fraction(x) for x in wanted]
    for column in range(len(wanted)):
        pivot = next((row for row in table if row[column]), None)
        if pivot is None:
            continue
        table.remove(pivot)
        scale = [x / pivot[column] for x in pivot]
        table = [
            [x - row[column] * s for x, s in zip(row, scale, strict=True)] for row in table
        ]
        left = [x - left[column] * s for x, s in zip(left, scale, strict=True)]
    return not any(left)


@pytest.mark.slow
@given(JOINTS.filter(lambda joint: sum(joint.values()) >= MINIMUM), REQUESTS)
def test_no_two_released_counts_differ_by_few(
    joint: Joint, requests: list[list[str] | Asked]
) -> None:
    found = answers(joint, requests)
    for (one, a), (other, b) in combinations(found.items(), 2):
        if one <= other or other <= one:
            assert not 0 < abs(a - b) < MINIMUM
    assert all(not 0 < n < MINIMUM for n in found.values())


@pytest.mark.slow
@given(JOINTS.filter(lambda joint: sum(joint.values()) >= MINIMUM), REQUESTS)
def test_no_small_cell_is_a_sum_and_difference_of_released_counts(
    joint: Joint, requests: list[list[str] | Asked]
) -> None:
    found = answers(joint, requests)
    order = range(len(joint))
    rows = [[int(i in group) for i in order] for group in found]
    counts = [joint[atom] for atom in sorted(joint, key=str)]
    for width in range(len(COLUMNS) + 1):
        for names in combinations(COLUMNS, width):
            for values in product(*(VALUES[name] for name in names)):
                group = members(joint, dict(zip(names, values, strict=True)))
                if 0 < sum(counts[i] for i in group) < MINIMUM:
                    assert not is_in_span(rows, [int(i in group) for i in order])


@pytest.mark.slow
@given(JOINTS.filter(lambda joint: sum(joint.values()) >= MINIMUM), REQUESTS)
def test_what_is_released_is_true_and_stays_released(
    joint: Joint, requests: list[list[str] | Asked]
) -> None:
    counts = [joint[atom] for atom in sorted(joint, key=str)]
    found = answers(joint, [*requests, *requests])
    assert found == answers(joint, requests)
    assert all(n == sum(counts[i] for i in group) for group, n in found.items())


def test_a_second_cell_is_withheld_beside_a_small_one() -> None:
    joint: Joint = {("f", "n", "1"): 40, ("f", "s", "1"): 3, ("m", "n", "1"): 30}
    register = Register(joint, columns=COLUMNS, minimum=MINIMUM)
    table = {c.cell.values: c.count for c in register.table(["sex", "region"])}
    assert table[()] == 73
    assert table[(("sex", "f"),)] == 43
    assert table[("sex", "f"), ("region", "s")] is None
    assert table[("sex", "f"), ("region", "n")] is None


def test_a_query_that_differs_by_few_from_an_earlier_one_is_refused() -> None:
    joint: Joint = {("f", "n", "1"): 40, ("f", "s", "1"): 3, ("m", "n", "1"): 30}
    register = Register(joint, columns=COLUMNS, minimum=MINIMUM)
    assert register.count({"sex": "f"}) == 43
    with pytest.raises(RefusedReleaseError, match="withheld"):
        register.count({"sex": "f", "region": "n"})
    other = Register(joint, columns=COLUMNS, minimum=MINIMUM)
    assert other.count({"sex": "f", "region": "n"}) == 40
    with pytest.raises(RefusedReleaseError, match="differs"):
        other.count({"sex": "f"})


def test_a_table_is_counted_where_it_is() -> None:
    rows = [("f", "n", None)] * 6 + [("m", "s", "1")] * 9
    with held_rows(COLUMNS, data=rows) as sources:
        register = opened(sources["data"], ["sex", "status"], minimum=MINIMUM)
    assert register.count({"status": None}) == 6
    assert register.count({}) == 15
    found = Counter({c.cell.values: c.count for c in register.table(["sex"])})
    assert found == {(): 15, (("sex", "m"),): 9, (("sex", "f"),): 6}


def test_unknown_columns_and_too_small_or_wide_tables_are_refused() -> None:
    with pytest.raises(TooSmallError):
        Register({("f",): 4}, columns=("sex",), minimum=MINIMUM)
    with pytest.raises(InputError, match="columns at most"):
        Register({("f",) * 9: 50}, columns=tuple("abcdefghi"), minimum=MINIMUM)
    register = Register({("f",): 40}, columns=("sex",), minimum=MINIMUM)
    with pytest.raises(InputError, match="no such column"):
        register.count({"age": "1"})
    with pytest.raises(InputError, match="no such column"):
        register.table(["age"])


def test_a_table_too_detailed_to_audit_is_refused() -> None:
    joint: Joint = {(str(i), str(j)): 1 for i in range(60) for j in range(60)}
    with pytest.raises(InputError, match="too detailed"):
        Register(joint, columns=("a", "b"), minimum=MINIMUM)
