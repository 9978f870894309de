"""Say how far two tables can be joined on a key, from sketches, without showing either."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.console import shown
from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.cli.reading import (
    columns,
    count,
    ends,
    reading,
    reading_options,
    share,
    show_sql,
)
from counterseal.cli.rows import rows_of
from counterseal.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.cli.progress import Advance
    from counterseal.mosaic.tables.sketches import Sketch

__all__ = ["configure", "execute"]

SKETCH = ".sketch"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("first", metavar="A", help="a CSV or Parquet file, or a .sketch")
    parser.add_argument(
        "second", nargs="?", metavar="B", help="another; without it A is only sketched"
    )
    parser.add_argument("--on", type=columns, metavar="X,Y", help="columns of the key")
    parser.add_argument(
        "--on-second", type=columns, metavar="X,Y", help="the same in B, where named otherwise"
    )
    parser.add_argument(
        "--key-file",
        metavar="FILE",
        help="a secret that both owners have; else in COUNTERSEAL_SKETCH_KEY",
    )
    parser.add_argument(
        "--size", type=positive, default=1_024, metavar="K", help="hashes kept (default 1024)"
    )
    parser.add_argument(
        "--write", metavar="FILE", help="write the sketch of A, ends in .sketch"
    )
    reading_options(parser)


def execute(args: argparse.Namespace, console: Console) -> int:
    """Sketch what is a table, compare, and print."""
    from counterseal.workspace.linking.joins import compared, written  # noqa: PLC0415 - heavy

    if args.second is None and args.write is None:
        raise UsageError(
            "a sketch is compared or written", hint="name a second table, or --write"
        )
    if args.write is not None and Path(args.write).suffix != SKETCH:
        raise UsageError(f"the file of a sketch ends in {SKETCH}")
    asked: list[Json] = []
    with progress(console, "sketching") as advance:
        first = _sketch(args, args.first, args.on, asked, advance)
        second = None
        if args.second is not None:
            second = _sketch(args, args.second, args.on_second or args.on, asked, advance)
    if args.write is not None:
        written(first, Path(args.write))
    if second is None:
        console.document({"schema": "counterseal-mosaic-sketch/1", "file": args.write})
        return console.conclude(Exit.OK, f"{len(first.values)} hashes written to {args.write}")
    found = compared(first, second, minimum=args.minimum)
    console.document({**found, "sql": asked})
    for line in _lines(found):
        console.out(shown(line))
    show_sql(args, console, asked)
    return console.conclude(Exit.OK, "compared by sketches; no value was shown")


def _sketch(
    args: argparse.Namespace,
    name: str,
    names: tuple[str, ...] | None,
    asked: list[Json],
    advance: Advance,
) -> Sketch:
    from counterseal.workspace.linking.joins import (  # noqa: PLC0415 - heavy
        read_sketch,
        secret,
        sketched,
    )

    path = Path(name)
    if path.suffix == SKETCH:
        return read_sketch(path)
    if names is None:
        raise UsageError("no column is named as the key", hint="--on COLUMN")
    key = secret(None if args.key_file is None else Path(args.key_file))
    sketch, queries = sketched(
        [path], names, key=key, reading=reading(args), size=args.size, advance=advance
    )
    asked += queries
    return sketch


def _lines(found: Mapping[str, Json]) -> Iterator[str]:
    for name, table in zip("AB", rows_of(found["tables"]), strict=False):
        without = f"{count(table['without_key'])} without the key"
        yield f"{name}: {count(table['records'])} records, {without}"
        yield f"  different keys        {_estimate(table['distinct'])}"
        yield f"  one record has each   {share(table['key_uniqueness'])}"
        yield f"  also in the other     {share(table['contained_in_other'])}"
    yield f"keys in both            {_estimate(found['common'])}"
    yield f"Jaccard similarity      {share(found['jaccard'])}"


def _estimate(value: Json) -> str:
    if not isinstance(value, dict):
        return count(value)
    return count(value["value"]) + ends(value["interval"], 1.0, ",.0f")
