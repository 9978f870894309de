"""Estates for tests, from text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from counterseal.estate.loading import parse

if TYPE_CHECKING:
    from collections.abc import Collection

    from counterseal.estate.estate import Estate

__all__ = ["ATTRIBUTES", "estate_from"]

ATTRIBUTES = frozenset(
    [
        "name",
        "birth-date",
        "birth-place",
        "sex",
        "nationality",
        "ethnicity-religion",
        "government-identifier",
        "passport-number",
        "phone-number",
        "email-address",
        "residential-address",
        "employer",
        "occupation",
        "work-site",
        "clearance-status",
        "immigration-status",
        "immigration-history",
        "asylum-claim",
        "travel-history",
        "case-narrative",
        "criminal-history",
        "detention-record",
        "background-investigation",
        "precise-location",
        "home-work-anchor",
        "plate-reads",
        "vehicle-registration",
        "utility-account",
        "telecom-records",
        "device-identifier",
        "fingerprint",
        "iris",
        "face-image",
        "face-template",
        "voice",
        "genome",
        "parent-child-link",
        "spouse-link",
        "associate-link",
        "health",
        "disability",
        "tax-record",
        "financial",
        "benefit-record",
        "education-record",
        "social-handle",
        "social-posts",
        "password",
        "session-token",
        "cryptographic-key",
        "matcher-model",
        "search-index",
        "query-log",
    ]
)
"""The attribute classes of the packaged catalog, for tests that need no catalog."""


def estate_from(
    *texts: str, attributes: Collection[str] = ATTRIBUTES, file: str = "estate.yaml"
) -> Estate:
    """Return the estate that YAML ``texts`` describe; further files are ``estate2.yaml`` ….

    Raises:
        InvalidDocumentError: It is not valid.
    """
    files = {
        file.replace(".", f"{index}." if index > 1 else ".", 1): textwrap.dedent(text).encode()
        for index, text in enumerate(texts, start=1)
    }
    return parse(files, attributes=attributes)
