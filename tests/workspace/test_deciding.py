"""Drafts, sealing and checking from Python: what the command line cannot be made to do."""

from __future__ import annotations

import shutil
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from counterseal.canon import canonical
from counterseal.errors import LedgerError, SignatureError, UsageError, VerificationError
from counterseal.ledger import bundle as bundles
from counterseal.ledger.claims import Binding, Outcome, Predicate, draft
from counterseal.ledger.policy import Person, Policy
from counterseal.ledger.signing import sign
from counterseal.ledger.verify import Trust
from counterseal.review.inputs import Settings
from counterseal.tlog.keys import SigningKey
from counterseal.tlog.note import NoteSigner
from counterseal.workspace.deciding import drafts, sealing, signing, trust
from counterseal.workspace.deciding.drafts import Choice
from counterseal.workspace.deciding.keys import FOLDER_VARIABLE, Keyring, default_keyring
from counterseal.workspace.deciding.ledgers import (
    append,
    appending,
    enact,
    ledger_path,
    newest_policy,
    reading,
    records_about,
)
from counterseal.workspace.deciding.reviewed import current_review, filed
from counterseal.workspace.deciding.signing import Desk
from counterseal.workspace.deciding.trust import project_trust
from counterseal.workspace.deciding.verifying import replayer, stated, verify
from counterseal.workspace.project import open_project
from counterseal.workspace.reviewing import keep, review_change

if TYPE_CHECKING:
    from counterseal.workspace.project import Project
    from counterseal.workspace.reviewing import KeptReview

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"
CHANGE = "terminal-copy"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LABELS = {"sponsor": "proposer", "ci": "counterintelligence", "official": "official"}
REFUSED = Choice(outcome=Outcome.REFUSED, reason="Too wide.")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A project with a ledger, its keys, and the review of its change."""

    desk: Desk
    review: KeptReview

    @property
    def project(self) -> Project:
        """The project."""
        return self.desk.project

    def key(self, label: str) -> SigningKey:
        """Return a private key."""
        return self.desk.keyring.signing_key(label)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one project with a sealed proposal and a review, for tests to copy."""
    top = tmp_path_factory.mktemp("deciding")
    shutil.copytree(HARBOUR, top / "harbour", ignore=shutil.ignore_patterns(".counterseal"))
    desk = _desk(top)
    for label in ("root", *LABELS):
        desk.keyring.make(label)
    people = tuple(
        Person(label=label, roles=(role,), keys=(desk.keyring.signing_key(label).public,))
        for label, role in LABELS.items()
    )
    two = {"counterintelligence": 1, "official": 1}
    policy = Policy(
        origin="log.harbour.example",
        version=1,
        people=people,
        quorum={Predicate.PROPOSAL: {"proposer": 1}, Predicate.DECISION: two},
    )
    root = desk.keyring.signing_key("root")
    data = canonical(policy.to_json())
    enact(desk.project, data, file="policy", root=root, keyring=desk.keyring, now=NOW)
    signing.propose(desk, CHANGE, key=desk.keyring.signing_key("sponsor"))
    sealing.seal(desk.project, CHANGE, keyring=desk.keyring, replay=None)
    path = desk.project.root / "changes" / f"{CHANGE}.yaml"
    keep(desk.project, review_change(desk.project, path, Settings(outer=2, lanes=2)))
    return top


@pytest.fixture
def place(template: Path, tmp_path: Path) -> Place:
    """Return a copy of the project, as it is before anybody decides."""
    shutil.copytree(template, tmp_path / "copy")
    desk = _desk(tmp_path / "copy")
    return Place(desk=desk, review=current_review(desk.project, CHANGE))


def _desk(top: Path) -> Desk:
    project = open_project(top / "harbour")
    return Desk(project=project, keyring=Keyring(folder=top / "keys"), now=NOW)


def _decided(place: Place) -> bytes:
    """Decide, seal, and return the bundle."""
    signing.decide(place.desk, CHANGE, key=place.key("ci"), choice=REFUSED)
    signing.decide(place.desk, CHANGE, key=place.key("official"))
    keyring = place.desk.keyring
    sealing.seal(place.project, CHANGE, keyring=keyring, replay=None)
    return sealing.bundle(place.project, CHANGE, keyring=keyring)


