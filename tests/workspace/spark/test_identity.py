"""Two programs are one when nothing that decides a byte differs."""

from __future__ import annotations

import json

from counterseal import __version__
from counterseal.reach.spread import known_answers
from counterseal.workspace.spark.identity import differences, identity
from counterseal.workspace.spark.trials import _translated

MINE = json.loads(identity())


def test_an_identity_has_version_source_libraries_and_known_answers() -> None:
    assert MINE["counterseal"] == __version__
    assert MINE["known answers"] == known_answers()
    assert len(MINE["source"]) == 64
    assert {"python", "numpy", "numba", "llvmlite"} < MINE.keys()


def test_a_program_does_not_differ_from_itself() -> None:
    assert differences(identity(), identity()) == ()


def test_each_difference_is_named_with_both_values() -> None:
    other = json.dumps({**MINE, "counterseal": "0.0.9", "known answers": "sha256:" + "0" * 64})
    assert differences(identity(), other) == (
        f"counterseal: 0.0.9 there, {__version__} here",
        f"known answers: 000000000000 there, {known_answers()[7:19]} here",
    )


def test_what_is_no_identity_differs_in_everything() -> None:
    assert len(differences(identity(), "certainly")) == len(MINE)
    assert len(differences(identity(), "[]")) == len(MINE)


def test_the_same_facts_written_otherwise_are_a_difference() -> None:
    assert differences(identity(), json.dumps(MINE, indent=1)) != ()


def test_errors_of_spark_are_said_in_our_words() -> None:
    told = {
        "ModuleNotFoundError: No module named 'counterseal.reach'": "has no counterseal.reach",
        "[PYTHON_VERSION_MISMATCH] Python in worker has ...": "another version of Python",
        'java.io.IOException: Cannot run program "nowhere"': "cannot start its Python",
        "\n  Job aborted.\nmore": "Spark failed: Job aborted.",
        "": "Spark failed: RuntimeError",
    }
    for text, words in told.items():
        error = _translated(RuntimeError(text))
        assert words in error.message
        assert error.hint
