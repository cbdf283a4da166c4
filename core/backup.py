"""Backup and restore of an installation: database, documents and keys in one tar file.

The tar holds ``manifest.json`` (sha256 of every member, the newest signed head), ``database``
(a consistent SQLite copy, or pg_dump's custom format), ``documents/…`` and ``keys.sealed``: the key
ring under a passphrase (scrypt, AES-256-GCM), without which nothing personal can be read.
"""

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from django.db import connection

from core import clock, facts, keys
from core.domain.errors import Refusal

FORM = "bondpool-backup-1"
SALT_BYTES = 16
MEMBER = re.compile(
    r"manifest\.json|database|keys\.sealed|documents/[0-9a-f]{2}/[0-9a-f]{64}(\.sealed)?"
)
"""The names of a backup's members; Python's own filter of members came with 3.11.4."""


class BackupUnreadable(Refusal):
    """Raised when a backup is not ours, incomplete, or was changed."""

    code = "backup-unreadable"
    reason = "The backup cannot be used: {fault}."
    remedy = "Take another copy of the backup and check it with restore --check."


class WrongPassphrase(Refusal):
    """Raised when the keys do not open."""

    code = "wrong-passphrase"
    reason = "The passphrase does not open the keys of this backup."
    remedy = "Set BONDPOOL_BACKUP_PASSPHRASE to the passphrase with which it was made."


class PassphraseMissing(Refusal):
    """Raised when no passphrase is given to seal or open the keys."""

    code = "passphrase-missing"
    reason = "The keys in a backup are sealed with a passphrase, and none was given."
    remedy = "Set BONDPOOL_BACKUP_PASSPHRASE to at least 12 characters and keep it elsewhere."


class PlaceTaken(Refusal):
    """Raised when a restore would overwrite an installation."""

    code = "place-taken"
    reason = "{place} already holds an installation."
    remedy = "Restore on an empty machine, or into an empty folder and database."


class DumpFailed(Refusal):
    """Raised when PostgreSQL's own tools fail."""

    code = "dump-failed"
    reason = "{tool} failed: {output}"
    remedy = "Install PostgreSQL's client tools of the server's version and try again."


def passphrase(environment: Mapping[str, str]) -> bytes:
    """The passphrase of the environment.

    Raises:
        PassphraseMissing: none, or shorter than 12 characters.
    """
    value = environment.get("BONDPOOL_BACKUP_PASSPHRASE", "")
    if len(value) < 12:
        raise PassphraseMissing
    return value.encode()


