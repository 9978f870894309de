"""The closed vocabularies of an estate: what a field may say."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "Authentication",
    "Baseline",
    "ChangeKind",
    "ControlState",
    "Exposure",
    "HoldingOrigin",
    "KnowledgeClass",
    "LinkKind",
    "OrganizationKind",
    "PopulationFlag",
    "Privilege",
    "Scheme",
    "ServiceKind",
    "Stage",
    "SystemKind",
    "ZoneKind",
]


class OrganizationKind(StrEnum):
    """What an organization is to the owner of the estate."""

    OWNER = "owner"
    COMPONENT = "component"
    PARTNER = "partner"
    CONTRACTOR = "contractor"
    SUBCONTRACTOR = "subcontractor"
    BROKER = "broker"
    VENDOR = "vendor"
    OVERSEER = "overseer"
    FOREIGN_PARTNER = "foreign-partner"


class ZoneKind(StrEnum):
    """What kind of environment a zone is."""

    ON_PREMISES = "on-premises"
    CLOUD_TENANT = "cloud-tenant"
    CLOUD_CONTROL_PLANE = "cloud-control-plane"
    CONTRACTOR = "contractor"
    PARTNER = "partner"
    FIELD = "field"
    PUBLIC = "public"


class SystemKind(StrEnum):
    """What a system is for, as far as an attack step depends on it."""

    APPLICATION = "application"
    DATABASE = "database"
    SEARCH_LAYER = "search-layer"
    GATEWAY = "gateway"
    IDENTITY_PROVIDER = "identity-provider"
    ADMIN_PLANE = "admin-plane"
    DEVICE_FLEET = "device-fleet"
    MATCHER = "matcher"
    ANALYTICS = "analytics"
    FEED = "feed"
    FILE_SHARE = "file-share"
    NETWORK = "network"


class Exposure(StrEnum):
    """From where a connection to a system can be opened."""

    INTERNET = "internet"
    PARTNER = "partner"
    INTERNAL = "internal"
    ISOLATED = "isolated"


class Baseline(StrEnum):
    """A control baseline of SP 800-53B, or none at all."""

    NONE = "none"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Stage(StrEnum):
    """The stages of a change, in order (``gate-and-ledger.md``)."""

    NEED = "need"
    REQUIREMENT = "requirement"
    SOLICITATION = "solicitation"
    SELECTION = "selection"
    PILOT = "pilot"
    INTEGRATION = "integration"
    OPERATION = "operation"
    RETIREMENT = "retirement"


class PopulationFlag(StrEnum):
    """What makes a population class matter to an adversary."""

    DIASPORA = "diaspora"
    ASYLUM = "asylum"
    DUAL_NATIONAL = "dual-national"
    SENSITIVE_ACCESS_STAFF = "sensitive-access-staff"
    RELATIVES = "relatives"
    GENERAL_PUBLIC = "general-public"


class HoldingOrigin(StrEnum):
    """How a holding came from where it came from."""

    COLLECTED = "collected"
    COPY = "copy"
    QUERY = "query"
    PURCHASE = "purchase"
    DERIVED = "derived"


class LinkKind(StrEnum):
    """What passes over a link, and so what an intruder can do with it."""

    QUERY = "query"
    REPLICATE = "replicate"
    BATCH = "batch"
    ADMIN = "admin"
    LOGIN = "login"
    NETWORK = "network"
    UPDATE = "update"
    PHYSICAL = "physical"
    MANUAL = "manual"
    PURCHASE = "purchase"


class Authentication(StrEnum):
    """How one side of a link proves itself to the other."""

    NONE = "none"
    PASSWORD = "password"  # noqa: S105 - the name of a method, not a secret
    FEDERATED = "federated"
    MUTUAL_TLS = "mutual-tls"
    MULTI_FACTOR = "multi-factor"


class Privilege(StrEnum):
    """What a grant lets its holders do."""

    USE = "use"
    SEARCH = "search"
    WRITE = "write"
    ADMIN = "admin"
    MAINTAIN = "maintain"
    PHYSICAL = "physical"


class Scheme(StrEnum):
    """How data is kept unreadable; ``classical`` public keys fall to a quantum computer."""

    NONE = "none"
    SYMMETRIC = "symmetric"
    CLASSICAL = "classical"
    HYBRID = "hybrid"
    POST_QUANTUM = "post-quantum"


class ControlState(StrEnum):
    """How far a control is in place."""

    ABSENT = "absent"
    PLANNED = "planned"
    PARTIAL = "partial"
    IMPLEMENTED = "implemented"
    VERIFIED = "verified"


class KnowledgeClass(StrEnum):
    """What kind of architecture knowledge an item is."""

    CONFIGURATION = "configuration"
    INTEGRATION_POINT = "integration-point"
    PERFORMANCE_LIMIT = "performance-limit"
    PLAN = "plan"
    CRITICALITY = "criticality"


class ServiceKind(StrEnum):
    """What a contract buys."""

    INFRASTRUCTURE = "infrastructure"
    ANALYTICS = "analytics"
    SUPPORT = "support"
    PLANNING = "planning"


class ChangeKind(StrEnum):
    """What sort of change is proposed."""

    PROCUREMENT = "procurement"
    INTEGRATION = "integration"
    DATA_EXPANSION = "data-expansion"
    ACCESS = "access"
    PLANNING = "planning"
    RETIREMENT = "retirement"
