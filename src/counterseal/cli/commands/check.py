"""Say everything that is wrong with a project: estate, catalog, changes and rules, at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.cli.exits import Exit
from counterseal.cli.sources import folder_files, know_project
from counterseal.errors import Fault, InvalidDocumentError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator

    from counterseal.catalog.catalog import Catalog
    from counterseal.cli.console import Console
    from counterseal.estate.change import Change
    from counterseal.estate.estate import Estate
    from counterseal.workspace.project import Project

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "estate",
        nargs="?",
        metavar="ESTATE",
        help="folder of the estate or of its project; the nearest estate/ upwards if left out",
    )


def execute(args: argparse.Namespace, console: Console) -> int:
    """Check and print; valid is 0, anything else 5."""
    from counterseal.workspace.project import find_project, open_project  # noqa: PLC0415

    project = open_project(Path(args.estate)) if args.estate else find_project(Path())
    know_project(console, project)
    faults, counts = _check(project)
    console.document(
        {
            "schema": "counterseal-check/1",
            "errors": console.fault_rows(faults),
            "counts": counts,
        }
    )
    if faults:
        console.faults(faults)
        some = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
        return console.conclude(Exit.NOT_EVALUABLE, f"not valid: {some}")
    width = max(map(len, counts))
    for kind, count in counts.items():
        console.out(f"{kind:<{width}}  {count:>6}")
    return console.conclude(Exit.OK, "valid")


def _check(project: Project) -> tuple[list[Fault], dict[str, int]]:
    """Return every fault of the project, and how much of each kind it has."""
    faults: list[Fault] = []
    catalog, estate = _load(project, faults)
    changes = list(_changes(project, faults))
    if estate is not None and catalog is not None:
        for change in changes:
            faults += _misfits(change, estate, frozenset(catalog.attributes))
    rules = _rules(project, faults)
    counts = _counts(estate) | {"changes": len(changes), "rules": rules}
    return faults, counts


def _load(project: Project, faults: list[Fault]) -> tuple[Catalog | None, Estate | None]:
    catalog = None
    try:
        catalog = project.catalog()
        return catalog, project.estate(catalog)
    except InvalidDocumentError as error:
        faults += error.faults
        return catalog, None


def _changes(project: Project, faults: list[Fault]) -> Iterator[Change]:
    from counterseal.estate import change as changes  # noqa: PLC0415 - not needed for --help

    for name, data in folder_files(project.root / "changes", "changes/").items():
        try:
            yield changes.parse(data, file=name)
        except InvalidDocumentError as error:
            faults += error.faults


def _misfits(change: Change, estate: Estate, attributes: Collection[str]) -> Iterator[Fault]:
    """Yield what keeps a change or one of its alternatives from being applied."""
    from counterseal.estate.change import check_authority  # noqa: PLC0415
    from counterseal.estate.patch import apply  # noqa: PLC0415

    try:
        yield from check_authority(change, apply(estate, change.patch, attributes=attributes))
    except InvalidDocumentError as error:
        yield from error.faults
    for alternative in change.alternatives:
        try:
            apply(estate, alternative.patch, attributes=attributes)
        except InvalidDocumentError as error:
            yield from error.faults


def _rules(project: Project, faults: list[Fault]) -> int:
    """Return the number of rule cards, those shipped included."""
    from counterseal.policy.cards import overlay  # noqa: PLC0415
    from counterseal.policy.cases import check_cases  # noqa: PLC0415
    from counterseal.workspace.packaged import rule_files  # noqa: PLC0415

    try:
        rules = overlay(rule_files(), folder_files(project.root / "rules", "rules/"))
    except InvalidDocumentError as error:
        faults += error.faults
        return 0
    faults += [
        Fault(
            code="CS277",
            message=f"rule {failure.rule!r}, case {failure.case!r}: expected that it"
            f" {failure.expected}; found: {failure.found}",
            hint="mend the condition or the case",
        )
        for failure in check_cases(rules)
    ]
    return len(rules.cards)


def _counts(estate: Estate | None) -> dict[str, int]:
    if estate is None:
        return {}
    from counterseal.estate.estate import KINDS  # noqa: PLC0415

    counts = {kind: len(estate.of_kind(kind)) for kind in KINDS}
    return {kind: count for kind, count in counts.items() if count}
