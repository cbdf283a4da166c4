"""The key ring: one secret per purpose, in files that only the owner reads, outside the database.

Purposes: ``vault`` wraps people's keys, ``codes`` makes serials unguessable at rest, ``index``
makes blind indexes, ``log`` signs the head of the fact log, ``sessions`` and ``links`` sign web
tokens. Keys are made on first use while DEBUG is on; otherwise a missing ring is an error.
"""

import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

PURPOSES = ("vault", "codes", "index", "log", "sessions", "links")
NONCE_BYTES = 12
NEXT, PAST = "log-next.key", "log-past-"


class KeyRingMissing(RuntimeError):
    """Raised when production starts without its keys."""


class KeyRing:
    """Secrets of 32 bytes by purpose. Signing uses Ed25519, sealing AES-256-GCM."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {purpose: str(folder / f"{purpose}.key") for purpose in PURPOSES}

    @classmethod
    def make(cls, folder: Path) -> "KeyRing":
        """A ring in ``folder``; keys that are missing are drawn at random, files mode 0600."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for purpose in PURPOSES:
            path = folder / f"{purpose}.key"
            if not path.exists():
                _write_once(path, secrets.token_bytes(32))
        return cls(folder)

    def secret(self, purpose: str) -> bytes:
        """The 32 bytes of a purpose."""
        return _read(self._files[purpose])

    def hmac(self, purpose: str, data: bytes) -> bytes:
        """HMAC-SHA-256 of data under the key of a purpose."""
        return hmac.digest(self.secret(purpose), data, "sha256")

    def seal(self, purpose: str, plain: bytes, context: bytes) -> bytes:
        """Nonce and AES-GCM ciphertext; ``context`` must be given again to open."""
        return seal(self.secret(purpose), plain, context)

    def unseal(self, purpose: str, sealed: bytes, context: bytes) -> bytes:
        """What was sealed; raises cryptography's InvalidTag when anything was changed."""
        return unseal(self.secret(purpose), sealed, context)

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature of the log key."""
        return self._signer().sign(message)

    def public_key(self) -> bytes:
        """The 32 bytes with which anyone can check the log's signatures."""
        return _public(self._signer())

    def log_signatures(self, message: bytes) -> list[tuple[bytes, bytes]]:
        """Public key and signature of the log's key and, while keys change, of the next one."""
        secrets_ = [self.secret("log"), *map(_read, self._next())]
        signers = [Ed25519PrivateKey.from_private_bytes(secret) for secret in secrets_]
        return [(_public(signer), signer.sign(message)) for signer in signers]

    def log_public_keys(self) -> list[bytes]:
        """Every key that ever signed the log: the one in force, the next one, past ones."""
        signers = map(Ed25519PrivateKey.from_private_bytes, map(_read, self._next()))
        past = [path.read_bytes() for path in sorted(self.folder.glob(f"{PAST}*.key"))]
        return [self.public_key(), *map(_public, signers), *past]

    def begin_rotation(self) -> None:
        """Draw the next log key; from now on heads bear both signatures. Again changes nothing."""
        _write_once(self.folder / NEXT, secrets.token_bytes(32))

    def end_rotation(self) -> None:
        """Let the next log key sign alone; of the past one only its public half is kept."""
        if not self._next():
            return
        past = self.public_key()
        _write_once(self.folder / f"{PAST}{past.hex()[:8]}.key", past)
        (self.folder / NEXT).replace(self.folder / "log.key")
        _read.cache_clear()

    def _next(self) -> list[str]:
        path = self.folder / NEXT
        return [str(path)] if path.exists() else []

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret("log"))


def public_half(secret: bytes) -> bytes:
    """The 32 public bytes of an Ed25519 secret."""
    return _public(Ed25519PrivateKey.from_private_bytes(secret))


def _public(signer: Ed25519PrivateKey) -> bytes:
    return signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def seal(key: bytes, plain: bytes, context: bytes) -> bytes:
    """Nonce followed by the AES-GCM ciphertext."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """The plain bytes of :func:`seal`."""
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)


def ring(*, look_again: bool = False) -> KeyRing:
    """The ring of this installation; its files are looked for once a process, or ``look_again``.

    Raises:
        KeyRingMissing: DEBUG is off and a key file is absent.
    """
    seen = _whole.get(settings.KEY_DIR)
    if seen and not look_again:
        return seen
    folder = Path(settings.KEY_DIR)
    if all((folder / f"{purpose}.key").exists() for purpose in PURPOSES):
        return _whole.setdefault(settings.KEY_DIR, KeyRing(folder))
    if not settings.DEBUG:
        raise KeyRingMissing(f"no complete key ring in {folder}; run: manage.py make_keys")
    return KeyRing.make(folder)


_whole: dict[str | Path, KeyRing] = {}
"""Rings whose files were all there, by the folder that the settings name."""


def _write_once(path: Path, data: bytes) -> None:
    """Write a new file with mode 0600; an existing one stays as it is."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@cache
def _read(path: str) -> bytes:
    return Path(path).read_bytes()
