"""Candidates and their probability by Splink: a Fellegi-Sunter model, trained without truth.

The adversary knows neither who is who nor how often the tables err. It learns how often values
of different people agree from random pairs, how often values of one person do by expectation
maximisation, and how common matches are from pairs that agree on almost everything. Splink
makes and keeps its tables in the connection that the two tables are open in; candidates stay
there. Sums over threads are not in a fixed order, so the last digits of a probability may
differ from run to run.
"""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

import logging
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from counterseal.errors import InputError
from counterseal.mosaic.linking.fields import conditions
from counterseal.mosaic.tables.source import Query, chosen, quoted, real, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splink import Linker

    from counterseal.canon import Json
    from counterseal.mosaic.linking.fields import Field
    from counterseal.workspace.linking.linkages import LinkRequest
    from counterseal.workspace.tables.duck import DuckSource

__all__ = ["MOST_PAIRS", "blocking", "comparison", "scored"]

MOST_PAIRS: Final = 5_000_000
"""Pairs that one blocking rule may make."""

TRAINING_PAIRS: Final = 500_000
RULE_RECALL: Final = 0.7
"""What the adversary supposes of pairs that agree on three fields: the share of all matches."""

_PREDICTED: Final = "counterseal_predicted"
_SIDES: Final = ("counterseal_left", "counterseal_right")


def scored(
    left: DuckSource, right: DuckSource, request: LinkRequest
) -> tuple[str, dict[str, Json]]:
    """Return the SELECT of candidates with their probability, and what the model learned.

    Raises:
        InputError: Splink is not installed, a column is missing, or there are too few fields.
    """
    linker_class, api_class = _splink()
    if len(request.fields) < 3:  # noqa: PLR2004 - two to block on, one to learn
        raise InputError(
            "a model needs at least three fields", hint="name more with --on, or --method exact"
        )
    connection = left.connection
    for source, side, columns in (
        (left, _SIDES[0], [field.left for field in request.fields]),
        (right, _SIDES[1], [field.right for field in request.fields]),
    ):
        connection.execute(_copy(source, side, request.record, columns))
    counts = _pair_counts(left, len(request.fields))
    rules = blocking(counts, len(request.fields))
    settings: dict[str, Any] = {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "comparisons": [comparison(i, field) for i, field in enumerate(request.fields)],
        "blocking_rules_to_generate_predictions": [_rule(rule) for rule in rules],
        "retain_matching_columns": False,
    }
    api = api_class(connection=connection)
    tables = [api.register(side, dataset_display_name=f"{side}_input") for side in _SIDES]
    linker = linker_class(tables, settings, log_level=logging.ERROR)
    _train(linker, counts, request.seed)
    predicted = linker.inference.predict(threshold_match_probability=0.01, warning_mode="never")
    connection.execute(
        f"CREATE OR REPLACE TABLE {_PREDICTED} AS SELECT unique_id_l AS l, unique_id_r AS r, "
        f"match_probability AS probability FROM {quoted(predicted.physical_name)}"
    )
    return f"SELECT l, r, probability FROM {_PREDICTED}", _model(linker, request.fields, rules)


def comparison(index: int, field: Field) -> dict[str, Any]:
    """Return how Splink compares a field, with its levels most alike first."""
    left, right = f'"f{index}_l"', f'"f{index}_r"'
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": f"{left} IS NULL OR {right} IS NULL",
            "label_for_charts": "missing",
            "is_null_level": True,
        }
    ]
    levels += [
        {"sql_condition": condition, "label_for_charts": f"level {at}"}
        for at, condition in enumerate(conditions(field.kind, left, right))
    ]
    levels.append({"sql_condition": "ELSE", "label_for_charts": "different"})
    return {"output_column_name": f"f{index}", "comparison_levels": levels}


def blocking(
    counts: dict[tuple[int, ...], int], fields: int, *, most: int = MOST_PAIRS
) -> tuple[tuple[int, ...], ...]:
    """Return the sets of fields on which candidates must agree.

    Every pair of fields whose equality leaves at most ``most`` pairs of records; where no pair
    is so selective, every three.

    Args:
        counts: Pairs of records that agree, for each set of two fields.
        fields: How many fields there are.
        most: Pairs of records that one rule may make.
    """
    some = tuple(pair for pair, count in counts.items() if count <= most)
    return some or tuple(combinations(range(fields), 3))


