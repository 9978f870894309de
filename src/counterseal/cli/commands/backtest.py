"""Rank what was really used in documented breaches, beside chance and naive methods."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress

if TYPE_CHECKING:
    import argparse

    from counterseal.cli.console import Console

__all__ = ["configure", "execute"]

SEEDS: Final = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("cases", metavar="DIR", help="folder with pre/*.yaml and truth/*.yaml")
    parser.add_argument(
        "--seeds",
        type=positive,
        default=SEEDS,
        metavar="N",
        help=f"embeddings of each case, from --seed upwards (default {SEEDS}, from 0)",
    )
    parser.add_argument(
        "--hindsight",
        action="store_true",
        help="use controls, too, whose state was learnt after the breach",
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Run and print; a finished measurement is 0 whatever it shows."""
    from counterseal.backtest.case import parse  # noqa: PLC0415 - not needed for --help
    from counterseal.backtest.conversion import Controls  # noqa: PLC0415
    from counterseal.backtest.document import as_json, misses, text  # noqa: PLC0415 - heavy
    from counterseal.backtest.study import Settings, backtest  # noqa: PLC0415 - heavy
    from counterseal.catalog.catalog import parse as parse_catalog  # noqa: PLC0415
    from counterseal.workspace.backtesting import read_cases  # noqa: PLC0415
    from counterseal.workspace.packaged import catalog_files  # noqa: PLC0415

    files = read_cases(Path(args.cases))
    console.know({**files.pre, **files.truth}, paths={})
    cases = parse(files.pre, files.truth)
    first = args.seed or 0
    settings = Settings(
        seeds=tuple(range(first, first + args.seeds)),
        controls=Controls.ALL if args.hindsight else Controls.KNOWN_BEFORE,
        workers=args.workers,
    )
    with progress(console, "ranking") as advance:
        study = backtest(
            cases, parse_catalog(catalog_files()), settings=settings, progress=advance
        )
    console.document(as_json(study))
    console.out(text(study).rstrip("\n"))
    ranked, missed = _counted(len(cases), "case"), _counted(len(misses(study)), "miss", "es")
    return console.conclude(Exit.OK, f"{ranked} ranked, {missed}")


def _counted(count: int, noun: str, plural: str = "s") -> str:
    return f"{count} {noun}{'' if count == 1 else plural}"