def make(target: Path, secret: bytes) -> dict[str, Any]:
    """Write a backup to ``target`` (a .tar file, complete or absent); returns its manifest."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder = Path(scratch)
        _dump_database(folder / "database")
        (folder / "keys.sealed").write_bytes(_sealed_keys(secret))
        manifest = _manifest(folder)
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        part = folder / "backup.part"
        with tarfile.open(part, "w") as archive:
            for name in ("manifest.json", "database", "keys.sealed"):
                archive.add(folder / name, arcname=name)
            for path in _documents():
                archive.add(path, arcname=_document_name(path))
        part.replace(target)
    return manifest


def _dump_database(target: Path) -> None:
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        with (
            closing(sqlite3.connect(str(config["NAME"]))) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        return
    _run(["pg_dump", "--format=custom", f"--file={target}", config["NAME"]], config)


def _run(command: list[str], config: Mapping[str, Any]) -> None:
    environment = {
        **os.environ,
        "PGHOST": str(config["HOST"] or ""),
        "PGPORT": str(config["PORT"] or ""),
        "PGUSER": str(config["USER"] or ""),
        "PGPASSWORD": str(config["PASSWORD"] or ""),
        "PGSSLMODE": str(config["OPTIONS"].get("sslmode", "")),
        "PGSSLROOTCERT": str(config["OPTIONS"].get("sslrootcert", "")),
    }
    given = {name: value for name, value in environment.items() if value}
    try:
        outcome = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise DumpFailed(tool=command[0], output=str(error)) from None
    if outcome.returncode:
        raise DumpFailed(tool=command[0], output=outcome.stderr.strip()[-300:])


def _documents() -> Iterator[Path]:
    folder = Path(settings.DOCUMENT_DIR)
    return (path for path in sorted(folder.glob("*/*")) if not path.name.startswith("."))


def _document_name(path: Path) -> str:
    return f"documents/{path.parent.name}/{path.name}"


def _manifest(folder: Path) -> dict[str, Any]:
    newest = facts.head()
    members = {name: _sha256(folder / name) for name in ("database", "keys.sealed")}
    members.update({_document_name(path): _sha256(path) for path in _documents()})
    return {
        "form": FORM,
        "made_at": clock.now().isoformat(),
        "database": connection.vendor,
        "log_size": newest.size if newest else 0,
        "log_head": newest.note if newest else "",
        "sha256": members,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sealed_keys(secret: bytes) -> bytes:
    ring = {path.name: path.read_bytes().hex() for path in Path(settings.KEY_DIR).glob("*.key")}
    salt = os.urandom(SALT_BYTES)
    plain = json.dumps(ring, sort_keys=True).encode()
    return salt + keys.seal(_stretch(secret, salt), plain, FORM.encode())


def _stretch(secret: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(secret)


def unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup into an empty folder and check every member against the manifest.

    Raises:
        BackupUnreadable: a member is missing, was changed, or is not named in the manifest.
    """
    try:
        with tarfile.open(source) as archive:
            _extract(archive, folder)
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    except (tarfile.TarError, OSError, ValueError) as error:
        raise BackupUnreadable(fault=type(error).__name__) from error
    if manifest.get("form") != FORM:
        raise BackupUnreadable(fault="it is not a Bondpool backup")
    found = {
        str(path.relative_to(folder)): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    for name in sorted(found.keys() | manifest["sha256"].keys()):
        if found.get(name) != manifest["sha256"].get(name):
            raise BackupUnreadable(fault=f"{name} is missing or was changed")
    return manifest


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    """Write the members of a backup below ``folder``, and nothing else of what a tar may hold.

    Raises:
        BackupUnreadable: a member is a link, a device, or has a name that no backup has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for member in archive:
        if member.isdir():
            continue
        content = archive.extractfile(member) if member.isreg() else None
        if content is None or not MEMBER.fullmatch(member.name):
            raise BackupUnreadable(fault=f"{member.name} is no part of a backup")
        place = folder / member.name
        place.parent.mkdir(parents=True, exist_ok=True)
        with content, place.open("wb") as file:
            shutil.copyfileobj(content, file)


def open_keys(folder: Path, secret: bytes) -> dict[str, bytes]:
    """The keys of an unpacked backup, by file name.

    Raises:
        WrongPassphrase: they do not open.
    """
    sealed = (folder / "keys.sealed").read_bytes()
    salt, rest = sealed[:SALT_BYTES], sealed[SALT_BYTES:]
    try:
        plain = keys.unseal(_stretch(secret, salt), rest, FORM.encode())
    except InvalidTag:
        raise WrongPassphrase from None
    return {name: bytes.fromhex(value) for name, value in json.load(io.BytesIO(plain)).items()}


def put_in_place(folder: Path, ring: Mapping[str, bytes], place: "Place") -> None:
    """Move an unpacked backup to where an installation lives.

    Raises:
        PlaceTaken: there is something already; nothing was written.
    """
    place.refuse_if_taken()
    place.keys.mkdir(parents=True, mode=0o700)
    for name, value in ring.items():
        path = place.keys / name
        path.touch(mode=0o600)
        path.write_bytes(value)
    place.documents.parent.mkdir(parents=True, exist_ok=True)
    (folder / "documents").mkdir(exist_ok=True)
    (folder / "documents").rename(place.documents)
    place.load_database(folder / "database")


class Place:
    """Where an installation lives: a database with its keys and documents."""

    def __init__(self, database: Mapping[str, Any], keys: Path, documents: Path) -> None:
        self.database = database
        self.keys = keys
        self.documents = documents

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one file."""
        return "sqlite3" in str(self.database["ENGINE"])

    def refuse_if_taken(self) -> None:
        """Raises PlaceTaken when keys, documents, the SQLite file or any table exist."""
        taken = [str(path) for path in (self.keys, self.documents) if path.exists()]
        name = str(self.database["NAME"])
        if Path(name).exists() if self.is_sqlite else connection.introspection.table_names():
            taken.append(name)
        if taken:
            raise PlaceTaken(place=taken[0])

    def load_database(self, dump: Path) -> None:
        """Bring the database's dump to its place, whole or not at all."""
        if self.is_sqlite:
            target = Path(str(self.database["NAME"]))
            target.parent.mkdir(parents=True, exist_ok=True)
            dump.replace(target)
            return
        name = str(self.database["NAME"])
        whole_or_not = ["--single-transaction", "--exit-on-error", "--no-owner"]
        _run(["pg_restore", *whole_or_not, f"--dbname={name}", str(dump)], self.database)