def _splink() -> tuple[Any, Any]:
    """Return the classes of Splink that are needed.

    Raises:
        InputError: It is not installed.
    """
    try:
        from splink import DuckDBAPI, Linker  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError(
            "fuzzy linkage needs Splink, which is not installed",
            hint="pip install 'counterseal[linkage]', or --method exact",
        ) from error
    return Linker, DuckDBAPI


def _copy(source: DuckSource, side: str, record: str, columns: Sequence[str]) -> str:
    """Return the statement that makes a table with plain names; empty text is no value."""
    number = chosen(source, [record])[0]
    fields = ", ".join(
        f"NULLIF(TRIM(CAST({column} AS VARCHAR)), '') AS f{i}"
        for i, column in enumerate(chosen(source, columns))
    )
    return (
        f"CREATE OR REPLACE TABLE {side} AS SELECT CAST({number} AS VARCHAR) AS unique_id, "
        f"{fields} FROM {source.relation}"
    )


def _pair_counts(source: DuckSource, fields: int) -> dict[tuple[int, ...], int]:
    """Return how many pairs of records agree on each two fields."""
    pairs = list(combinations(range(fields), 2))
    parts = []
    for place, pair in enumerate(pairs):
        keys = ", ".join(f"f{i}" for i in pair)
        known = " AND ".join(f"f{i} IS NOT NULL" for i in pair)
        sides = [
            f"(SELECT {keys}, COUNT(*) AS n FROM {side} WHERE {known} GROUP BY {keys})"
            for side in _SIDES
        ]
        same = " AND ".join(f"a.f{i} = b.f{i}" for i in pair)
        parts.append(
            f"SELECT {place} AS place, COALESCE(SUM(a.n * b.n), 0) AS pairs "
            f"FROM {sides[0]} AS a JOIN {sides[1]} AS b ON {same}"
        )
    sql = f"SELECT place, pairs FROM ({' UNION ALL '.join(parts)}) AS counts ORDER BY place"
    rows = source.ask(Query(purpose="pairs that agree on two fields", sql=sql))
    return {pairs[whole(place)]: whole(count) for place, count in rows}


def _rule(fields: Sequence[int]) -> str:
    return " AND ".join(f'l."f{i}" = r."f{i}"' for i in fields)


def _train(linker: Linker, counts: dict[tuple[int, ...], int], seed: int) -> None:
    """Let a model learn from the tables, without truth."""
    fields = 1 + max(max(pair) for pair in counts)
    selective = sorted(counts, key=lambda pair: (counts[pair], pair))
    first = selective[0]
    third = [tuple(sorted({*first, i})) for i in range(fields) if i not in first]
    linker.training.estimate_probability_two_random_records_match(
        [_rule(rule) for rule in third], recall=RULE_RECALL
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=TRAINING_PAIRS, seed=seed)
    other = next((pair for pair in selective if not set(pair) & set(first)), selective[1])
    for pair in (first, other):
        linker.training.estimate_parameters_using_expectation_maximisation(
            _rule(pair), max_pairs=TRAINING_PAIRS
        )


def _model(
    linker: Linker, fields: Sequence[Field], rules: Sequence[Sequence[int]]
) -> dict[str, Json]:
    """Return what the model learned: how often values agree of one person, and of two."""
    learned = linker.misc.save_model_to_json()
    levels: dict[str, Json] = {}
    for field, one in zip(fields, learned["comparisons"], strict=True):
        levels[field.left] = [
            {
                "level": level["label_for_charts"],
                "m": _known(level.get("m_probability")),
                "u": _known(level.get("u_probability")),
            }
            for level in one["comparison_levels"]
            if not level.get("is_null_level")
        ]
    return {
        "model": {
            "prior": real(learned["probability_two_random_records_match"]),
            "blocking": [[fields[i].left for i in rule] for rule in rules],
            "levels": levels,
            "training_pairs": TRAINING_PAIRS,
            "supposed_rule_recall": RULE_RECALL,
        }
    }


def _known(value: object) -> Json:
    return None if value is None else real(value)
