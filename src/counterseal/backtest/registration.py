"""Pre-registration: what will be run and how it will be judged, fixed before it is run.

A registration is one canonical JSON document. It names the method by digests (code, catalog,
its rules and priors), the settings, every file of every case by digest, the measures and the
thresholds. A run under it is refused when anything differs. Its digest can be published or
sealed, and then says that nothing was chosen after the result was seen; it cannot say that
nobody had looked at the cases before.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from counterseal.backtest.written.document import settings_json
from counterseal.canon import canonical, digest, digest_bytes
from counterseal.errors import Fault, InvalidDocumentError, Place, VerificationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.backtest.results.records import Settings
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog

__all__ = ["SCHEMA", "parse", "registration", "require_same"]

SCHEMA: Final = "counterseal-backtest-registration/1"

MEASURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "entry": "percentile of where the first step led, among systems and organizations",
        "seam": "percentile of the first used edge between owners, among such edges",
        "last_hop": "percentile of the last used edge into the objective, among all into data",
        "baselines": "paired difference of the model to five naive methods",
        "wrong_key": "paired difference to what was not used of the same case",
        "shuffled": "percentile in the same estate with permuted edges, among all and among"
        " edges of the class of the key",
        "hardened": "paired change of reach and rank with the weaknesses of the case closed",
        "time": "probability integral transform of days from first access to the objective,"
        " coverage of the central 80 %, continuous ranked probability score beside one"
        " lognormal of the priors",
    }
)
THRESHOLDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "chance": "the 95 % bootstrap interval over cases leaves out 0.5",
        "baselines": "the interval of the paired difference over all measures leaves out 0",
        "wrong_key": "the interval of the paired difference over all measures leaves out 0",
        "shuffled": "the interval over seam and last hop within the class has 0.5 in it",
        "hardened": "reach at 1, 3 and 25 years and mean rank fall in every pair of every case",
        "time": "the interval of the reference's score minus the model's leaves out 0",
        "miss": "a percentile below 0.5",
    }
)


def registration(
    catalog: Catalog,
    settings: Settings,
    pre: Mapping[str, bytes],
    truth: Mapping[str, bytes],
    *,
    version: str,
    code: str,
) -> dict[str, Json]:
    """Return the document that fixes a run.

    Args:
        catalog: Rules, priors, controls and adversaries.
        settings: How much is run.
        pre: Content of the files of ``pre/`` by path.
        truth: Content of the files of ``truth/`` by path; only digests are taken.
        version: Version of the program.
        code: ``sha256:`` digest of the source it runs from.
    """
    content = catalog.as_json()
    return {
        "schema": SCHEMA,
        "method": {
            "version": version,
            "code": code,
            "catalog": catalog.digest,
            "rules": digest(content["rules"]),
            "priors": digest(content["priors"]),
        },
        "settings": settings_json(settings),
        "pre": _digests(pre),
        "truth": _digests(truth),
        "measures": dict(MEASURES),
        "thresholds": dict(THRESHOLDS),
    }


def parse(data: bytes, *, file: str) -> dict[str, Json]:
    """Return a registration as it was written.

    Raises:
        InvalidDocumentError: It is not JSON, or no registration.
    """
    try:
        found: object = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        fault = Fault(
            code="CS119",
            message=f"this is not a registration: no JSON object with the schema {SCHEMA}",
            place=Place(file=file, line=1, column=1),
            hint="`counterseal backtest DIR --register FILE` writes one",
        )
        raise InvalidDocumentError("the registration is not valid", faults=(fault,))
    return cast("dict[str, Json]", found)


def require_same(data: bytes, now: Mapping[str, Json], *, file: str) -> str:
    """Return the digest of a registration that fits what is to be run.

    Args:
        data: The registration as it is on disk.
        now: What would be registered now.
        file: Name of the file, for messages.

    Raises:
        InvalidDocumentError: It is not a registration.
        VerificationError: Anything differs; the message names all that does.
    """
    told = parse(data, file=file)
    different = list(_differences(told, now, ""))
    if not different and data != canonical(now):
        different = ["the file itself, which is no longer as it was written"]
    if different:
        raise VerificationError(
            f"the run is not the registered one; different: {', '.join(different)}",
            hint=f"run what {file} registers, or register anew and say that you did",
        )
    return digest_bytes(data)


def _digests(files: Mapping[str, bytes]) -> dict[str, Json]:
    named = {PurePosixPath(path).name: digest_bytes(data) for path, data in files.items()}
    return dict(sorted(named.items()))


def _differences(told: Json, now: Json, path: str) -> Iterator[str]:
    """Yield the paths at which two documents differ."""
    if isinstance(told, dict) and isinstance(now, dict):
        for key in sorted({*told, *now}):
            inner = f"{path}.{key}" if path else str(key)
            if (key in told) is not (key in now):
                yield f"{inner} ({'not here' if key in told else 'not registered'})"
            else:
                yield from _differences(told[key], now[key], inner)
    elif told != now:
        yield path
