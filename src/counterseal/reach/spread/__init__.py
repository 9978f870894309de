"""Trials in blocks, each simulated alone, put together to the bytes of one run."""

from counterseal.reach.spread.answers import known_answers
from counterseal.reach.spread.blocks import (
    Block,
    assemble,
    blocks_of,
    simulate_block,
    trials_of,
)
from counterseal.reach.spread.message import Job, decode, encode

__all__ = [
    "Block",
    "Job",
    "assemble",
    "blocks_of",
    "decode",
    "encode",
    "known_answers",
    "simulate_block",
    "trials_of",
]
