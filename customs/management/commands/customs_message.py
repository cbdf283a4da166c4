"""``manage.py customs_message``: judge, read and build messages to and from customs."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.domain.errors import Refusal
from customs.domain.packages import MOST_BYTES, FileNotReadable, PackageEmpty, unpack
from customs.jurisdictions.cn.messages.reading import Read, read
from customs.jurisdictions.cn.messages.retail import KINDS
from customs.jurisdictions.cn.messages.validating import validate
from customs.models import DeclarationBatch
from customs.services import message_files


class Command(BaseCommand):
    """Three verbs: ``validate`` and ``parse`` need a file only, ``build`` needs the database."""

    help = "Judge or read a message of customs, or build those of a batch."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The verb and what it works on."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        judge = verbs.add_parser("validate", help="say what is wrong in a message")
        judge.add_argument("--unsigned", action="store_true", help="the signature is still to come")
        judge.add_argument("--rules", action="store_true", help="fail on broken rules as well")
        shown = verbs.add_parser("parse", help="show what a message or receipt says")
        for verb in (judge, shown):
            verb.add_argument("file", type=Path)
            verb.add_argument("--json", action="store_true", help="answer as JSON")
        build = verbs.add_parser("build", help="write the messages of a batch")
        build.add_argument("--batch", required=True, help="number of the batch")
        build.add_argument("--out", required=True, type=Path, help="folder to write to")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Do what the verb says; exit with 1 where it cannot be done or the message is wrong."""
        if verb == "build":
            self._build(options["batch"], options["out"])
            return
        file: Path = options["file"]
        try:
            packed = _bounded(file)
        except OSError as error:
            if not options["json"]:
                raise CommandError(f"{file}: {error.strerror}") from error
            self._answer({"file": file.name, **_refused(_no_file(error))}, as_json=True)
            raise SystemExit(1) from error
        answers, is_good = _every_answer(file.name, packed, verb, options)
        answer = answers[0]
        if len(answers) > 1:
            answer = {"file": file.name, "is_valid": is_good, "files": answers}
        self._answer(answer, as_json=options["json"])
        if not is_good:
            raise SystemExit(1)

    def _answer(self, answer: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for each in answer.get("files", ()):
            self._answer(each, as_json=False)
        for name, value in answer.items():
            if name not in ("findings", "files"):
                self.stdout.write(f"{name}: {value}")
        for each in answer.get("findings", ()):
            self.stdout.write(f"{each['level']} {each['code']} {each['path']}: {each['reason']}")

    def _build(self, number: str, out: Path) -> None:
        batch = (
            DeclarationBatch.objects.select_related("pool__keeper", "pool__operator", "broker")
            .filter(number=number)
            .first()
        )
        if batch is None:
            raise CommandError(f"There is no batch {number}.")
        files = message_files.files_of(batch, KINDS)
        out.mkdir(parents=True, exist_ok=True)
        for file in files:
            _write_private(out / file.name, file.content)
            self.stdout.write(f"{file.name}: {file.papers} papers, {len(file.findings)} findings")
        manifest = {"batch": batch.number, "messages": [file.as_json() for file in files]}
        text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
        _write_private(out / "manifest.json", text.encode())


def _no_file(error: OSError) -> FileNotReadable:
    return FileNotReadable(why=error.strerror or "unknown")


def _bounded(file: Path) -> bytes:
    """What the file holds, or just more of it than any package may hold."""
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _every_answer(
    name: str, packed: bytes, verb: str, options: dict[str, Any]
) -> tuple[list[dict[str, Any]], bool]:
    """One answer for each message in the file, which may be a ZIP; whether all are good."""
    answers: list[dict[str, Any]] = []
    are_good = True
    try:
        for inside, content in unpack(name, packed):
            answer, is_good = _one_answer(content, verb, options)
            answers.append({"file": inside, **answer})
            are_good &= is_good
    except Refusal as refusal:
        answers, are_good = [{"file": name, **_refused(refusal)}], False
    if not answers:
        answers, are_good = [{"file": name, **_refused(PackageEmpty())}], False
    return answers, are_good


def _one_answer(content: bytes, verb: str, options: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    try:
        if verb == "validate":
            return _judged(content, unsigned=options["unsigned"], rules=options["rules"])
        return _as_json(read(content)), True
    except Refusal as refusal:
        return _refused(refusal), False


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that names persons: readable by its owner only."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)


def _judged(content: bytes, *, unsigned: bool, rules: bool) -> tuple[dict[str, Any], bool]:
    verdict = validate(content, may_be_unsigned=unsigned)
    answer = {
        "message": verdict.code,
        "papers": verdict.papers,
        "is_valid": verdict.is_valid,
        "keeps_the_rules": verdict.keeps_the_rules,
        "findings": [finding.as_json() for finding in verdict.findings],
    }
    return answer, verdict.keeps_the_rules if rules else verdict.is_valid


def _refused(refusal: Refusal) -> dict[str, Any]:
    finding = {
        "level": "file",
        "code": refusal.code,
        "path": str(refusal.params.get("path", "/")),
        "reason": refusal.reason_text(),
        "remedy": refusal.remedy_text(),
    }
    return {"is_valid": False, "findings": [finding]}


def _as_json(found: Read) -> dict[str, Any]:
    message = found.message
    return {
        "message": found.code,
        "is_signed": found.is_signed,
        "guid": message.guid if message else "",
        "papers": [
            {"head": dict(paper.head), "lines": [dict(line) for line in paper.lines]}
            for paper in (message.papers if message else ())
        ],
        "transfer": dict(message.transfer) if message else {},
        "parts": {name: [dict(texts) for texts in rows] for name, rows in found.parts.items()},
        "receipts": [
            {
                "message": receipt.code,
                "key": receipt.key,
                "status": receipt.status,
                "at": receipt.at.isoformat() if receipt.at else None,
                "text": receipt.text,
                "fields": dict(receipt.fields),
            }
            for receipt in found.receipts
        ],
        "aside": [{"path": each.path, "text": each.text} for each in found.aside],
        "inside": _as_json(found.inside) if found.inside else None,
    }
