"""Where private keys are: one folder for each user, never in the estate, the log or a bundle.

The newest checkpoint that this user saw is kept here too, away from the ledger: whoever puts an
old copy of the ledger back does not put the memory of the newer one back with it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.errors import LogError, UsageError
from counterseal.tlog.keys import KEY_BYTES, SigningKey
from counterseal.tlog.note import NoteSigner, parse_signer
from counterseal.workspace.entropy import fresh_bytes
from counterseal.workspace.files import read_bytes, write_bytes

if TYPE_CHECKING:
    from counterseal.tlog.keys import PublicKey
    from counterseal.tlog.note import VerifierKey

__all__ = ["FOLDER_VARIABLE", "Keyring", "default_keyring", "load_key"]

FOLDER_VARIABLE = "COUNTERSEAL_KEYS"
"""Names the folder of keys; without it ``counterseal/keys`` in the user's own settings."""

_LABEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SUFFIX = ".pem"
_OTHERS = 0o077
_LARGEST_KEY_BYTES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """A folder of private keys: ``LABEL.pem`` of people, ``ORIGIN.log-key`` of logs."""

    folder: Path

    def labels(self) -> tuple[str, ...]:
        """Return the labels of the keys of people, sorted."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(path.stem for path in self.folder.glob(f"*{_SUFFIX}")))

    def make(self, label: str) -> PublicKey:
        """Make a new key, write it for its owner alone, and return its public half.

        Raises:
            UsageError: There is a key of that label, or the label is not a word.
        """
        path = self._path(label)
        if path.exists():
            raise UsageError(
                f"{path} is already there",
                hint="choose another label; a key is never overwritten",
            )
        key = SigningKey(fresh_bytes(KEY_BYTES))
        write_bytes(path, key.encode_pem())
        return key.public

    def signing_key(self, label: str) -> SigningKey:
        """Return the private key of ``label``.

        Raises:
            UsageError: There is none, or others can read it.
        """
        path = self._path(label)
        if not path.is_file():
            known = ", ".join(self.labels()) or "none yet"
            raise UsageError(
                f"there is no key {label!r} in {self.folder} (there: {known})",
                hint=f"make it with `counterseal keys --new {label}`, or give --key FILE",
            )
        return load_key(path)

    def make_log_signer(self, origin: str) -> NoteSigner:
        """Make the key of a new log, or return the one that is there.

        Raises:
            UsageError: It cannot be written.
            LogError: ``origin`` is not a name of a log.
        """
        if self._log_path(origin).exists():
            return self.log_signer(origin)
        signer = NoteSigner(name=origin, key=SigningKey(fresh_bytes(KEY_BYTES)))
        text = signer.encode()
        parse_signer(text)
        write_bytes(self._log_path(origin), text.encode() + b"\n")
        return signer

    def log_signer(self, origin: str) -> NoteSigner:
        """Return the private key of the log ``origin``.

        Raises:
            UsageError: It is not here, or others can read it.
            LogError: It is not a key.
        """
        path = self._log_path(origin)
        if not path.is_file():
            raise UsageError(
                f"the key of the log {origin!r} is not in {self.folder}",
                hint="only who runs the log seals; hand the pending file to them",
            )
        _require_private(path)
        return parse_signer(read_bytes(path, limit=_LARGEST_KEY_BYTES).decode().strip())

    def kept(self, log: VerifierKey) -> bytes | None:
        """Return the newest checkpoint of ``log`` seen from here, if one was."""
        path = self._kept_path(log)
        return read_bytes(path) if path.is_file() else None

    def keep(self, log: VerifierKey, checkpoint: bytes) -> None:
        """Remember ``checkpoint``, which the caller verified, as the newest of ``log``."""
        write_bytes(self._kept_path(log), checkpoint)

    def _path(self, label: str) -> Path:
        if _LABEL.fullmatch(label) is None:
            raise UsageError(
                f"{label!r} is not a label of a key",
                hint="use lower-case letters, digits, '-', '_' and '.'",
            )
        return self.folder / f"{label}{_SUFFIX}"

    def _log_path(self, origin: str) -> Path:
        return self.folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', origin)}.log-key"

    def _kept_path(self, log: VerifierKey) -> Path:
        return self.folder / "kept" / f"{log.public.id[:32]}.checkpoint"


def default_keyring() -> Keyring:
    """Return the keyring of the user who runs the program."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return Keyring(folder=Path(given))
    settings = os.environ.get("XDG_CONFIG_HOME")
    base = Path(settings) if settings else Path.home() / ".config"
    return Keyring(folder=base / "counterseal" / "keys")


def load_key(path: Path) -> SigningKey:
    """Return the private key in a PEM file.

    Raises:
        UsageError: It cannot be read, others can read it, or it is not an Ed25519 key.
    """
    data = read_bytes(path, limit=_LARGEST_KEY_BYTES)
    _require_private(path)
    try:
        return SigningKey.decode_pem(data)
    except LogError as error:
        raise UsageError(
            f"{path}: {error.message}", hint="`counterseal keys --new LABEL` makes a key"
        ) from error


def _require_private(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise UsageError(f"{path} can be read by others", hint=f"chmod 600 {path}")
