"""Check a Counterseal bundle without Counterseal: one file, Python 3.11 and ``cryptography``.

    python standalone_verify.py BUNDLE --root ed25519:... --log name+id+key [--kept CHECKPOINT]

Written apart from the verifier in the package, so that a mistake in one shows as a difference
between the two. It imports nothing of Counterseal, unpacks nothing, stops at the first check
that fails, and does not compute the verdict again. Exit 0: every check holds; 6: one does not.
It is longer than other files here, because a reader must be able to take it as one.
"""
# ruff: noqa: PLR2004 - sizes of hashes, keys and limits are read more easily where they stand

from __future__ import annotations

import argparse
import base64
import datetime as dt
import hashlib
import io
import itertools
import json
import re
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BundleError", "check"]

INSTRUCTIONS_SHA256 = "23ab75635e7a54908ac3335dfa494d28aca610638e4596e171deda7bc22250a2"
Object = dict[str, Any]

BASE = "https://counterseal.example/predicate/"
INTOTO = "application/vnd.in-toto+json"
TWO_PEOPLE = {"decision", "waiver", "key-change"}
KINDS = [
    "policy",
    "proposal",
    "analysis",
    "review",
    "verdict",
    "decision",
    "dissent",
    "waiver",
    "condition",
    "read",
    "disclosure",
    "key-change",
    "reconciliation",
]
NEEDED = {
    "catalog",
    "change",
    "draws",
    "engine",
    "estate_after",
    "estate_before",
    "result",
    "rules",
    "seed",
}
ALLOWED = {
    "no objection": {"approved", "approved with conditions", "returned", "refused"},
    "conditions": {"approved with conditions", "returned", "refused"},
    "redesign": {"returned", "refused"},
    "refuse": {"returned", "refused"},
    "not evaluable": {"returned", "refused"},
}


class BundleError(Exception):
    """One check does not hold; ``check`` names it."""

    def __init__(self, check_name: str, detail: str) -> None:
        """Name the check and say what was found."""
        super().__init__(f"{check_name}: {detail}")
        self.check = check_name


