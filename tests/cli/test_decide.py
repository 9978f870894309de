"""From a proposal to a bundle that somebody else verifies, through the command line alone."""

from __future__ import annotations

import importlib
import json
import shlex
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from counterseal.cli.main import main
from counterseal.cli.parser import chosen, parse, parser_for
from counterseal.ledger.container import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"
CHANGE = "terminal-copy"
ROLES = {
    "sponsor": "proposer",
    "ci": "counterintelligence",
    "official": "authorizing-official",
}
POLICY = """\
schema: counterseal-policy/1
origin: log.harbour.example
version: {version}
people:
{people}
quorum:
  proposal: {{proposer: 1}}
  decision: {{counterintelligence: 1, authorizing-official: 1}}
  waiver: {{counterintelligence: 1, authorizing-official: 1}}
  dissent: {{anyone: 1}}
"""


class House:
    """A project in the working folder, with a key for everybody."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.keys = root.parent / "keys"
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command; return exit code, standard output and error output."""
        code = main([*words])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def must(self, *words: str) -> str:
        """Run a command that succeeds; return its standard output."""
        code, out, err = self.run(*words)
        assert code == 0, out + err
        return out

    def refused(self, *words: str) -> str:
        """Run a command that is refused with 6; return all that it said."""
        code, out, err = self.run(*words)
        assert code == 6, out + err
        return out + err

    def key(self, label: str) -> str:
        """Return the public key of ``label``."""
        rows = json.loads(self.must("keys", "--json"))["keys"]
        return str(next(row["public"] for row in rows if row["label"] == label))

    def policy(self, version: int = 1, labels: Sequence[str] = tuple(ROLES)) -> str:
        """Write a policy file; return its name."""
        people = "\n".join(
            f'  - {{label: the {label}, roles: [{ROLES[label]}], keys: ["{self.key(label)}"]}}'
            for label in labels
        )
        text = POLICY.format(version=version, people=people)
        Path("policy.yaml").write_text(text, encoding="utf-8")
        return "policy.yaml"

    def review(self, *words: str) -> None:
        """Review the change with few draws."""
        self.must("review", f"changes/{CHANGE}.yaml", "--draws", "2", "--lanes", "2", *words)

    def propose(self) -> None:
        """Propose the change and seal that."""
        self.must("sign", CHANGE, "--propose", "--as", "sponsor")
        self.must("seal", CHANGE)

    def decide(self) -> None:
        """Let two people refuse the change."""
        self.must("sign", CHANGE, "--as", "ci", "--outcome", "reject", "--reason", "Too wide.")
        self.must("sign", CHANGE, "--as", "official")

    def bundle(self) -> Path:
        """Write the bundle."""
        self.must("bundle", CHANGE, "-o", "decision.zip")
        return Path("decision.zip")


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which states of the project are saved, so that each is made once."""
    return tmp_path_factory.mktemp("saved")


@pytest.fixture
def empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> House:
    """Return a copy of the small example, nobody having a key."""
    root = tmp_path / "top" / "harbour"
    shutil.copytree(HARBOUR, root, ignore=shutil.ignore_patterns(".counterseal"))
    monkeypatch.chdir(root)
    monkeypatch.setenv("COUNTERSEAL_KEYS", str(root.parent / "keys"))
    return House(root, capsys)


@pytest.fixture
def house(empty: House, saved: Path) -> House:
    """Return it with keys and a policy in force."""
    if not restored(empty, saved / "house"):
        for label in ("root", *ROLES):
            empty.must("keys", "--new", label)
        empty.must("enact", empty.policy(), "--as", "root")
        shutil.copytree(empty.root.parent, saved / "house")
    return empty


@pytest.fixture
def reviewed(house: House, saved: Path) -> House:
    """Return it with the change proposed and reviewed."""
    if not restored(house, saved / "reviewed"):
        house.propose()
        house.review()
        shutil.copytree(house.root.parent, saved / "reviewed")
    return house


@pytest.fixture
def sealed(reviewed: House, saved: Path) -> House:
    """Return it with the decision sealed."""
    if not restored(reviewed, saved / "sealed"):
        reviewed.decide()
        reviewed.must("seal", CHANGE, "--no-replay")
        shutil.copytree(reviewed.root.parent, saved / "sealed")
    return reviewed


def restored(house: House, state: Path) -> bool:
    """Copy a saved state over ``house``, if it was saved."""
    if not state.is_dir():
        return False
    shutil.copytree(state, house.root.parent, dirs_exist_ok=True)
    return True


@pytest.mark.slow
def test_a_change_goes_from_proposal_to_a_bundle_that_verifies_with_replay(
    reviewed: House,
) -> None:
    reviewed.decide()
    assert "sealed: decision" in reviewed.must("seal", CHANGE)
    path = reviewed.bundle()
    code, out, _ = reviewed.run("verify", str(path), "--json")
    document = json.loads(out)
    assert code == 0
    assert document["ok"] is True
    assert [check["name"] for check in document["checks"]][-1] == "replay"
    assert {"separation of duties", "quorum", "inclusion", "kept checkpoint"} <= {
        check["name"] for check in document["checks"] if check["ok"]
    }
    assert document["not_shown"]


@pytest.mark.slow
def test_a_bundle_verifies_far_from_its_project_with_the_trust_file_alone(
    sealed: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sealed.bundle().resolve()
    trust = Path(".counterseal/trust.json").resolve()
    keys = json.loads(trust.read_bytes())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    sealed.must("verify", str(path), "--trust", str(trust), "--no-replay")
    given = ("--root", keys["roots"][0], "--log", keys["log"])
    out = sealed.must("verify", str(path), *given, "--no-replay")
    assert "it was not computed again" in out


@pytest.mark.slow
def test_without_keys_from_elsewhere_nothing_is_verified(
    sealed: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sealed.bundle().resolve()
    monkeypatch.chdir(tmp_path)
    said = sealed.refused("verify", str(path))
    assert "no trusted keys" in said
    assert "--trust FILE" in said


@pytest.mark.slow
def test_a_stranger_as_root_or_as_log_is_not_believed(sealed: House) -> None:
    path = str(sealed.bundle())
    keys = json.loads(Path(".counterseal/trust.json").read_bytes())
    said = sealed.refused("verify", path, "--root", sealed.key("ci"), "--log", keys["log"])
    assert "not verified: policy" in said
    root = ("--root", keys["roots"][0])
    code, out, err = sealed.run("verify", path, *root)
    assert (code, "--log" in err) == (2, True), out


@pytest.mark.slow
def test_one_flipped_byte_anywhere_is_6_and_named(sealed: House) -> None:
    path = sealed.bundle()
    data = path.read_bytes()
    step = max(1, len(data) // 60)
    for place in [*range(0, len(data), step), len(data) - 1]:
        flipped = bytearray(data)
        flipped[place] ^= 1
        Path("flipped.zip").write_bytes(flipped)
        said = sealed.refused("verify", "flipped.zip", "--no-replay")
        assert "FAILED" in said
        assert "exit 6: not verified: " in said


@pytest.mark.slow
def test_the_same_decision_gives_the_same_bundle_twice(sealed: House) -> None:
    first = sealed.bundle().read_bytes()
    assert sealed.bundle().read_bytes() == first


@pytest.mark.slow
def test_a_later_review_does_not_touch_the_bundle_of_an_earlier_decision(
    sealed: House,
) -> None:
    first = sealed.bundle().read_bytes()
    sealed.review("--seed", "5")
    assert sealed.bundle().read_bytes() == first


@pytest.mark.slow
def test_bundle_and_ledger_hold_no_private_key_and_files_are_private(sealed: House) -> None:
    path = sealed.bundle()
    kept = [path, *(p for p in Path(".counterseal").rglob("*") if p.is_file())]
    private = [key.read_bytes().splitlines()[1] for key in sealed.keys.glob("*.pem")]
    private += [key.read_bytes().strip() for key in sealed.keys.glob("*.log-key")]
    assert len(private) == 5
    assert not any(secret in file.read_bytes() for file in kept for secret in private)
    files = [*sealed.keys.rglob("*"), *kept]
    for file in files:
        if file.is_file() and file.name != "trust.json":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


@pytest.mark.slow
def test_one_signature_is_not_sealed(reviewed: House) -> None:
    out = reviewed.must("sign", CHANGE, "--as", "ci", "--outcome", "reject")
    assert "another person now runs" in out
    said = reviewed.refused("seal", CHANGE)
    assert "two different people" in said
    assert "signed so far by: the ci" in said


@pytest.mark.slow
def test_one_person_does_not_sign_twice(reviewed: House) -> None:
    reviewed.must("sign", CHANGE, "--as", "ci", "--outcome", "reject")
    assert "'the ci' has signed already" in reviewed.refused("sign", CHANGE, "--as", "ci")


@pytest.mark.slow
def test_the_proposer_does_not_sign_the_decision(reviewed: House) -> None:
    said = reviewed.refused("sign", CHANGE, "--as", "sponsor", "--outcome", "reject")
    assert "the sponsor" in said
    assert not Path(f".counterseal/pending/{CHANGE}/decision.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before signing", "between signatures", "before sealing"])
def test_an_estate_that_changed_since_the_review_is_stale(reviewed: House, when: str) -> None:
    estate = Path("estate/harbour.yaml")
    steps = [
        ("sign", CHANGE, "--as", "ci", "--outcome", "reject"),
        ("sign", CHANGE, "--as", "official"),
        ("seal", CHANGE),
    ]
    done = ["before signing", "between signatures", "before sealing"].index(when)
    for words in steps[:done]:
        reviewed.must(*words)
    estate.write_text(estate.read_text() + "\n# looked at once more\n")
    said = reviewed.refused(*steps[done])
    assert "stale: estate/harbour.yaml changed since the review" in said
    assert "review again" in said


@pytest.mark.slow
def test_a_new_review_makes_earlier_signatures_stale_until_drafted_anew(
    reviewed: House,
) -> None:
    reviewed.must("sign", CHANGE, "--as", "ci", "--outcome", "reject")
    reviewed.review("--seed", "9")
    said = reviewed.refused("sign", CHANGE, "--as", "official")
    assert "seed" in said
    assert "--anew" in said
    assert "quorum" in reviewed.refused("seal", CHANGE)
    again = ("sign", CHANGE, "--as", "official", "--outcome", "reject", "--anew")
    assert "signed by   the official" in reviewed.must(*again)


@pytest.mark.slow
def test_signatures_on_an_earlier_review_are_not_sealed(reviewed: House) -> None:
    reviewed.decide()
    reviewed.review("--seed", "9")
    said = reviewed.refused("seal", CHANGE, "--no-replay")
    assert "stale: " in said
    assert "seed" in said


@pytest.mark.slow
@pytest.mark.parametrize("what", ["review.json", "report.html", "inputs/settings.json"])
def test_a_review_that_somebody_edited_is_not_signed(reviewed: House, what: str) -> None:
    path = Path(f".counterseal/reviews/{CHANGE}") / what
    data = path.read_bytes()
    old, new = {
        "review.json": (b'"word":"conditions"', b'"word":"no objection"'),
        "report.html": (b"</html>", b"<!-- all is well --></html>"),
        "inputs/settings.json": (b'"seed":0', b'"seed":1'),
    }[what]
    assert old in data
    path.write_bytes(data.replace(old, new))
    said = reviewed.refused("sign", CHANGE, "--as", "ci", "--outcome", "approve")
    assert "review the change again" in said


@pytest.mark.slow
def test_an_edited_verdict_is_found_by_computing_it_again_before_sealing(
    reviewed: House,
) -> None:
    folder = Path(f".counterseal/reviews/{CHANGE}")
    path = folder / "review.json"
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"word":"conditions"', b'"word":"no objection"'))
    reviewed.must("report", CHANGE, "-o", "forged.html")
    (folder / "report.html").write_bytes(Path("forged.html").read_bytes())
    reviewed.must("sign", CHANGE, "--as", "ci", "--outcome", "approve")
    reviewed.must("sign", CHANGE, "--as", "official")
    assert "replay: the review computed again" in reviewed.refused("seal", CHANGE)


@pytest.mark.slow
def test_rules_edited_in_a_bundle_are_found_however_well_the_manifest_fits(
    sealed: House,
) -> None:
    members = unpack(sealed.bundle().read_bytes())
    name = next(n for n in sorted(members) if n.startswith("inputs/packaged/rules/"))
    edited = {**members, name: members[name] + b"\n# softer\n"}
    Path("edited.zip").write_bytes(pack(edited))
    assert "not verified: manifest" in sealed.refused("verify", "edited.zip")


@pytest.mark.slow
def test_an_approval_against_the_verdict_needs_a_waiver_that_two_people_sealed(
    reviewed: House,
) -> None:
    approve = ("sign", CHANGE, "--as", "ci", "--outcome", "approve")
    said = reviewed.refused(*approve)
    assert "needs a waiver" in said
    assert "--waive" in said
    waive = ("sign", CHANGE, "--waive", "--as")
    reviewed.must(*waive, "ci", "--expires", "2999-01-31", "--reason", "Pilot of one quay.")
    reviewed.must(*waive, "official")
    reviewed.must("seal", CHANGE, "--no-replay")
    reviewed.must(*approve)
    reviewed.must("sign", CHANGE, "--as", "official")
    reviewed.must("seal", CHANGE, "--no-replay")
    out = reviewed.must("verify", str(reviewed.bundle()), "--no-replay")
    assert "approved on the verdict 'conditions'" in out


@pytest.mark.slow
def test_a_dissent_is_in_the_bundle_of_the_decision(sealed: House) -> None:
    reason = "The narrower form was not tried."
    sealed.must("sign", CHANGE, "--dissent", "--as", "sponsor", "--reason", reason)
    sealed.must("seal", CHANGE)
    members = unpack(sealed.bundle().read_bytes())
    assert any(name.startswith("entries/00000003/") for name in members)
    sealed.must("verify", "decision.zip", "--no-replay")


@pytest.mark.slow
def test_the_second_signer_cannot_decide_something_else(reviewed: House) -> None:
    reviewed.must("sign", CHANGE, "--as", "ci", "--outcome", "reject")
    code, out, err = reviewed.run("sign", CHANGE, "--as", "official", "--outcome", "return")
    assert code == 2
    assert "outcome: refused, not returned" in out
    assert "--anew" in err


@pytest.mark.slow
def test_an_old_copy_of_the_ledger_is_refused(sealed: House) -> None:
    ledger = Path(".counterseal/ledger.sqlite")
    old = ledger.read_bytes()
    reason = ("--reason", "No.")
    sealed.must("sign", CHANGE, "--dissent", "--as", "sponsor", *reason)
    sealed.must("seal", CHANGE)
    ledger.write_bytes(old)
    assert "rollback" in sealed.refused("bundle", CHANGE)


def test_a_decision_needs_a_review_and_a_review_needs_no_ledger(house: House) -> None:
    code, out, err = house.run("sign", CHANGE, "--as", "ci", "--outcome", "reject")
    assert code == 2
    assert "no review" in out
    assert "counterseal review" in err


@pytest.mark.slow
def test_a_decision_needs_a_sealed_proposal(house: House) -> None:
    house.review()
    code, out, err = house.run("sign", CHANGE, "--as", "ci", "--outcome", "reject")
    assert code == 2
    assert "not proposed" in out
    assert "--propose" in err


def test_a_proposal_is_sealed_once(house: House) -> None:
    house.propose()
    code, out, _ = house.run("sign", CHANGE, "--propose", "--as", "sponsor")
    assert code == 2
    assert "in the ledger already" in out


def test_somebody_outside_the_policy_does_not_sign(house: House) -> None:
    house.must("keys", "--new", "stranger")
    said = house.refused("sign", CHANGE, "--propose", "--as", "stranger")
    assert "is not in the policy" in said
    assert "enact" in said


def test_a_new_policy_makes_a_waiting_draft_stale(house: House) -> None:
    house.must("sign", CHANGE, "--propose", "--as", "sponsor")
    house.must("enact", house.policy(version=2), "--as", "root")
    assert "stale" in house.refused("seal", CHANGE)


def test_only_the_root_key_enacts_and_versions_follow_one_another(house: House) -> None:
    assert "root" in house.refused("enact", house.policy(version=2), "--as", "ci")
    assert "version 2" in house.refused("enact", house.policy(version=3), "--as", "root")


def test_a_key_that_others_can_read_is_not_used(house: House) -> None:
    path = house.keys / "sponsor.pem"
    path.chmod(0o644)
    code, out, err = house.run("sign", CHANGE, "--propose", "--key", str(path))
    assert (code, "can be read by others" in out) == (2, True)
    assert f"chmod 600 {path}" in err


def test_a_key_is_never_overwritten_and_never_shown(house: House) -> None:
    before = (house.keys / "ci.pem").read_bytes()
    code, out, err = house.run("keys", "--new", "ci")
    assert (code, "already there" in out) == (2, True)
    assert (house.keys / "ci.pem").read_bytes() == before
    secret = before.splitlines()[1].decode()
    assert secret not in out + err + house.must("keys") + house.must("keys", "--json")


@pytest.mark.parametrize("name", ["../../etc", "changes/terminal-copy.yaml", "Terminal", ""])
def test_what_is_no_id_of_a_change_is_refused_before_it_becomes_a_path(
    house: House, name: str
) -> None:
    for words in (("seal", name), ("bundle", name), ("sign", name, "--propose", "--as", "ci")):
        code, out, _ = house.run(*words)
        assert (code, "is not the id of a change" in out) == (2, True), words


def test_without_the_key_of_the_log_nothing_is_sealed(house: House) -> None:
    house.must("sign", CHANGE, "--propose", "--as", "sponsor")
    (log,) = house.keys.glob("*.log-key")
    log.unlink()
    code, out, err = house.run("seal", CHANGE)
    assert (code, "the key of the log" in out) == (2, True)
    assert "who runs the log seals" in err


def test_signing_and_sealing_say_what_comes_next(house: House) -> None:
    out = house.must("sign", CHANGE, "--propose", "--as", "sponsor")
    assert f"now `counterseal seal {CHANGE}`" in out
    assert "proposal about" in house.must("sign", CHANGE, "--show")
    assert "1 x" in house.must("enact", house.policy(version=2), "--as", "root")


def test_every_command_of_the_guide_is_one_that_the_program_takes() -> None:
    text = (Path(__file__).parents[2] / "docs" / "decisions.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("counterseal ")]
    assert len(lines) > 10
    for line in lines:
        command, rest = chosen(shlex.split(line)[1:])
        assert command is not None, line
        parser = parser_for(command)
        importlib.import_module(command.module).configure(parser)
        parse(parser, rest)
