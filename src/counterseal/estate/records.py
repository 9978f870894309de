"""The entities of an estate (``requirements.md`` A.2) as typed, frozen records.

Identifiers and references are plain; everything that is *claimed about the world* is a
``Fact``. No record has a field for a person: a grant names a role, a population names a class.
YAML keys are the field names with hyphens (``monitored-by``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from counterseal.documents.record import Day, Flag, Number, Record, Whole
from counterseal.estate.fact import Fact
from counterseal.estate.kinds import (
    Authentication,
    Baseline,
    ChangeKind,
    ControlState,
    Exposure,
    HoldingOrigin,
    KnowledgeClass,
    LinkKind,
    OrganizationKind,
    PopulationFlag,
    Privilege,
    Scheme,
    ServiceKind,
    Stage,
    SystemKind,
    ZoneKind,
)

__all__ = [
    "MINIMUM_CELL",
    "AttributeId",
    "Authority",
    "Clauses",
    "Contract",
    "Control",
    "Element",
    "ElementId",
    "Encryption",
    "Feed",
    "Grant",
    "HistoryEntry",
    "Holding",
    "Knowledge",
    "Link",
    "Organization",
    "Origin",
    "Owner",
    "Population",
    "PopulationCount",
    "Subcontract",
    "System",
    "TargetDecision",
    "Zone",
]

MINIMUM_CELL = 11
"""Smallest population an estate may describe (cell-size policy of the US Centers for Medicare
and Medicaid Services: no cell of 10 or fewer is shown)."""

ElementId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
]
AttributeId = ElementId
Share = Annotated[Number, Field(ge=0, le=1)]
Count = Annotated[Whole, Field(ge=0)]
Positive = Annotated[Number, Field(gt=0)]
Closure = Literal["on-paper", "verified"]


class Element(Record):
    """A record with an identity, unique over all files of an estate."""

    id: ElementId
    name: str = ""
    note: str = ""
    source: str = ""


class Owner(Record):
    """A share of an organization held by somebody; at the level of entities only."""

    entity: str
    share: Fact[Share]
    jurisdiction: Fact[str] = Fact(value=None)


class Organization(Element):
    """An organization; ``tier`` counts supply steps from the owner (0) outwards."""

    kind: OrganizationKind
    parent: ElementId | None = None
    jurisdiction: Fact[str] = Fact(value=None)
    owners: tuple[Owner, ...] = ()
    clients: tuple[str, ...] = ()
    posture: Fact[Baseline] = Fact(value=None)
    tier: Fact[Count] = Fact(value=None)


class Zone(Element):
    """An environment under one operator and one control baseline."""

    kind: ZoneKind
    operator: ElementId
    baseline: Fact[Baseline] = Fact(value=None)
    monitored_by: ElementId | None = None


class System(Element):
    """A system; fields from ``count`` on are for device fleets.

    ``authenticates_via`` names an identity provider (a shared cause), ``purpose`` an authority.
    ``cached_records`` counts people whose data one device holds.
    """

    kind: SystemKind
    zone: ElementId
    owner: ElementId
    operator: ElementId | None = None
    accountable: ElementId | None = None
    vendor: ElementId | None = None
    product: str | None = None
    authenticates_via: ElementId | None = None
    exposure: Fact[Exposure] = Fact(value=None)
    stage: Fact[Stage] = Fact(value=None)
    categorization: Fact[Baseline] = Fact(value=None)
    critical: Fact[Flag] = Fact(value=None)
    purpose: ElementId | None = None
    count: Fact[Count] | None = None
    cached_records: Fact[Count] | None = None
    lock: Fact[Flag] | None = None


class Population(Element):
    """A class of people, never a person; ``kin_extension`` is relatives per member."""

    size: Fact[Annotated[Whole, Field(ge=MINIMUM_CELL)]]
    inside_share: Fact[Share] = Fact(value=None)
    kin_extension: Fact[Annotated[Number, Field(ge=0)]] = Fact(value=None)
    flags: tuple[PopulationFlag, ...] = ()
    mission: Fact[Flag] = Fact(value=None)


class PopulationCount(Record):
    """How many members of a population a holding covers."""

    population: ElementId
    count: Fact[Count]


class Origin(Record):
    """Where a holding came from."""

    mode: HoldingOrigin
    source: ElementId | None = None
    agreement: Fact[str] = Fact(value=None)
    original_purpose: Fact[str] = Fact(value=None)


class Encryption(Record):
    """How data at rest or under way is kept unreadable, and for how long that lasts.

    Years count from the day on which the estate is described. ``secure_years``: until the
    scheme has to be taken for readable. ``key_years``: for how long one key is in use.
    ``migration_years``: until everything is under another scheme.
    """

    scheme: Fact[Scheme] = Fact(value=None)
    secure_years: Fact[Positive] = Fact(value=None)
    key_years: Fact[Positive] = Fact(value=None)
    migration_years: Fact[Positive] = Fact(value=None)


class TargetDecision(Record):
    """What the owner of a holding says of it as a strategic intelligence target."""

    confirmed: Flag
    owner: ElementId
    decided: Day
    review_by: Day
    reason: str = ""


class Holding(Element):
    """Data about people on one system: typed attributes over population classes.

    ``copies`` names systems that hold a further copy; ``writers`` names grants or links that
    may alter it; ``joined`` names holdings it is joined with on its system. ``copies_verified``
    says whether somebody looked for copies that nobody declared, and found none. ``target``
    is its owner's word in the register of strategic targets.
    """

    system: ElementId
    attributes: tuple[AttributeId, ...]
    populations: tuple[PopulationCount, ...] = ()
    copies: tuple[ElementId, ...] = ()
    retention_years: Fact[Positive] = Fact(value=None)
    origin: Origin | None = None
    pseudonymized: Fact[Flag] = Fact(value=None)
    searchable: Fact[Flag] = Fact(value=None)
    joined: tuple[ElementId, ...] = ()
    writers: tuple[ElementId, ...] = ()
    derived_from: tuple[ElementId, ...] = ()
    copies_verified: Fact[Flag] = Fact(value=None)
    encryption: Encryption | None = None
    target: TargetDecision | None = None


class Link(Element):
    """A connection that ``from_`` opens to ``to``.

    Data named in ``carries`` flows towards ``from_`` on ``query``, ``purchase`` and ``login``
    links, and towards ``to`` on ``replicate``, ``batch``, ``update``, ``physical`` and
    ``manual`` links. ``closed`` is for a link that a migration left behind: removed on paper
    only, or verified to be gone; without it the link is in use.
    """

    from_: ElementId
    to: ElementId
    kind: LinkKind
    carries: tuple[ElementId, ...] = ()
    authentication: Fact[Authentication] = Fact(value=None)
    rate_limit_per_day: Fact[Positive] | None = None
    agreement: Fact[str] = Fact(value=None)
    onward_sharing: Fact[Flag] = Fact(value=None)
    owner: ElementId | None = None
    from_standard: Fact[Baseline] | None = None
    to_standard: Fact[Baseline] | None = None
    closed: Fact[Closure] | None = None
    encryption: Encryption | None = None


class Grant(Element):
    """Access of a role (never a person) of an organization to a system.

    ``closed`` is what it is for a link.
    """

    organization: ElementId
    role: str
    system: ElementId
    privilege: Privilege
    headcount: Fact[Count] = Fact(value=None)
    mfa: Fact[Flag] = Fact(value=None)
    expiry: Fact[Day] = Fact(value=None)
    review_days: Fact[Count] = Fact(value=None)
    dormant_share: Fact[Share] = Fact(value=None)
    separated_share: Fact[Share] = Fact(value=None)
    purpose: ElementId | None = None
    closed: Fact[Closure] | None = None


class Control(Element):
    """A control of SP 800-53 on one or more elements."""

    control: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?$")]
    on: tuple[ElementId, ...]
    state: Fact[ControlState]
    owner: ElementId | None = None
    evidence: str = ""


class Knowledge(Element):
    """What somebody knows about the architecture; ``about`` names elements."""

    about: tuple[ElementId, ...]
    class_: KnowledgeClass
    form: Literal["document", "repository", "staff-memory"] = "document"
    held_by: tuple[ElementId, ...] = ()
    stored_on: tuple[ElementId, ...] = ()
    still_true_years: Fact[Positive] = Fact(value=None)
    disclosed_on: Day | None = None


class Subcontract(Record):
    """One subcontractor; ``organization`` may be ``unknown``, and so may the tiers below."""

    organization: ElementId
    subcontractors: tuple[Subcontract, ...] = ()


class Clauses(Record):
    """What a contract binds its contractor to."""

    flow_down: Fact[Flag] = Fact(value=None)
    incident_notice: Fact[Flag] = Fact(value=None)
    audit_right: Fact[Flag] = Fact(value=None)
    data_return: Fact[Flag] = Fact(value=None)
    conflict_of_interest: Fact[Flag] = Fact(value=None)


class Contract(Element):
    """A contract with the access and the knowledge it confers."""

    contractor: ElementId
    client: ElementId
    service: ServiceKind
    subcontractors: tuple[Subcontract, ...] = ()
    grants: tuple[ElementId, ...] = ()
    knowledge: tuple[ElementId, ...] = ()
    deliverables: tuple[str, ...] = ()
    clauses: Clauses = Clauses()
    starts: Day | None = None
    ends: Day | None = None


class Feed(Element):
    """A commercial feed; ``buyers`` says who else can buy it.

    ``resolution`` is free text of the broker ("device location, 50 m, hourly").
    """

    broker: ElementId
    attributes: tuple[AttributeId, ...]
    populations: tuple[PopulationCount, ...] = ()
    resolution: Fact[str] = Fact(value=None)
    buyers: Fact[Literal["anyone", "domestic", "named"]] = Fact(value=None)


class Authority(Element):
    """Why the organization may hold or use data: purpose, legal basis, necessity."""

    purpose: str
    legal_basis: Fact[str]
    necessity: Fact[str] = Fact(value=None)
    reference_population: ElementId | None = None


class HistoryEntry(Element):
    """A change approved in the past: what it added that still stands."""

    date: Day
    kind: ChangeKind
    title: str
    added: tuple[ElementId, ...] = ()
