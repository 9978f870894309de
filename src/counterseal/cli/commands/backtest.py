"""Rank what was really used in documented breaches, beside chance and naive methods."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from counterseal.cli.exits import Exit
from counterseal.cli.parser import positive
from counterseal.cli.progress import progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from counterseal.backtest.results.records import Settings
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.cli.console import Console
    from counterseal.workspace.backtesting import CaseFiles

__all__ = ["configure", "execute"]

SEEDS: Final = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("cases", metavar="DIR", help="folder with pre/*.yaml and truth/*.yaml")
    parser.add_argument(
        "--seeds",
        type=positive,
        metavar="N",
        help=f"embeddings of each case, from --seed upwards (default {SEEDS}, from 0)",
    )
    parser.add_argument(
        "--hindsight",
        action="store_true",
        help="use controls, too, whose state was learnt after the breach",
    )
    parser.add_argument(
        "--markdown", action="store_true", help="print findings and tables as Markdown"
    )
    written = parser.add_mutually_exclusive_group()
    written.add_argument(
        "--register",
        metavar="FILE",
        help="write method, settings, cases and thresholds to FILE, and run nothing",
    )
    written.add_argument(
        "--registered",
        metavar="FILE",
        help="run what FILE registers; refuse when anything differs",
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Run and print; a finished measurement is 0 whatever it shows."""
    from counterseal.backtest.case import parse  # noqa: PLC0415 - not needed for --help
    from counterseal.backtest.written.document import as_json, misses  # noqa: PLC0415 - heavy
    from counterseal.backtest.written.text import markdown, text  # noqa: PLC0415 - heavy
    from counterseal.catalog.catalog import parse as parse_catalog  # noqa: PLC0415
    from counterseal.workspace.backtesting import read_cases, run  # noqa: PLC0415 - heavy
    from counterseal.workspace.packaged import catalog_files  # noqa: PLC0415

    files = read_cases(Path(args.cases))
    console.know({**files.pre, **files.truth}, paths={})
    cases, catalog = parse(files.pre, files.truth), parse_catalog(catalog_files())
    if args.register is not None:
        return _register(args, console, catalog, files)
    settings, seal = _settings(args), None
    if args.registered is not None:
        settings, seal = _registered(args, catalog, files)
    with progress(console, "ranking") as advance:
        study = run(cases, catalog, settings=settings, progress=advance)
    console.document(as_json(study, registration=seal))
    shown = markdown if args.markdown else text
    console.out(shown(study, registration=seal).rstrip("\n"))
    ranked, missed = _counted(len(cases), "case"), _counted(len(misses(study)), "miss", "es")
    return console.conclude(Exit.OK, f"{ranked} ranked, {missed}")


def _settings(args: argparse.Namespace, told: Mapping[str, Json] | None = None) -> Settings:
    """Return what the words say, and what is registered or usual where they say nothing."""
    from counterseal.backtest.conversion import Controls  # noqa: PLC0415 - heavy
    from counterseal.backtest.results.records import Settings  # noqa: PLC0415 - heavy

    first, count, hindsight = args.seed, args.seeds, args.hindsight
    if told is not None:
        first = told.get("first_seed") if first is None else first
        count = told.get("seeds") if count is None else count
        hindsight = hindsight or told.get("controls") == Controls.ALL.value
    first = first if isinstance(first, int) else 0
    count = count if isinstance(count, int) and count > 0 else SEEDS
    return Settings(
        seeds=tuple(range(first, first + count)),
        controls=Controls.ALL if hindsight else Controls.KNOWN_BEFORE,
        workers=args.workers,
    )


def _document(settings: Settings, catalog: Catalog, files: CaseFiles) -> dict[str, Json]:
    from counterseal import __version__  # noqa: PLC0415 - as above
    from counterseal.backtest.registration import registration  # noqa: PLC0415 - heavy
    from counterseal.workspace.backtesting import code_digest  # noqa: PLC0415 - heavy

    return registration(
        catalog, settings, files.pre, files.truth, version=__version__, code=code_digest()
    )


def _register(
    args: argparse.Namespace, console: Console, catalog: Catalog, files: CaseFiles
) -> int:
    """Write the registration and say what its digest is."""
    from counterseal.workspace.backtesting import register  # noqa: PLC0415 - heavy

    document = _document(_settings(args), catalog, files)
    seal = register(Path(args.register), document)
    console.document(
        {
            "schema": "counterseal-backtest-registered/1",
            "file": args.register,
            "digest": seal,
            "registration": document,
        }
    )
    count = len(files.pre)
    console.out(f"{seal}  {args.register}")
    console.out(f"run it with: counterseal backtest {args.cases} --registered {args.register}")
    return console.conclude(Exit.OK, f"{_counted(count, 'case')} registered, nothing run")


def _registered(
    args: argparse.Namespace, catalog: Catalog, files: CaseFiles
) -> tuple[Settings, str]:
    """Return the registered settings and the digest of the registration, or refuse."""
    from counterseal.backtest.registration import parse, require_same  # noqa: PLC0415 - heavy
    from counterseal.workspace.files import read_bytes  # noqa: PLC0415 - as above

    data = read_bytes(Path(args.registered))
    told = parse(data, file=args.registered).get("settings")
    settings = _settings(
        args, cast("Mapping[str, Json]", told) if isinstance(told, dict) else {}
    )
    now = _document(settings, catalog, files)
    return settings, require_same(data, now, file=args.registered)


def _counted(count: int, noun: str, plural: str = "s") -> str:
    return f"{count} {noun}{'' if count == 1 else plural}"