def check(data: bytes, *, roots: list[str], log: str, kept: bytes | None = None) -> list[str]:
    """Return a line for each check made of the bundle ``data``; all hold.

    Args:
        data: The bundle.
        roots: Public keys (``ed25519:<base64>``) trusted to sign policies.
        log: Verifier key of the log (C2SP ``name+id+key``).
        kept: A checkpoint of the log seen earlier.

    Raises:
        BundleError: Names the first check that does not hold.
    """
    name = "arguments"
    lines: list[str] = []
    try:
        trusted = {key_id(raw): raw for raw in map(public_key, roots)}
        log_key = vkey(log)
        bundle = Bundle()
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("container", lambda: bundle.read(data)),
            ("manifest", bundle.manifest),
            ("entries", bundle.claims),
            ("checkpoint", lambda: bundle.checkpoint(log_key)),
            ("inclusion", bundle.inclusion),
            ("history", lambda: bundle.history(log_key)),
            ("kept checkpoint", lambda: bundle.since(kept, log_key)),
            ("policy", lambda: bundle.policies(trusted, log_key[0])),
            ("signatures", bundle.signatures),
            ("references", bundle.references),
            ("separation of duties", bundle.separation),
            ("quorum", bundle.quorum),
            ("precedence", bundle.precedence),
            ("files", bundle.files),
            ("result", bundle.result),
        )
        for step, run in steps:
            name = step
            run()
            lines.append(f"{step}: holds")
    except BundleError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise BundleError(name, f"{type(error).__name__}: {error}") from error
    except (InvalidSignature, RecursionError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise BundleError(name, type(error).__name__) from error
    except (NotImplementedError, RuntimeError) as error:
        raise BundleError(name, "not a plain zip") from error
    return lines


class Bundle:
    """What has been read so far; each method is one check and raises when it does not hold."""

    def read(self, data: bytes) -> None:
        """Read the members, and make the zip again to see that it is byte for byte the same."""
        need(len(data) <= 512 << 20, "too large")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            need(len(infos) <= 20_000, "too many members")
            need(all(info.compress_type == zipfile.ZIP_STORED for info in infos), "compressed")
            need(sum(info.file_size for info in infos) <= len(data), "members overlap")
            self.files_by_name = {info.filename: archive.read(info) for info in infos}
        names = sorted(self.files_by_name)
        need(all(safe(name) for name in names), "an unsafe name")
        need(len({name.casefold() for name in names}) == len(names), "names differ in case")
        again = io.BytesIO()
        with zipfile.ZipFile(again, "w", zipfile.ZIP_STORED) as archive:
            for name in names:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.create_system, info.external_attr = 3, 0o100644 << 16
                archive.writestr(info, self.files_by_name[name])
        need(again.getvalue() == data, "the zip is not spelled in its one way")

    def manifest(self) -> None:
        """Compare every member with the manifest, and the manifest with the members."""
        found = dict(self.files_by_name)
        text = found.pop("manifest.json")
        value = load(text)
        self.change, self.number = value["change"], value["decision"]
        need(isinstance(self.change, str) and type(self.number) is int, "names nothing")
        need(0 <= self.number < 1 << 53, "names no entry")
        members = {
            name: {"sha256": sha256(item).hex(), "size": len(item)}
            for name, item in found.items()
        }
        whole = {"schema": "counterseal-bundle/1", "change": self.change}
        need(
            canonical({**whole, "decision": self.number, "members": members}) == text, "differs"
        )
        need(sha256(found["VERIFY.txt"]).hex() == INSTRUCTIONS_SHA256, "VERIFY.txt differs")

    def claims(self) -> None:
        """Read every entry; every member must belong somewhere."""
        numbers: set[int] = set()
        self.sizes: set[int] = set()
        for name in self.files_by_name:
            entry = re.fullmatch(
                r"entries/(\d{8,19})/(envelope\.json|nonce|proof)", name, re.ASCII
            )
            old = re.fullmatch(
                r"log/history/(\d{8,19})/(checkpoint|consistency)", name, re.ASCII
            )
            for match, kept_in in ((entry, numbers), (old, self.sizes)):
                if match:
                    need(match[1] == f"{int(match[1]):08d}", f"{name} is misnamed")
                    kept_in.add(int(match[1]))
            fixed = {"manifest.json", "VERIFY.txt", "log/checkpoint", "result.json"}
            known = entry or old or name in fixed | {"report.html"}
            need(bool(known) or name.startswith("inputs/"), f"{name} is unknown")
        self.entries = [Entry(number, self.files_by_name) for number in sorted(numbers)]
        self.by_digest = {entry.digest: entry for entry in self.entries}
        self.decision = next(entry for entry in self.entries if entry.number == self.number)
        need(self.decision.kind == "decision", "it is not a decision")
        need(all(e.change in {"", self.change} for e in self.entries), "another change")

    def checkpoint(self, log: tuple[str, int, bytes]) -> None:
        """Read the head of the log."""
        self.size, self.root = signed_head(self.files_by_name["log/checkpoint"], log)

    def inclusion(self) -> None:
        """Lead every entry to the root."""
        for entry in self.entries:
            nonce = self.files_by_name[f"{entry.folder}/nonce"]
            need(len(nonce) == 32, "a nonce has 32 bytes")
            leaf = sha256(b"counterseal/leaf/v1\n" + nonce + entry.data)
            head, _, note = self.files_by_name[f"{entry.folder}/proof"].partition(b"\n\n")
            need(note == self.files_by_name["log/checkpoint"], "a proof of another head")
            lines = head.decode().split("\n")
            wanted = ["c2sp.org/tlog-proof@v1", f"index {entry.number}"]
            need(lines[:2] == wanted, "a proof of something else")
            path = [b64(line) for line in lines[2:]]
            found = climb(sha256(b"\x00" + leaf), entry.number, self.size, path)
            need(found == self.root, f"entry {entry.number} is not in the log")

    def history(self, log: tuple[str, int, bytes]) -> None:
        """Show that the log only grew since each earlier head in the bundle."""
        for size in sorted(self.sizes):
            old = signed_head(self.files_by_name[f"log/history/{size:08d}/checkpoint"], log)
            need(old[0] == size < self.size, "an earlier head of another size")
            self.grew(size, old[1])

    def since(self, kept: bytes | None, log: tuple[str, int, bytes]) -> None:
        """Show that the log only grew since the head the reader kept."""
        if kept is None:
            return
        size, root = signed_head(kept, log)
        need(size <= self.size, "rollback: the bundle is older than the kept checkpoint")
        if size == self.size:
            need(root == self.root, "fork: two signed heads of one size")
        else:
            self.grew(size, root)

    def grew(self, size: int, root: bytes) -> None:
        """Show that the first ``size`` leaves had ``root`` and are the first of the log."""
        text = self.files_by_name[f"log/history/{size:08d}/consistency"]
        need(re.fullmatch(rb"([0-9a-f]{64}\n)*", text) is not None, "a malformed proof")
        path = [bytes.fromhex(line.decode()) for line in text.split()]
        need(prefix_roots(size, self.size, root, path) == (root, self.root), "fork")

    def policies(self, roots: dict[str, bytes], origin: str) -> None:
        """Read the policies; a trusted root signed each, before the claims made under it."""
        self.rules = {}
        for entry in self.entries:
            if entry.kind == "policy":
                need(bool(entry.signatures), "not signed")
                for keyid, signature in entry.signatures:
                    verify(roots[keyid], signature, entry.message)
                self.rules[entry.digest] = read_policy(entry, origin)
        for entry in self.entries:
            if entry.kind != "policy":
                need(self.by_digest[entry.policy].number < entry.number, "policy is later")
                need(entry.policy in self.rules, "a policy is missing")

    def signatures(self) -> None:
        """Find who signed; every signature must hold and be by another person."""
        for entry in self.entries:
            if entry.kind == "policy":
                continue
            keys = self.rules[entry.policy][0]
            for keyid, signature in entry.signatures:
                person, raw = keys[keyid]
                verify(raw, signature, entry.message)
                need(person["label"] not in entry.people, "one person signed twice")
                entry.people[person["label"]] = person

    def references(self) -> None:
        """Follow every reference to an earlier claim that agrees."""
        for entry in self.entries:
            strict = entry.kind in {"verdict", "decision", "waiver"}
            need(not strict or "proposal" in entry.refers, "no proposal")
            need(not strict or entry.binding is not None, "no binding")
            for role, digest in entry.refers.items():
                old = self.by_digest[digest]
                need(role in {"proposal", "verdict", "decision", "waiver"}, "an unknown role")
                need(old.kind == role and old.change == entry.change, "refers to another claim")
                need(old.number < entry.number and old.made <= entry.made, "refers forward")
                same = old.subjects.items() <= entry.subjects.items()
                need(not strict or same, "about another file")
                bound = None in (old.binding, entry.binding) or old.binding == entry.binding
                need(bound, "about another review")
                need(role != "waiver" or day(old.body["expires"]) > entry.made[:10], "expired")

    def separation(self) -> None:
        """Nobody who proposed the change signs what needs two people."""
        for old, entry in itertools.product(self.entries, self.entries):
            proposed = old.kind == "proposal" and old.change == entry.change
            if proposed and entry.kind in TWO_PEOPLE and old.number < entry.number:
                keys = {key for person in old.people.values() for key in person["keys"]}
                for label, person in entry.people.items():
                    apart = label not in old.people and keys.isdisjoint(person["keys"])
                    need(apart, f"{label!r} proposed the change and signed the {entry.kind}")

    def quorum(self) -> None:
        """Fill every place that the policy asks for with a different person."""
        for entry in self.entries:
            if entry.kind == "policy":
                continue
            wanted = self.rules[entry.policy][1][entry.kind]
            places = [role for role, count in wanted.items() for _ in range(count)]
            people = list(entry.people.values())
            need(entry.kind not in TWO_PEOPLE or len(people) > 1, "one person is not enough")
            need(seat(places, people), f"a {entry.kind} lacks a signature")

    def precedence(self) -> None:
        """Compare what decisions and waivers say with their dates and verdicts."""
        for entry in self.entries:
            body, today = entry.body, entry.made[:10]
            if entry.kind == "waiver":
                need(day(body["expires"]) > today, "a waiver without an end")
            if entry.kind != "decision":
                continue
            texts = ["assessed", "outcome", "precedence", "reason", "verdict"]
            need(set(body) == {*texts, "conditions", "selected"}, "a malformed decision")
            conditions = body["conditions"]
            need(isinstance(conditions, list), "conditions are a list")
            need(all(isinstance(x, str) for x in conditions), "conditions are texts")
            need(all(isinstance(body[key], str) for key in texts), "a malformed decision")
            late = body["selected"] is not None and day(body["assessed"]) > day(
                body["selected"]
            )
            said = "after selection" if late else "before selection"
            need(body["precedence"] == said, "the precedence contradicts the dates")
            need(day(body["assessed"]) <= today, "assessed after the decision")
            outcome, verdict = body["outcome"], body["verdict"]
            need(outcome in ALLOWED["no objection"], "an unknown outcome")
            fits = outcome in ALLOWED[verdict]
            waived = "waiver" in entry.refers and verdict != "not evaluable"
            need(fits or waived, "the outcome does not fit the verdict")
            need((outcome == "approved with conditions") == bool(conditions), "conditions")

    def files(self) -> None:
        """Compare the reviewed files with what the signers signed."""
        shown = {
            name: sha256(data).hex()
            for name, data in self.files_by_name.items()
            if name.startswith("inputs/") or name in {"result.json", "report.html"}
        }
        need(shown == self.decision.subjects, "a file is not the one that was signed")

    def result(self) -> None:
        """Compare the review document with the binding and the verdict decided on."""
        data = self.files_by_name["result.json"]
        value = load(data)
        digests = value["digests"]
        need("result" not in digests, "digests name the result")
        plain(digests)
        binding = {
            key: item if isinstance(item, str) else canonical(item).decode()
            for key, item in digests.items()
        }
        binding["result"] = f"sha256:{sha256(data).hex()}"
        need(binding == self.decision.binding, "bound to another review")
        need(value["change"]["id"] == self.change, "about another change")
        need(value["verdict"]["word"] == self.decision.body["verdict"], "another verdict")


class Entry:
    """One claim and its signatures, as read from its envelope."""

    def __init__(self, number: int, files: dict[str, bytes]) -> None:
        """Read entry ``number`` of the log."""
        self.number, self.folder = number, f"entries/{number:08d}"
        self.data = files[f"{self.folder}/envelope.json"]
        need(
            {f"{self.folder}/nonce", f"{self.folder}/proof"} <= set(files), "a part is missing"
        )
        need(len(self.data) <= 16_000_000, "an envelope is too large")
        outer = load(self.data)
        need(canonical(outer) == self.data, "an envelope is not canonical")
        need(set(outer) == {"payload", "payloadType", "signatures"}, "not an envelope")
        need(outer["payloadType"] == INTOTO, "another payload type")
        payload = b64(outer["payload"])
        need(len(outer["signatures"]) <= 100, "too many signatures")
        need(all(set(s) == {"keyid", "sig"} for s in outer["signatures"]), "not a signature")
        self.signatures = [(s["keyid"], b64(s["sig"])) for s in outer["signatures"]]
        self.message = b"DSSEv1 %d %s %d " % (len(INTOTO), INTOTO.encode(), len(payload))
        self.message += payload
        self.digest = f"sha256:{sha256(payload).hex()}"
        self.people: dict[str, Object] = {}
        statement = load(payload)
        plain(statement)
        need(canonical(statement) == payload, "a statement is not canonical")
        need(set(statement) == {"_type", "predicate", "predicateType", "subject"}, "statement")
        need(statement["_type"] == "https://in-toto.io/Statement/v1", "not a statement")
        self.kind = statement["predicateType"].removeprefix(BASE).removesuffix("/v1")
        need(statement["predicateType"] == f"{BASE}{self.kind}/v1", "an unknown kind")
        need(self.kind in KINDS, "an unknown kind")
        self.read_subjects(statement["subject"])
        self.read_predicate(statement["predicate"])

    def read_subjects(self, subjects: list[Object]) -> None:
        """Read the files that the claim is about."""
        names = [item["name"] for item in subjects]
        need(
            bool(names) and names == sorted(set(names)), "subjects are sorted and at least one"
        )
        need(all(set(item) == {"name", "digest"} for item in subjects), "a subject")
        self.subjects = {item["name"]: item["digest"]["sha256"] for item in subjects}
        need(all(len(item["digest"]) == 1 for item in subjects), "one digest each")
        need(all(re.fullmatch("[0-9a-f]{64}", x) for x in self.subjects.values()), "sha256")

    def read_predicate(self, value: Object) -> None:
        """Read what is claimed."""
        keys = {"binding", "body", "change", "made", "policy", "refers"}
        need(set(value) == keys, "a predicate")
        self.binding, self.body, self.refers = value["binding"], value["body"], value["refers"]
        self.change, self.made, self.policy = value["change"], value["made"], value["policy"]
        need(isinstance(self.body, dict), "a body is an object")
        texts = [self.change, self.made, self.policy, *self.refers.values()]
        if self.binding is not None:
            need(set(self.binding) >= NEEDED, "the binding is incomplete")
            texts += self.binding.values()
        need(all(isinstance(text, str) for text in texts), "a text")
        sound = all(re.fullmatch("sha256:[0-9a-f]{64}", x) for x in self.refers.values())
        need(sound and (self.kind == "policy") == (self.change == ""), "a reference")
        moment = dt.datetime.strptime(self.made, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - Z
        need(moment.isoformat() + "Z" == self.made >= "1000", "a time")


def read_policy(entry: Entry, origin: str) -> tuple[dict[str, tuple[Object, bytes]], Object]:
    """Return the people by key id, and the quorums by kind of claim."""
    policy = entry.body
    need(set(policy) == {"origin", "people", "quorum", "schema", "version"}, "not a policy")
    need(policy["schema"] == "counterseal-policy/1" and policy["origin"] == origin, "origin")
    need(type(policy["version"]) is int and policy["version"] > 0, "no version")
    bare = (entry.binding, entry.refers, entry.policy) == (None, {}, "")
    need(bare, "the claim says more than the policy")
    digest = {"policy.json": sha256(canonical(policy)).hex()}
    need(entry.subjects == digest, "about another policy")
    keys: dict[str, tuple[Object, bytes]] = {}
    for person in policy["people"]:
        need(set(person) == {"keys", "label", "roles"}, "a person")
        need(isinstance(person["label"], str) and person["label"] != "", "a label")
        need(isinstance(person["roles"], list) and bool(person["keys"]), "roles and keys")
        need(all(isinstance(role, str) for role in person["roles"]), "a role")
        for text in person["keys"]:
            raw = public_key(text)
            need(key_id(raw) not in keys, "a key of two people")
            keys[key_id(raw)] = (person, raw)
    labels = [person["label"] for person in policy["people"]]
    need(len(set(labels)) == len(labels), "a label of two people")
    for kind, roles in policy["quorum"].items():
        need(kind in KINDS and kind != "policy" and bool(roles), "a quorum")
        need(all(type(n) is int and n > 0 for n in roles.values()), "a quorum")
        total = sum(roles.values())
        need((2 if kind in TWO_PEOPLE else 1) <= total <= 16, "a quorum of a wrong size")
        places = [role for role, count in roles.items() for _ in range(count)]
        need(seat(places, policy["people"]), "a quorum that nobody can meet")
    return keys, policy["quorum"]


def seat(places: list[str], people: list[Object]) -> bool:
    """Return whether each place can go to a different person with that role."""
    reachable: set[frozenset[int]] = {frozenset()}
    for role in places:
        fitting = [n for n, p in enumerate(people) if role == "anyone" or role in p["roles"]]
        reachable = {seated | {n} for seated in reachable for n in fitting if n not in seated}
        if not reachable:
            return False
    return True


def signed_head(note: bytes, log: tuple[str, int, bytes]) -> tuple[int, bytes]:
    """Return size and root of the checkpoint in ``note``, which the log signed."""
    name, kind, raw = log
    need(len(note) <= 1_000_000, "a note is too large")
    whole = note.decode()
    need(all(char >= " " or char == "\n" for char in whole), "control characters")
    text, gap, under = whole.rpartition("\n\n")
    need(bool(gap) and under.endswith("\n"), "not a note")
    identity = sha256(f"{name}\n".encode() + bytes([kind]) + raw)[:4]
    rows = under[:-1].split("\n")
    need(len(rows) <= 100, "too many signatures")
    signed = False
    for row in rows:
        match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", row)
        if match is None:
            raise ValueError("not a signature line")
        need("+" not in match[1] and not re.search(r"\s", match[1]), "not a key name")
        blob = b64(match[2])
        need(len(blob) > 4, "a short signature")
        if match[1] == name and blob[:4] == identity:
            verify(raw, blob[4:], text.encode() + b"\n")
            signed = True
    need(signed, "not signed by the log")
    origin, size, root, *more = text.split("\n")
    need(origin == name and re.fullmatch("0|[1-9][0-9]{0,18}", size) is not None, "origin")
    need(all(more) and len(b64(root)) == 32 and int(size) < 1 << 63, "not a checkpoint")
    return int(size), b64(root)


def climb(node: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that ``path`` leads to (RFC 9162, section 2.1.3.2)."""
    need(index < size and all(len(item) == 32 for item in path), "not in the tree")
    place, last = index, size - 1
    for item in path:
        need(last > 0, "the proof is too long")
        if place & 1 or place == last:
            node = sha256(b"\x01" + item + node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + item)
        place, last = place >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return node


def prefix_roots(old: int, new: int, root: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """Return older and newer root that ``path`` leads to (RFC 9162, section 2.1.4.2)."""
    need(0 < old < new, "not a prefix")
    path = [root, *path] if old & (old - 1) == 0 else path
    need(bool(path) and all(len(item) == 32 for item in path), "an empty proof")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for item in path[1:]:
        need(last > 0, "the proof is too long")
        if place & 1 or place == last:
            first, second = sha256(b"\x01" + item + first), sha256(b"\x01" + item + second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = sha256(b"\x01" + second + item)
        place, last = place >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return first, second


def load(data: bytes) -> Object:
    """Return the JSON object in ``data``; no key twice, no half surrogates, no NaN."""
    value: Object = json.loads(data.decode(), object_pairs_hook=once, parse_constant=need_not)
    json.dumps(value, ensure_ascii=False).encode()
    need(isinstance(value, dict), "not a JSON object")
    return value


def once(pairs: list[tuple[str, object]]) -> Object:
    """Return the object of ``pairs``, whose keys are all different."""
    need(len(dict(pairs)) == len(pairs), "a key is there twice")
    return dict(pairs)


def plain(value: object, depth: int = 0) -> None:
    """Refuse fractions, large numbers, keys that are not ASCII, and deep nesting."""
    need(not isinstance(value, float) and depth <= 64, "fractions, or nested too deep")
    need(not isinstance(value, int) or abs(value) < 1 << 53, "a number is too large")
    if isinstance(value, dict):
        need(all(key.isascii() for key in value), "a key is not ASCII")
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        plain(item, depth + 1)


def canonical(value: object) -> bytes:
    """Return JSON as RFC 8785 spells it, for values without fractions."""
    return json.dumps(in_order(value), separators=(",", ":"), ensure_ascii=False).encode()


def in_order(value: object) -> object:
    """Return ``value`` with the keys of its objects sorted by UTF-16 code units."""
    if isinstance(value, list):
        return [in_order(item) for item in value]
    if not isinstance(value, dict):
        return value
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return {key: in_order(value[key]) for key in keys}


def safe(name: str) -> bool:
    """Return whether ``name`` is the same relative path on every system."""
    odd = set('\\:*?"<>|') & set(name) or not name.isprintable()
    long = len(name.encode()) > 512 or unicodedata.normalize("NFC", name) != name
    parts = name.split("/")
    return not odd and not long and all(p.strip(". ") and p[-1] not in ". " for p in parts)


def vkey(text: str) -> tuple[str, int, bytes]:
    """Return name, type and key of a C2SP verifier key of a log."""
    name, identity, encoded = text.split("+", 2)
    blob = b64(encoded)
    need(len(blob) == 33 and blob[0] == 1, "the log key is not an Ed25519 key")
    need(sha256(f"{name}\n".encode() + blob)[:4].hex() == identity, "the log key is damaged")
    return name, blob[0], blob[1:]


def public_key(text: str) -> bytes:
    """Return the 32 bytes of a key written ``ed25519:<base64>``."""
    need(text.startswith("ed25519:"), "a key is written ed25519:<base64>")
    raw = b64(text[8:])
    need(len(raw) == 32, "a key has 32 bytes")
    return raw


def key_id(raw: bytes) -> str:
    """Return the id by which envelopes name a key."""
    return sha256(raw).hex()


def verify(raw: bytes, signature: bytes, message: bytes) -> None:
    """Verify an Ed25519 signature; raises when it does not hold."""
    Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)


def b64(text: str) -> bytes:
    """Return the bytes of canonical base64."""
    data = base64.b64decode(text.encode("ascii"), validate=True)
    need(base64.b64encode(data).decode() == text, "base64 with stray bits")
    return data


def sha256(data: bytes) -> bytes:
    """Return the digest of ``data``."""
    return hashlib.sha256(data).digest()


def day(text: str) -> str:
    """Return the day written in ``text`` as 2026-01-31."""
    need(dt.date.fromisoformat(text).isoformat() == text, "a day")
    return text


def need(condition: bool, detail: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise unless ``condition`` holds."""
    if not condition:
        raise ValueError(detail)


def need_not(constant: str) -> object:
    """Refuse a constant that is not JSON."""
    raise ValueError(constant)


def main(arguments: list[str] | None = None) -> int:
    """Check the bundle named on the command line and return the exit code."""
    parser = argparse.ArgumentParser(description="Check a Counterseal bundle.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--root", action="append", required=True, help="ed25519:<base64>")
    parser.add_argument("--log", required=True, help="name+id+key")
    parser.add_argument("--kept", type=Path, help="a checkpoint kept from earlier")
    given = parser.parse_args(arguments)
    kept = given.kept.read_bytes() if given.kept else None
    try:
        lines = check(given.bundle.read_bytes(), roots=given.root, log=given.log, kept=kept)
    except BundleError as error:
        sys.stdout.write(f"FAILED {error}\n")
        return 6
    sys.stdout.write(
        "\n".join([*lines, "every check holds; the verdict was not computed again"])
    )
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
