"""Links, right and wrong, are those of a plain loop; nobody small is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.errors import InputError
from counterseal.mosaic.linking.attack import (
    Method,
    exact_pairs,
    links_query,
    people_query,
    read,
)
from counterseal.mosaic.linking.fields import Field, Kind, conditions, parsed
from counterseal.testing.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.linking.attack import (
        LinkageAttack,
    )

    Row = tuple[str | None, ...]

HEAD = ("record", "person", "born", "sex")
FIELDS = parsed(["born", "sex"])
LEVELS = (0.5, 0.95)

PEOPLE = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["1", "2", "3", None]), st.sampled_from("fm")),
    max_size=9,
    unique_by=lambda one: one[0],
)


@pytest.fixture(scope="module")
def memory() -> Memory:
    return Memory()


def table(people: Sequence[tuple[int, str | None, str]], file: str) -> list[Row]:
    return [(f"{file}{n}", f"p{who}", born, sex) for n, (who, born, sex) in enumerate(people)]


def attacked(
    memory: Memory,
    left: Sequence[Row],
    right: Sequence[Row],
    *,
    pairs: str | None = None,
    minimum: int = 1,
    person: str | None = "person",
) -> LinkageAttack:
    ours, theirs = memory.table("left", HEAD, left), memory.table("right", HEAD, right)
    text = pairs or exact_pairs(ours, theirs, FIELDS)
    asked = links_query(ours, theirs, text, record="record", person=person, thresholds=LEVELS)
    return read(
        ours.ask(people_query(ours, theirs, person=person))[0],
        ours.ask(asked),
        method=Method.EXACT,
        fields=FIELDS,
        threshold=0.95,
        thresholds=LEVELS,
        minimum=minimum,
    )


@settings(max_examples=60)
@given(ours=PEOPLE, theirs=PEOPLE)
def test_exact_links_are_those_of_a_plain_loop(
    memory: Memory,
    ours: list[tuple[int, str | None, str]],
    theirs: list[tuple[int, str | None, str]],
) -> None:
    found = attacked(memory, table(ours, "a"), table(theirs, "b")).own
    here = [one[1:] for one in ours]
    there = [one[1:] for one in theirs]
    links = [
        (a[0], b[0])
        for a in ours
        for b in theirs
        if a[1] is not None
        and a[1:] == b[1:]
        and here.count(a[1:]) == 1
        and there.count(b[1:]) == 1
    ]
    known = {one[0] for one in theirs}
    assert found.links == len(links)
    assert found.right == sum(a == b for a, b in links)
    assert found.harmed == sum(a not in known for a, _ in links)


def test_tables_without_anybody_in_common_are_never_linked_rightly(memory: Memory) -> None:
    left = table([(n, str(n), "f") for n in range(5)], "a")
    right = table([(n + 10, str(n), "f") for n in range(5)], "b")
    found = attacked(memory, left, right)
    assert (found.both, found.controls) == (0, 5)
    assert (found.own.links, found.own.right, found.own.harmed) == (5, 0, 5)
    assert found.own.recall is None
    assert found.own.harmed_share is not None
    assert found.own.harmed_share.value == 1.0


def test_only_a_pair_of_single_best_candidates_is_a_link(memory: Memory) -> None:
    left = table([(n, "1", "f") for n in range(4)], "a")
    right = table([(n, "1", "f") for n in range(4)], "b")
    rows = [
        ("a0", "b0", 0.99),  # each other's best
        ("a0", "b1", 0.90),
        ("a1", "b0", 0.98),  # b0 has a better one
        ("a2", "b2", 0.97),  # a tie on the left
        ("a2", "b3", 0.97),
        ("a3", "b1", 0.60),  # below b1's best
    ]
    pairs = " UNION ALL ".join(
        f"SELECT '{a}' AS l, '{b}' AS r, {p} AS probability" for a, b, p in rows
    )
    found = attacked(memory, left, right, pairs=pairs)
    assert [one.links for one in found.at] == [1, 1]
    assert found.own.right == 1
    assert found.own.claimed == pytest.approx(0.99)


def test_a_higher_threshold_keeps_fewer_links(memory: Memory) -> None:
    left = table([(n, "1", "f") for n in range(3)], "a")
    right = table([(n, "1", "f") for n in range(3)], "b")
    pairs = (
        "SELECT 'a0' AS l, 'b0' AS r, 0.6 AS probability UNION ALL SELECT 'a1', 'b1', 0.97 "
        "UNION ALL SELECT 'a2', 'b2', 0.4"
    )
    found = attacked(memory, left, right, pairs=pairs)
    assert [one.links for one in found.at] == [2, 1]


def test_without_the_truth_nothing_is_said_of_right_or_harmed(memory: Memory) -> None:
    rows = table([(n, str(n), "f") for n in range(12)], "a")
    found = attacked(memory, rows, rows, person=None)
    assert (found.both, found.controls) == (None, None)
    assert found.own.links == 12
    assert found.own.precision is None
    assert found.own.harmed is None


def test_small_groups_are_withheld(memory: Memory) -> None:
    left = table([(n, str(n), "f") for n in range(40)], "a")
    right = table([(n if n < 24 else n + 50, str(n), "f") for n in range(27)], "b")
    found = attacked(memory, left, right, minimum=11).own
    assert found.links == 27
    assert found.right is None  # 3 wrong links would follow
    assert found.harmed is None
    assert found.precision is None


def test_a_small_group_between_two_thresholds_is_withheld(memory: Memory) -> None:
    left = table([(n, "1", "f") for n in range(40)], "a")
    right = table([(n, "1", "f") for n in range(40)], "b")
    pairs = " UNION ALL ".join(
        f"SELECT 'a{n}' AS l, 'b{n}' AS r, {0.97 if n < 25 else 0.6} AS probability"
        for n in range(30)
    )
    found = attacked(memory, left, right, pairs=pairs, minimum=11)
    assert found.own.links == 25
    assert found.at[0].links is None  # 5 links would follow
    assert found.at[0].claimed is None


def test_few_people_in_both_tables_or_in_one_alone_are_not_counted(memory: Memory) -> None:
    left = table([(n, str(n), "f") for n in range(40)], "a")
    right = table([(n, str(n), "f") for n in range(35)], "b")
    found = attacked(memory, left, right, minimum=11)
    assert (found.both, found.controls) == (None, None)
    assert found.own.precision is None


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("born", Field(left="born", right="born", kind=Kind.EXACT)),
        ("born:date", Field(left="born", right="born", kind=Kind.DATE)),
        ("name=full name:name", Field(left="name", right="full name", kind=Kind.NAME)),
    ],
)
def test_a_field_is_read_as_written(text: str, field: Field) -> None:
    assert parsed([text]) == (field,)


@pytest.mark.parametrize("texts", [[], ["a", "a:name"], ["a:fuzzy"], [":name"], ["a=x", "b=x"]])
def test_what_is_no_field_is_refused(texts: list[str]) -> None:
    with pytest.raises(InputError):
        parsed(texts)


@pytest.mark.parametrize(
    ("kind", "one", "other", "level"),
    [
        (Kind.EXACT, "x", "x", 0),
        (Kind.EXACT, "x", "y", 1),
        (Kind.NAME, "bakotux", "bakotux", 0),
        (Kind.NAME, "bakotux", "bakoutx", 1),
        (Kind.NAME, "bakotux", "vezinix", 3),
        (Kind.DATE, "1980-03-07", "1980-03-07", 0),
        (Kind.DATE, "1980-03-07", "1980-03-08", 1),
        (Kind.DATE, "1980-03-07", "1980-07-03", 2),
        (Kind.DATE, "1980-03-07", "1955-11-30", 3),
    ],
)
def test_levels_tell_alike_from_different(
    memory: Memory, kind: Kind, one: str, other: str, level: int
) -> None:
    source = memory.table("pair", ("one", "other"), [(one, other)])
    from counterseal.mosaic.tables.source import Query  # noqa: PLC0415

    tests = " ".join(
        f"WHEN {condition} THEN {at}"
        for at, condition in enumerate(conditions(kind, '"one"', '"other"'))
    )
    last = len(conditions(kind, "a", "b"))
    sql = f"SELECT CASE {tests} ELSE {last} END FROM {source.relation}"  # noqa: S608
    assert source.ask(Query(purpose="the level of a pair", sql=sql)) == [(level,)]