def _colluded(place: Place, review: KeptReview) -> bytes:
    """Return the bundle of a decision on ``review``, around every check of the workspace."""
    known = project_trust(place.project)
    with appending(place.project, place.desk.keyring) as ledger:
        policy, _ = newest_policy(ledger, known)
        [proposal] = records_about(ledger, CHANGE, predicate=Predicate.PROPOSAL, trust=known)
        claim = drafts.decision_claim(
            review, REFUSED, policy=policy, refers={"proposal": proposal.digest}, now=NOW
        )
        current = Binding.of_result(review.result)
        envelope = draft(claim)
        for label in ("ci", "official"):
            standing = ledger.standing(claim)
            envelope = sign(
                envelope, place.key(label), standing=standing, current=current, now=NOW
            )
        receipt = append(
            ledger, envelope, trust=known, keyring=place.desk.keyring, current=current
        )
        return bundles.build(
            ledger.store,
            decision=receipt.index,
            inputs=review.inputs,
            result=review.result,
            report=review.page,
        )


@pytest.mark.slow
def test_verifying_with_replay_opens_no_connection(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _decided(place)

    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    found = verify(data, trust=project_trust(place.project), replay=replayer())
    found.require()
    assert found.checks[-1].name == "replay"
    says = stated(data)
    assert says is not None
    assert says.decision.outcome is Outcome.REFUSED


@pytest.mark.slow
def test_rules_edited_by_all_who_signed_are_found_by_the_replay_alone(place: Place) -> None:
    review = place.review
    rule = next(name for name in sorted(review.inputs) if "packaged/rules/" in name)
    softer = {**review.inputs, rule: review.inputs[rule] + b"\n# reviewed with this\n"}
    data = _colluded(place, replace(review, inputs=softer))
    found = verify(data, trust=project_trust(place.project), replay=replayer())
    assert [check.name for check in found.checks if not check.ok] == ["replay"]
    assert not found.ok


@pytest.mark.slow
def test_a_verdict_edited_by_all_who_signed_is_found_by_the_replay_alone(
    place: Place,
) -> None:
    edited = replace(place.review, result=canonical({**place.review.document, "limits": []}))
    data = _colluded(place, edited)
    found = verify(data, trust=project_trust(place.project), replay=replayer())
    assert [check.name for check in found.checks if not check.ok] == ["replay"]


@pytest.mark.slow
def test_inputs_without_settings_do_not_replay(place: Place) -> None:
    inputs = {k: v for k, v in place.review.inputs.items() if k != "settings.json"}
    data = _colluded(place, replace(place.review, inputs=inputs))
    found = verify(data, trust=project_trust(place.project), replay=replayer())
    assert "settings.json" in found.checks[-1].detail
    assert not found.ok


def test_without_trust_there_is_one_check_and_it_fails() -> None:
    found = verify(b"anything", trust=None, replay=None)
    assert not found.ok
    with pytest.raises(VerificationError, match="no trusted keys"):
        found.require()


def test_what_is_no_bundle_states_nothing() -> None:
    assert stated(b"not a bundle") is None


@pytest.mark.slow
def test_a_signature_in_a_draft_that_was_altered_is_found(place: Place) -> None:
    done = signing.decide(place.desk, CHANGE, key=place.key("ci"), choice=REFUSED)
    text = done.path.read_bytes()
    start = text.index(b'"sig":"') + len(b'"sig":"')
    swapped = b"B" if text[start : start + 1] == b"A" else b"A"
    done.path.write_bytes(text[:start] + swapped + text[start + 1 :])
    with pytest.raises(SignatureError, match="'ci' is wrong"):
        signing.decide(place.desk, CHANGE, key=place.key("official"))


@pytest.mark.slow
def test_a_draft_of_another_change_in_its_place_is_refused(place: Place) -> None:
    done = signing.decide(place.desk, CHANGE, key=place.key("ci"), choice=REFUSED)
    other = drafts.draft_path(place.project, "other-change", Predicate.DECISION)
    other.parent.mkdir(parents=True)
    shutil.copy(done.path, other)
    with pytest.raises(LedgerError, match="is not a decision about 'other-change'"):
        signing.waiting(place.desk, "other-change")


@pytest.mark.slow
def test_a_claim_is_never_signed_before_its_own_time(place: Place) -> None:
    signing.decide(place.desk, CHANGE, key=place.key("ci"), choice=REFUSED)
    early = replace(place.desk, now=NOW.replace(hour=8))
    with pytest.raises(SignatureError, match="dated in the future"):
        signing.decide(early, CHANGE, key=place.key("official"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice(outcome=Outcome.REFUSED, conditions=("x",)), "go with an approval"),
        (
            Choice(outcome=Outcome.APPROVED_WITH_CONDITIONS, conditions=("no-such",)),
            "no condition 'no-such'",
        ),
    ],
)
def test_conditions_are_those_of_the_review_and_of_an_approval_with_conditions(
    place: Place, choice: Choice, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        signing.decide(place.desk, CHANGE, key=place.key("ci"), choice=choice)


@pytest.mark.slow
def test_reading_needs_no_private_key_of_the_log_and_cannot_append(place: Place) -> None:
    signing.decide(place.desk, CHANGE, key=place.key("ci"), choice=REFUSED)
    signing.decide(place.desk, CHANGE, key=place.key("official"))
    [waits] = signing.waiting(place.desk, CHANGE)
    with (
        reading(place.project, place.desk.keyring) as ledger,
        pytest.raises(LedgerError, match="for reading only"),
    ):
        ledger.append([waits.envelope], nonces=[bytes(32)])


@pytest.mark.slow
def test_the_key_of_another_log_does_not_seal(place: Place) -> None:
    (path,) = place.desk.keyring.folder.glob("*.log-key")
    other = NoteSigner(name="log.harbour.example", key=SigningKey(bytes(32)))
    path.write_text(other.encode() + "\n")
    with pytest.raises(LedgerError, match="is another one"):
        sealing.seal(place.project, CHANGE, keyring=place.desk.keyring, replay=None)


@pytest.mark.slow
def test_files_of_a_decision_that_were_altered_are_not_bundled(place: Place) -> None:
    _decided(place)
    (path,) = (place.project.state_folder / "sealed").glob("*.zip")
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    with pytest.raises(LedgerError):
        sealing.bundle(place.project, CHANGE, keyring=place.desk.keyring)
    with pytest.raises(VerificationError):
        filed(path)


@pytest.mark.slow
def test_a_ledger_without_its_trust_file_is_not_started_again(place: Place) -> None:
    trust.trust_path(place.project).unlink()
    root, keyring = place.key("root"), place.desk.keyring
    policy = Policy(origin="x.example", version=1, people=(), quorum={})
    data = canonical(policy.to_json())
    with pytest.raises(LedgerError, match=r"trust\.json is not"):
        enact(place.project, data, file="policy", root=root, keyring=keyring, now=NOW)
    ledger_path(place.project).unlink()
    with pytest.raises(LedgerError, match="has no ledger yet"):
        sealing.bundle(place.project, CHANGE, keyring=keyring)


def test_a_trust_file_is_read_as_it_was_written() -> None:
    log = NoteSigner(name="log.example", key=SigningKey(bytes(32))).verifier
    known = Trust(roots=(SigningKey(bytes(31) + b"1").public,), log=log)
    assert trust.parse(trust.render(known), name="trust.json") == known


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"schema": "counterseal-trust/1", "log": "x", "roots": []}',
        b'{"schema": "counterseal-trust/2", "log": "x", "roots": ["y"]}',
        b'{"schema": "counterseal-trust/1", "log": 1, "roots": 2}',
    ],
)
def test_what_is_no_trust_file_is_named(data: bytes) -> None:
    with pytest.raises(LedgerError, match=r"here\.json is not a trust file"):
        trust.parse(data, name="here.json")


def test_keys_are_where_the_variable_says_or_in_the_settings_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    assert default_keyring().folder == tmp_path / "counterseal" / "keys"
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "own"))
    assert default_keyring().folder == tmp_path / "own"


@pytest.mark.parametrize("label", ["", "../x", "A", "a b", ".pem", "a" * 65])
def test_a_label_never_becomes_another_path(label: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a label"):
        Keyring(folder=tmp_path).make(label)
    assert not list(tmp_path.rglob("*"))
