"""What people sign: a typed claim about one change, as an in-toto statement.

A claim names exact files by digest (its subjects) and the review it rests on (its binding), so
that a signature says what was signed and goes stale when any of it changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from counterseal.canon import canonical, digest_bytes
from counterseal.errors import LedgerError
from counterseal.tlog.dsse import Envelope, decode_json
from counterseal.tlog.statement import PAYLOAD_TYPE, Statement, parse_statement, require_plain

if TYPE_CHECKING:
    from counterseal.canon import Json

__all__ = [
    "BINDING_KEYS",
    "PREDICATE_BASE",
    "Binding",
    "Claim",
    "Decision",
    "Outcome",
    "Predicate",
    "draft",
    "parse_claim",
    "subjects_of",
]

PREDICATE_BASE = "https://counterseal.example/predicate"

BINDING_KEYS = (
    "catalog",
    "change",
    "draws",
    "engine",
    "estate_after",
    "estate_before",
    "result",
    "rules",
    "seed",
)
"""What a binding must name; all but ``result`` stand in ``digests`` of the review document."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PREDICATE_KEYS = {"binding", "body", "change", "made", "policy", "refers"}


class Predicate(StrEnum):
    """The kinds of claim; the URI of each carries its version."""

    POLICY = "policy"
    PROPOSAL = "proposal"
    ANALYSIS = "analysis"
    REVIEW = "review"
    VERDICT = "verdict"
    DECISION = "decision"
    DISSENT = "dissent"
    WAIVER = "waiver"
    CONDITION = "condition"
    READ = "read"
    DISCLOSURE = "disclosure"
    KEY_CHANGE = "key-change"
    RECONCILIATION = "reconciliation"

    @property
    def uri(self) -> str:
        """The predicate type of the statement."""
        return f"{PREDICATE_BASE}/{self.value}/v1"


