"""``manage.py evidence``: whether a note signs an evidence file, by a verifier's key."""

import hashlib
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management.base import CommandParser

from core.domain.checkpoint import key_id
from fx_settlement.domain.evidence import NoteNotValid, digest_in, public_key_of, signatures_in
from fx_settlement.management.json_answer import JsonAnswerCommand


class Command(JsonAnswerCommand):
    help = "Check an evidence file against its signed note; needs no database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("note", type=Path)
        parser.add_argument("--key", required=True, help="a verifier's line: name+id+base64")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        self.say(lambda: (_answer(options["file"], options["note"], options["key"]), True))


def _answer(file: Path, note: Path, key: str) -> dict[str, Any]:
    text = note.read_text(encoding="utf-8")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if digest_in(text) != digest:
        raise NoteNotValid(why="the file was changed, or is another")
    name, public = public_key_of(key)
    signed, signatures = signatures_in(text)
    own = [raw for by, kid, raw in signatures if by == name and kid == key_id(name, public)]
    if not own or not _verifies(public, own[0], signed):
        raise NoteNotValid(why="this key did not sign it")
    lines = text.split("\n")
    return {"ok": True, "importer": lines[1], "day": lines[2], "sha256": digest, "signed_by": name}


def _verifies(public: bytes, raw: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(raw, signed)
    except InvalidSignature:
        return False
    return True
