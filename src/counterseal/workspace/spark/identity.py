"""What has to be the same on every machine for trials to be the same, to the byte."""

from __future__ import annotations

import hashlib
import json
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import counterseal
from counterseal.reach.spread.answers import known_answers

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["differences", "identity"]

_LIBRARIES = ("llvmlite", "numba", "numpy")
_SOURCE = ("attackgraph", "canon.py", "reach", "workspace/spark")
"""What trials are made of; another report or command line is no other arithmetic."""


@cache
def identity() -> str:
    """Return what this process is, as JSON: program, source, libraries, known answers."""
    found = {
        "counterseal": counterseal.__version__,
        "source": _source(Path(counterseal.__file__).parent),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{name: version(name) for name in _LIBRARIES},
        "known answers": known_answers(),
    }
    return json.dumps(found, sort_keys=True)


def differences(mine: str, theirs: str) -> tuple[str, ...]:
    """Return in what two identities differ, in words; nothing where they are one."""
    if mine == theirs:
        return ()
    ours, other = _read(mine), _read(theirs)
    return tuple(
        f"{name}: {_short(other.get(name))} there, {_short(ours.get(name))} here"
        for name in sorted(ours.keys() | other.keys())
        if ours.get(name) != other.get(name)
    ) or ("its identity is written otherwise",)


def _source(folder: Path) -> str:
    """Return the digest of the modules that trials are made of, with their names."""
    total = hashlib.sha256()
    tops = [folder / top for top in _SOURCE]
    for path in sorted(one for top in tops for one in (top, *top.rglob("*.py"))):
        if path.is_dir():
            continue
        data = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        total.update(f"{name}\0{len(data)}\0".encode() + data)
    return total.hexdigest()


def _read(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _short(value: object) -> str:
    return "nothing" if value is None else str(value).removeprefix("sha256:")[:12]