class Outcome(StrEnum):
    """What accountable people may decide."""

    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved with conditions"
    RETURNED = "returned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The exact review that a claim rests on; see ``BINDING_KEYS``."""

    values: Mapping[str, str]

    def __post_init__(self) -> None:
        missing = sorted(set(BINDING_KEYS) - set(self.values))
        if missing:
            raise LedgerError(f"the binding does not name {', '.join(missing)}")

    @classmethod
    def of_result(cls, result: bytes) -> Binding:
        """Return the binding to review document ``result``: its ``digests`` and its own digest.

        Values that are not text are written as canonical JSON.

        Raises:
            LedgerError: ``result`` has no complete ``digests``.
            LogError: It is not JSON, or a digest is a fraction.
        """
        document = decode_json(result)
        digests = document.get("digests") if isinstance(document, Mapping) else None
        if not isinstance(digests, Mapping) or "result" in digests:
            raise LedgerError("a review document has an object 'digests' without 'result'")
        values = {str(key): _as_text(digests[key]) for key in digests}
        return cls(values={**values, "result": digest_bytes(result)})

    def changed(self, other: Binding) -> tuple[str, ...]:
        """Return the names whose values differ between the two, sorted."""
        names = sorted({*self.values, *other.values})
        return tuple(key for key in names if self.values.get(key) != other.values.get(key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim, before or after it is signed.

    Attributes:
        predicate: Its kind.
        change: Identifier of the change it is about; empty for a policy.
        policy: ``sha256:`` digest of the policy under which it is signed; empty for a policy.
        made: When it was drafted; aware, UTC, whole seconds.
        subjects: Name to SHA-256 (hexadecimal) of each file it is about; at least one.
        binding: The review it rests on, if it rests on one.
        refers: Role to ``sha256:`` digest of an earlier claim's payload (``proposal``, ...).
        body: What is claimed; no fractions (statements have whole numbers and text).
    """

    predicate: Predicate
    change: str
    policy: str
    made: datetime
    subjects: Mapping[str, str]
    binding: Binding | None = None
    refers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.made.utcoffset() != UTC.utcoffset(None) or self.made.microsecond:
            raise LedgerError("a claim is made at a whole second of UTC")
        if not self.subjects:
            raise LedgerError("a claim is about at least one file")
        if (self.predicate is Predicate.POLICY) != (not self.change):
            raise LedgerError("a claim is about a change, and only a policy is about none")
        for digest in self.refers.values():
            if _DIGEST.fullmatch(digest) is None:
                raise LedgerError("a claim refers to others by sha256 digest")

    def render(self) -> bytes:
        """Return the exact bytes that are signed: canonical JSON of the statement.

        Raises:
            LogError: The body has no canonical form.
        """
        predicate: dict[str, Json] = {
            "binding": None if self.binding is None else dict(self.binding.values),
            "body": self.body,
            "change": self.change,
            "made": self.made.strftime(_TIME),
            "policy": self.policy,
            "refers": dict(self.refers),
        }
        return Statement(
            subjects=self.subjects, predicate_type=self.predicate.uri, predicate=predicate
        ).render()

    @property
    def digest(self) -> str:
        """The ``sha256:`` digest of the payload, by which later claims refer to it.

        Of a signed claim it is the digest of ``Envelope.payload``, which is cheaper.
        """
        return digest_bytes(self.render())


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The body of a decision.

    Attributes:
        outcome: What was decided.
        verdict: The word of the verdict it answers.
        assessed: Day of the assessment.
        selected: Day of selection, or None when nothing was selected yet.
        conditions: Identifiers of the conditions imposed.
        reason: Why, in the signers' words.
    """

    outcome: Outcome
    verdict: str
    assessed: date
    selected: date | None = None
    conditions: tuple[str, ...] = ()
    reason: str = ""

    @property
    def precedence(self) -> str:
        """``before selection`` or ``after selection``; the latter is a recorded violation."""
        late = self.selected is not None and self.assessed > self.selected
        return "after selection" if late else "before selection"

    def body(self) -> Mapping[str, Json]:
        """Return the body of the claim."""
        return {
            "assessed": self.assessed.isoformat(),
            "conditions": list(self.conditions),
            "outcome": self.outcome.value,
            "precedence": self.precedence,
            "reason": self.reason,
            "selected": None if self.selected is None else self.selected.isoformat(),
            "verdict": self.verdict,
        }

    @classmethod
    def parse(cls, body: Mapping[str, Json]) -> Decision:
        """Return the decision in the ``body`` of a claim.

        Raises:
            LedgerError: It is not one, or its word of precedence contradicts its dates.
        """
        try:
            decision = cls._read(body)
        except (KeyError, TypeError, ValueError) as error:
            raise LedgerError("the body of the decision is malformed") from error
        if decision.body() != body:
            raise LedgerError(
                "the decision's precedence or another field contradicts its dates",
                hint="an assessment after selection is recorded as 'after selection'",
            )
        return decision

    @classmethod
    def _read(cls, body: Mapping[str, Json]) -> Decision:
        selected = body["selected"]
        conditions = body["conditions"]
        if not isinstance(conditions, list):
            raise TypeError("conditions")
        return cls(
            outcome=Outcome(_text(body["outcome"])),
            verdict=_text(body["verdict"]),
            assessed=date.fromisoformat(_text(body["assessed"])),
            selected=None if selected is None else date.fromisoformat(_text(selected)),
            conditions=tuple(_text(item) for item in conditions),
            reason=_text(body["reason"]),
        )


def draft(claim: Claim) -> Envelope:
    """Return the unsigned envelope of ``claim``."""
    return Envelope(payload=claim.render(), payload_type=PAYLOAD_TYPE)


def parse_claim(payload: bytes) -> Claim:
    """Return the claim in the ``payload`` of an envelope.

    Raises:
        LogError: It is not a canonical in-toto statement.
        LedgerError: It is not a claim of a known kind.
    """
    statement = parse_statement(payload)
    kinds = {predicate.uri: predicate for predicate in Predicate}
    value = statement.predicate
    if statement.predicate_type not in kinds or set(value) != _PREDICATE_KEYS:
        raise LedgerError("the statement is not a claim of a kind this version knows")
    binding = value["binding"]
    texts = [value[key] for key in ("change", "made", "policy")]
    if not all(isinstance(text, str) for text in texts):
        raise LedgerError("change, made and policy of a claim are text")
    change, made, policy = cast("list[str]", texts)
    claim = Claim(
        predicate=kinds[statement.predicate_type],
        change=change,
        policy=policy,
        made=_parse_time(made),
        subjects=statement.subjects,
        binding=None if binding is None else Binding(values=_texts(binding)),
        refers=_texts(value["refers"]),
        body=_object(value["body"]),
    )
    if claim.made.strftime(_TIME) != made:
        raise LedgerError("the time of the claim is not spelled as it would be written")
    return claim


def subjects_of(files: Mapping[str, bytes]) -> Mapping[str, str]:
    """Return the subjects of a claim about ``files``: name to SHA-256 in hexadecimal.

    Names are those of a bundle's members: ``inputs/...``, ``result.json``, ``report.html``.
    """
    return {name: digest_bytes(files[name]).removeprefix("sha256:") for name in sorted(files)}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is missing")
    return value


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    require_plain(value)
    return canonical(cast("Json", value)).decode()


def _parse_time(text: str) -> datetime:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise LedgerError("a time is written 2026-01-31T12:00:00Z") from error


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise LedgerError("body, binding and refers of a claim are objects")
    return value


def _texts(value: Json) -> Mapping[str, str]:
    found = _object(value)
    if not all(isinstance(text, str) for text in found.values()):
        raise LedgerError("binding and refers of a claim have text values")
    return cast("Mapping[str, str]", found)
