"""A job comes back from its bytes, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.attackgraph.columns import columns_of
from counterseal.attackgraph.compile import compile_graph
from counterseal.attackgraph.model import Power
from counterseal.errors import GraphError
from counterseal.estate.generator import generate
from counterseal.reach.draws import Draws
from counterseal.reach.spread.message import FORMAT, Job, decode, encode
from counterseal.testing.catalogs import catalog
from counterseal.testing.graphs import tangle


def job(seed: int = 5) -> Job:
    graph, target = tangle(np.random.default_rng(seed))
    return Job(graph=graph, targets=(target,), draws=Draws(seed=seed, outer=2, lanes=3))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 200))
def test_a_compiled_graph_comes_back_whole_but_for_its_objectives(seed: int) -> None:
    estate = generate(seed, systems=4, links=6)
    who = sorted(catalog().adversaries)[seed % 5]
    graph = compile_graph(estate, catalog().adversaries[who], catalog())
    draws = Draws(seed=seed, outer=3, lanes=2)
    sent = Job(graph=graph, targets=(graph.steps[0].id,), draws=draws)
    back = decode(encode(sent))
    assert (back.targets, back.draws) == (sent.targets, sent.draws)
    without = replace(graph, objectives=(), columns=None, steps=tuple(graph.steps))
    assert back.graph.as_json() == without.as_json()
    assert encode(back) == encode(sent)


@given(
    number=st.floats(min_value=1e-300, max_value=1e300),
    exponent=st.floats(-9, 9),
)
def test_numbers_come_back_to_the_bit(number: float, exponent: float) -> None:
    sent = job()
    powers = (Power(base=number, exponent=exponent), Power(base="a fact", exponent="7"))
    back = decode(encode(replace(sent, graph=replace(sent.graph, reentry=powers))))
    assert back.graph.reentry == powers
    assert all(
        isinstance(power.base, type(p.base))
        for power, p in zip(back.graph.reentry, powers, strict=True)
    )


def test_what_a_worker_is_told_says_nothing_of_objectives() -> None:
    estate = generate(1, systems=4, links=6)
    graph = compile_graph(estate, catalog().adversaries["humint-enabled"], catalog())
    assert graph.objectives
    data = json.loads(
        encode(Job(graph=graph, targets=(), draws=Draws(seed=1, outer=1, lanes=1)))
    )
    assert "objectives" not in data["graph"]


def test_a_graph_that_has_columns_but_no_steps_is_refused_for_it_would_be_empty() -> None:
    sent = job()
    hollow = replace(sent.graph, steps=(), columns=columns_of(sent.graph))
    with pytest.raises(GraphError, match="without steps"):
        encode(replace(sent, graph=hollow))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\x80\x04K\x01.",
        b"[" * 100_000,
        encode(job()).replace(FORMAT.encode(), b"counterseal-trials/2"),
        encode(job()).replace(b'"entry"', b'"entrance"', 1),
        encode(job()).replace(b'"kind":"or"', b'"kind":"xor"', 1),
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(GraphError, match=FORMAT):
        decode(data)


def test_a_key_that_is_not_known_is_refused_for_it_might_matter() -> None:
    document = json.loads(encode(job()))
    document["graph"]["steps"][0]["weight"] = 2.0
    with pytest.raises(GraphError):
        decode(json.dumps(document).encode())
