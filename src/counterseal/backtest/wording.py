"""From the words of an encoder to the vocabulary of an estate: closed lists, stated in advance.

Remarks in brackets are dropped first: they are where hindsight stands ("later found weak").
Of the rules of a list, the one whose word comes earliest in the text decides; a text that no
rule knows takes the default and is listed with the result. No rule names a case, and none
looks at anything but the field it is for. ``docs/backtest.md`` has the lists for readers.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from counterseal.estate.kinds import (
    Authentication,
    ControlState,
    LinkKind,
    OrganizationKind,
    Privilege,
    SystemKind,
    ZoneKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ATTRIBUTES",
    "AUTHENTICATION",
    "CONTROLS",
    "LINKS",
    "ORGANIZATIONS",
    "PRIVILEGES",
    "STATES",
    "SYSTEMS",
    "ZONES",
    "all_matches",
    "first_match",
    "without_remarks",
]

Rules = tuple[tuple[str, str], ...]
"""Pairs of a regular expression (matched from the start of a word) and what it means."""

ORGANIZATIONS: Mapping[str, OrganizationKind] = MappingProxyType(
    {
        "agency": OrganizationKind.PARTNER,
        "operator": OrganizationKind.PARTNER,
        "partner": OrganizationKind.PARTNER,
        "component": OrganizationKind.COMPONENT,
        "contractor": OrganizationKind.CONTRACTOR,
        "subcontractor": OrganizationKind.SUBCONTRACTOR,
        "vendor": OrganizationKind.VENDOR,
        "supplier": OrganizationKind.VENDOR,
        "broker": OrganizationKind.BROKER,
    }
)
"""Kind of an organization by the encoder's word. The agency or operator with most systems is
the one whose estate it is, and so a component of the generated owner; others are partners."""

ZONES: Rules = (
    ("cloud", ZoneKind.CLOUD_TENANT),
    ("field|store|shop|branch", ZoneKind.FIELD),
    ("dmz|edge|public|internet", ZoneKind.PUBLIC),
    ("partner", ZoneKind.PARTNER),
    ("contractor|subcontractor|vendor|supplier", ZoneKind.CONTRACTOR),
)
"""Kind of a zone by its label; anything else is on-premises for the operator of the estate,
and the home of whoever else runs it."""

SYSTEMS: Rules = (
    ("remote access|vpn|gateway|firewall|proxy", SystemKind.GATEWAY),
    ("directory|domain services|identity|single sign-on", SystemKind.IDENTITY_PROVIDER),
    ("administrator|jump ?box|jump host|bastion", SystemKind.ADMIN_PLANE),
    ("file share|file server", SystemKind.FILE_SHARE),
    ("database|record|mainframe|case file|archive", SystemKind.DATABASE),
    (
        "workstation|personal computer|pc|laptop|phone|device|equipment|point-of-sale",
        SystemKind.DEVICE_FLEET,
    ),
    ("network|segment|local-area|data centre|data center", SystemKind.NETWORK),
    ("match", SystemKind.MATCHER),
    ("search", SystemKind.SEARCH_LAYER),
    ("analytic|warehouse", SystemKind.ANALYTICS),
    (
        "portal|web|site|server|application|mail|system|detection|inspection|alert",
        "application",
    ),
)
"""Kind of a system by its wording; anything else is an application."""

PRIVILEGES: Rules = (
    ("physical", Privilege.PHYSICAL),
    ("maint|integrat|install|support", Privilege.MAINTAIN),
    ("admin", Privilege.ADMIN),
    ("credential|account|login|access|portal|user", Privilege.USE),
)
"""Privilege of an organization on a system by the wording of the edge; else use."""

LINKS: Rules = (
    ("physical|removable media", LinkKind.PHYSICAL),
    ("software distribution|update|deployment", LinkKind.UPDATE),
    ("admin|hosting|policy|management", LinkKind.ADMIN),
    ("credential|login|password|remote desktop|account|sign-on", LinkKind.LOGIN),
    ("copy|replica|mirror|synchron", LinkKind.REPLICATE),
    ("transfer|batch|export|upload", LinkKind.BATCH),
    ("application|database|query|mounted|file system|interface", LinkKind.QUERY),
    ("network|connection|shared service|flat", LinkKind.NETWORK),
)
"""Kind of a link by the wording of the edge; anything else is a network link."""

AUTHENTICATION: Mapping[str, Authentication] = MappingProxyType(
    {
        "none": Authentication.NONE,
        "password": Authentication.PASSWORD,
        "password only": Authentication.PASSWORD,
        "username and password": Authentication.PASSWORD,
        "username and password only": Authentication.PASSWORD,
        "federated": Authentication.FEDERATED,
        "mutual tls": Authentication.MUTUAL_TLS,
        "multi-factor": Authentication.MULTI_FACTOR,
        "mfa": Authentication.MULTI_FACTOR,
    }
)
"""Authentication by the whole text and nothing less; any longer text is unknown."""

ATTRIBUTES: Rules = (
    ("name", "name"),
    ("birth date|date of birth", "birth-date"),
    ("identity", "name"),
    (
        "identity number|ssn|social security|driver licence|driving licence",
        "government-identifier",
    ),
    ("passport", "passport-number"),
    ("address", "residential-address"),
    ("phone", "phone-number"),
    ("e-?mail", "email-address"),
    ("face", "face-image"),
    ("fingerprint", "fingerprint"),
    ("iris", "iris"),
    ("licence plate|license plate", "plate-reads"),
    ("location", "precise-location"),
    ("travel", "travel-history"),
    ("credit|finance|financial|payment|bank", "financial"),
    ("tax", "tax-record"),
    ("health|medication|medical|diagnos", "health"),
    ("family|spouse|relative", "spouse-link"),
    ("family|children|relative", "parent-child-link"),
    ("foreign contact|associate", "associate-link"),
    ("sf-86|background investigation|interview|clearance", "background-investigation"),
    ("personnel|employment", "employer"),
    ("personnel|occupation", "occupation"),
    ("password|credential", "password"),
    ("asylum", "asylum-claim"),
    ("immigration", "immigration-status"),
)
"""Attribute classes by the wording of a category; each rule that matches adds its class."""

CONTROLS: Rules = (
    ("multi-factor|mfa|2fa|two-factor|piv", "IA-2(1)"),
    ("patch|vulnerabilit", "SI-2"),
    ("segmentation|segregation", "SC-7"),
    ("removable media|usb", "MP-7"),
    ("encryption of stored|encryption at rest", "SC-28(1)"),
    ("encryption in transit", "SC-8"),
    ("integrity monitoring", "SI-7"),
    ("least privilege", "AC-6"),
    ("account lifecycle|account management", "AC-2"),
    ("penetration", "CA-8"),
    ("activity monitoring|rate monitoring|egress monitoring", "SI-4"),
    ("contract clause|vendor security|third-party", "SA-9"),
    ("saved-password|password policy|credentials in files", "IA-5"),
    ("malware|endpoint prevent|anti-virus", "SI-3"),
)
"""Control of SP 800-53 by its wording; one that no rule knows is left out and listed."""

STATES: Rules = (
    ("absent|missing|none", ControlState.ABSENT),
    ("planned", ControlState.PLANNED),
    ("partial|weak|insufficient|present on paper", ControlState.PARTIAL),
    ("present|implemented|in place", ControlState.IMPLEMENTED),
    ("verified", ControlState.VERIFIED),
)
"""State of a control by its wording; anything else is unknown."""


def without_remarks(text: str) -> str:
    """Return ``text`` in lower case without what stands in brackets."""
    return re.sub(r"\s*\([^)]*\)", "", text).strip().lower()


def first_match(rules: Rules, text: str) -> str | None:
    """Return what the rule means whose word comes earliest; ``None`` when there is none."""
    plain = without_remarks(text)
    found = [
        (match.start(), order, meaning)
        for order, (words, meaning) in enumerate(rules)
        if (match := re.search(rf"\b(?:{words})", plain))
    ]
    return min(found)[2] if found else None


def all_matches(rules: Rules, text: str) -> tuple[str, ...]:
    """Return what every rule means that matches, in the order of the rules."""
    plain = without_remarks(text)
    return tuple(
        meaning for words, meaning in rules if re.search(rf"\b(?:{words})", plain) is not None
    )
