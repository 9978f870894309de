"""Simulate a bare attack graph in the interchange format."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress
from counterseal.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    from counterseal.attackgraph.interchange import BareGraph
    from counterseal.canon import Json
    from counterseal.cli.console import Console
    from counterseal.reach.arrivals import Arrivals
    from counterseal.reach.draws import Draws

__all__ = ["configure", "execute"]

DEFAULT_TRIALS = 20_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("file", metavar="FILE", help="a counterseal-attack-graph/1 document")
    parser.add_argument(
        "--trials",
        type=positive,
        default=DEFAULT_TRIALS,
        metavar="N",
        help="independent trials (default 20000)",
    )
    parser.add_argument(
        "--exact", action="store_true", help="also the exact reach probability, if small enough"
    )
    parser.add_argument(
        "--rare",
        metavar="TARGET",
        help="also the reach of one step that is rarely reached, by importance sampling",
    )
    parser.add_argument(
        "--spark",
        metavar="MASTER",
        help="spread the trials over Spark: local[2], spark://HOST:7077, ... (docs/spark.md)",
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Simulate and print reach, intervals and quantiles of every target."""
    from counterseal.attackgraph.interchange import parse  # noqa: PLC0415 - heavy
    from counterseal.reach.exact import exact_reach  # noqa: PLC0415 - heavy
    from counterseal.reach.simulate import rare_graph, simulate_graph  # noqa: PLC0415 - heavy
    from counterseal.workspace.clock import stopwatch  # noqa: PLC0415
    from counterseal.workspace.files import read_bytes  # noqa: PLC0415

    data = read_bytes(Path(args.file))
    console.know({args.file: data}, paths={})
    bare = parse(data, file=args.file)
    seed = args.seed or 0
    rare = None
    if args.rare is not None:
        rare = rare_graph(bare, args.rare, trials=args.trials, seed=seed, workers=args.workers)
    with _simulator(args, bare, console) as run:
        result = simulate_graph(
            bare, trials=args.trials, seed=seed, clock=stopwatch, workers=args.workers, run=run
        )
    exact = {t: exact_reach(bare.graph, t) for t in bare.targets} if args.exact else {}
    document = {"schema": "counterseal-graph-simulation/1", **result}
    if exact:
        document["exact"] = exact
    if rare is not None:
        document["rare"] = rare
    console.document(document)
    for target in bare.targets:
        console.out(_line(target, result, exact.get(target)))
    for line in () if rare is None else _rare_lines(rare):
        console.out(line)
    return console.conclude(Exit.OK, f"{args.trials} trials, seed {seed}")


@contextmanager
def _simulator(
    args: argparse.Namespace, bare: BareGraph, console: Console
) -> Iterator[Callable[[Draws], Arrivals] | None]:
    """Give what simulates draws over Spark, or nothing where this machine is enough."""
    if args.spark is None:
        yield None
        return
    from counterseal.reach.spread import Job  # noqa: PLC0415 - heavy
    from counterseal.workspace.spark import check_workers, opened, spread  # noqa: PLC0415

    if args.workers is not None:
        raise UsageError("--workers is for this machine", hint="MASTER says how many cores")
    with opened(args.spark) as session, progress(console, "simulating over Spark") as advance:
        check_workers(session)
        yield lambda draws: spread(
            session, Job(graph=bare.graph, targets=bare.targets, draws=draws), advance=advance
        )


def _rare_lines(rare: Mapping[str, Json]) -> Iterator[str]:
    name, reach, ends = rare["target"], rare["reach"], rare["interval"]
    if reach is None:
        yield f"{name}: not estimated, which is not 0: {rare['reason']}"
    elif rare["reason"]:
        yield f"{name}: never reached: {rare['reason']}"
    elif isinstance(ends, list):
        effective = rare["effective"]
        hits = effective["hits"] if isinstance(effective, dict) else None
        sure = f"95 %: {ends[0]:.3g} to {ends[1]:.3g}; {hits:.0f} effective hits"
        yield f"{name}: reached with probability {reach:.3g} ({sure})"
    warnings = rare["warnings"]
    for warning in warnings if isinstance(warnings, list) else ():
        yield f"  warning: {warning}"


def _line(target: str, result: Mapping[str, Json], exact: float | None) -> str:
    targets = result["targets"]
    row = targets[target] if isinstance(targets, dict) else None
    if not isinstance(row, dict):
        return target
    interval = row["interval"]
    low, high = interval if isinstance(interval, list | tuple) else (None, None)
    text = f"{target}: reached in {row['reach']:.4f} of trials (95 %: {low:.4f} to {high:.4f})"
    quantiles = row["quantiles_days"]
    if isinstance(quantiles, dict):
        days = ", ".join(
            f"{p} by day {value:.3g}" for p, value in quantiles.items() if value is not None
        )
        text += f"; {days}" if days else ""
    return text + (f"; exact {exact:.12g}" if exact is not None else "")
