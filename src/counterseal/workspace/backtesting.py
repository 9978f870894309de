"""Breach cases on disk, the source that ranks them, and processes that share the work."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import resources
from multiprocessing import active_children, get_context
from typing import TYPE_CHECKING

from counterseal.backtest.study import backtest, gather, run_one
from counterseal.canon import canonical, digest, digest_bytes
from counterseal.catalog.catalog import parse as parse_catalog
from counterseal.errors import Fault, InvalidDocumentError, Place, UsageError
from counterseal.workspace.files import read_folder, write_bytes
from counterseal.workspace.packaged import catalog_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path
    from typing import Protocol

    from counterseal.backtest.case import Case
    from counterseal.backtest.results.records import Settings, Study
    from counterseal.backtest.study import Outcome
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog

    class Progress(Protocol):
        """Says how far the study is; what it raises ends the study."""

        def __call__(self, done: int, total: int, /) -> None: ...


__all__ = ["CaseFiles", "code_digest", "read_cases", "register", "run"]

_SUFFIXES = (".yaml", ".yml")
_WORTH_A_PROCESS = 16
"""Runs of one case under one seed below which starting processes takes longer."""

_RANKING = ("attackgraph", "backtest", "catalog", "documents", "estate", "reach")
"""Packages, beside the modules at the root, that have a part in the result of a backtest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFiles:
    """Content of the files of a folder of cases, by path.

    Attributes:
        pre: What could be known before.
        truth: What happened.
    """

    pre: Mapping[str, bytes]
    truth: Mapping[str, bytes]


def read_cases(folder: Path) -> CaseFiles:
    """Read a folder of cases.

    Raises:
        InvalidDocumentError: A half is missing or holds no YAML file; both are named.
    """
    faults = tuple(fault for half in ("pre", "truth") for fault in _missing(folder / half))
    if faults:
        raise InvalidDocumentError("there are no cases to read", faults=faults)
    return CaseFiles(
        pre=read_folder(folder / "pre", suffixes=_SUFFIXES),
        truth=read_folder(folder / "truth", suffixes=_SUFFIXES),
    )


def code_digest() -> str:
    """Return the digest of the source that ranks, as it is installed."""
    root = resources.files("counterseal")
    sources = [entry for entry in root.iterdir() if entry.name.endswith(".py")]
    found = {entry.name: digest_bytes(entry.read_bytes()) for entry in sources}
    for package in _RANKING:
        found |= _sources(root / package, package)
    return digest(dict(sorted(found.items())))


def register(path: Path, document: Mapping[str, Json]) -> str:
    """Write a registration and return its digest.

    Raises:
        UsageError: There is a file already: what was registered stays as it is.
    """
    if path.exists():
        raise UsageError(
            f"{path} is there already, and a registration is never overwritten",
            hint="register under another name, or run with `--registered` what it says",
        )
    data = canonical(document)
    write_bytes(path, data, private=False)
    return digest_bytes(data)


def run(
    cases: Sequence[Case], catalog: Catalog, *, settings: Settings, progress: Progress
) -> Study:
    """Run a backtest with the shipped catalog, on as many processes as ``settings.workers``.

    The study is the same to the bit on any number. An interrupt, or anything that ``progress``
    raises, ends it: what waits is dropped, and nothing is left running.
    """
    jobs = [(case, seed) for case in cases for seed in settings.seeds]
    share = 2 * len(jobs) // _WORTH_A_PROCESS
    processes = min(settings.workers or os.cpu_count() or 1, share)
    if processes < 2 or len(jobs) < _WORTH_A_PROCESS:  # noqa: PLR2004 - one is no crowd
        return backtest(cases, catalog, settings=settings, progress=progress)
    alone = replace(settings, workers=1)
    try:
        pool = ProcessPoolExecutor(
            processes, mp_context=get_context("spawn"), initializer=_begin
        )
    except OSError:  # no semaphores here
        return backtest(cases, catalog, settings=settings, progress=progress)
    outcomes: list[Outcome] = []
    before = {*active_children()}
    try:
        with _without_interrupts():
            waiting = [pool.submit(_one, case, seed, alone) for case, seed in jobs]
        for future in waiting:
            outcomes.append(future.result())
            progress(len(outcomes), len(jobs))
    except BaseException:
        for process in {*active_children()} - before:
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return gather(cases, catalog, outcomes, settings=settings)


_shared: dict[str, Catalog] = {}
"""What a process of the pool reads once."""


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that ignore interrupts, which are for the one that asked."""
    if threading.current_thread() is not threading.main_thread():
        yield  # here nobody can be interrupted
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin() -> None:
    """Start a process of the pool."""
    _shared["catalog"] = parse_catalog(catalog_files())


def _one(case: Case, seed: int, settings: Settings) -> Outcome:
    return run_one(case, _shared["catalog"], seed=seed, settings=settings)


def _sources(folder: Traversable, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in folder.iterdir():
        inner = f"{name}/{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__":
            found |= _sources(entry, inner)
        elif entry.name.endswith(".py"):
            found[inner] = digest_bytes(entry.read_bytes())
    return found


def _missing(half: Path) -> tuple[Fault, ...]:
    if half.is_dir() and any(path.suffix in _SUFFIXES for path in half.iterdir()):
        return ()
    found = "an empty folder" if half.is_dir() else "no such folder"
    fault = Fault(
        code="CS120",
        message=f"expected the folder {half.as_posix()} with YAML files; found {found}",
        place=Place(file=half.as_posix(), line=1, column=1),
        hint="A folder of cases has pre/NAME.yaml and truth/NAME.yaml; see docs/backtest.md.",
    )
    return (fault,)
