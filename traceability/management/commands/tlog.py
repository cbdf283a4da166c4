"""Proofs of the fact log: export, verify and judge them; publish the log; witness another's."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock, facts, keys
from core.domain.errors import Refusal
from traceability import proofs, publishing, services, witness
from traceability.domain import proof_vectors
from traceability.domain.tlog_proof import FIRST_LINE, read_key, read_proof
from traceability.domain.witnessing import read_request


class Command(BaseCommand):
    help = "Export, verify, publish and witness the fact log (C2SP tlog formats). Answers in JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        export = steps.add_parser("export", help="write proof, leaf and key of a unit's last step")
        export.add_argument("--code", required=True)
        export.add_argument("--out", type=Path, required=True)
        verify = steps.add_parser("verify", help="check a proof or a head; exit 1 when it fails")
        verify.add_argument("file", type=Path)
        verify.add_argument("--vkey", required=True, help="the key's line, or a file with lines")
        verify.add_argument("--leaf", type=Path, help="the raw leaf (default: the one in the file)")
        verify.add_argument("--witness", action="append", default=[], help="a witness's key")
        verify.add_argument(
            "--quorum", type=int, default=0, help="how many witnesses must be there"
        )
        judge = steps.add_parser("check-proof", help="judge Merkle proofs of a JSON list")
        judge.add_argument("--input", type=Path, required=True)
        publish = steps.add_parser("publish", help="write the log's new files into a folder")
        publish.add_argument("--out", type=Path, required=True)
        rotate = steps.add_parser("rotate", help="sign with a second key; --finish drops the first")
        rotate.add_argument("--finish", action="store_true")
        add = steps.add_parser("cosigned", help="keep a witness's line under one of our heads")
        add.add_argument("file", type=Path, help="the checkpoint with the line")
        add.add_argument("--vkey", required=True, help="the witness's key")
        _add_witness(steps.add_parser("witness", help="cosign a log that only grew"))

    def handle(self, *args: Any, **options: Any) -> None:
        step = getattr(self, "_" + options["step"].replace("-", "_"))
        try:
            self._tell(step(options))
        except Refusal as refusal:
            self._decline(refusal.code, refusal.reason_text(), refusal.remedy_text())
        except UnicodeDecodeError as fault:
            self._decline("not-text", f"The file is not UTF-8: {fault.reason}.", "Send it as text.")
        except OSError as fault:
            reason = f"The file {fault.filename} cannot be read: {fault.strerror}."
            self._decline("file-unreadable", reason, "Check its name and who may read it.")

    def _tell(self, answer: Any) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def _decline(self, code: str, reason: str, remedy: str, place: str = "") -> None:
        error = {"code": code, "place": place, "value": reason, "remedy": remedy}
        self._tell({"ok": False, "error": error})
        raise CommandError(f"{reason} {remedy}")

    def _export(self, options: dict[str, Any]) -> dict[str, Any]:
        made = services.proof_of_code(options["code"], at=clock.now(), address="command line")
        folder: Path = options["out"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "proof.tlog-proof").write_text(made.proof, encoding="utf-8", newline="\n")
        (folder / "leaf").write_bytes(made.leaf)
        (folder / "vkey").write_text(made.vkey + "\n", encoding="utf-8", newline="\n")
        return {"ok": True, "folder": str(folder), "files": ["proof.tlog-proof", "leaf", "vkey"]}

    def _verify(self, options: dict[str, Any]) -> dict[str, Any]:
        text, vkey = _text(options["file"]), _key(options["vkey"])
        found: dict[str, Any] = {"ok": True}
        if text.startswith(FIRST_LINE.partition("@")[0]):
            leaf = options["leaf"].read_bytes() if options["leaf"] else None
            head = proofs.check(text, vkey, leaf)
            found["index"] = read_proof(text).index
        else:
            head = proofs.check_head(text, vkey)
        lines = [line for each in options["witness"] for line in _key(each).splitlines()]
        seen = sorted(set(proofs.witnesses_of(head, [read_key(line) for line in lines])))
        if len(seen) < options["quorum"]:
            raise proofs.ProofFails(fault=f"{len(seen)} of {options['quorum']} witnesses cosigned")
        told = f"The proof holds under the head of {head.size} facts of {head.origin}."
        return found | {
            "origin": head.origin, "size": head.size, "witnesses": seen, "message": told
        }  # fmt: skip

    def _check_proof(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        text = _text(options["input"])
        try:
            cases = json.loads(text)
        except (ValueError, RecursionError) as fault:
            self._decline("not-json", f"The file is not JSON: {fault}.", "Send a list of proofs.")
        if not isinstance(cases, list):
            self._decline("not-a-list", "The file holds no list.", "Send a list of proofs.")
        return [_judged(case) for case in cases]

    def _publish(self, options: dict[str, Any]) -> dict[str, Any]:
        made = publishing.publish(options["out"])
        head = facts.head()
        return {"ok": True, "new_files": made, "size": head.size if head else 0}

    def _rotate(self, options: dict[str, Any]) -> dict[str, Any]:
        ring = keys.ring()
        if options["finish"]:
            ring.end_rotation()
        else:
            ring.begin_rotation()
        return {"ok": True, "vkeys": facts.log_verifier_keys().splitlines()}

    def _cosigned(self, options: dict[str, Any]) -> dict[str, Any]:
        kept = publishing.add_cosignature(_text(options["file"]), _key(options["vkey"]))
        return {"ok": True, "size": kept.size, "witness": kept.witness}

    def _witness(self, options: dict[str, Any]) -> dict[str, Any]:
        me = witness.Witness(options["name"], options["state"])
        vkey = _key(options["vkey"])
        if options["log"]:
            growth = witness.growth_of(options["log"], me.seen(read_key(vkey.split("\n")[0]).name))
        elif options["request"]:
            growth = read_request(_text(options["request"]))
        else:
            return {"ok": True, "vkey": me.vkey()}
        made = me.cosign(growth, vkey, at=int(clock.now().timestamp()))
        note = growth.checkpoint + made.line
        if options["out"]:
            options["out"].write_text(note, encoding="utf-8", newline="\n")
        return {
            "ok": True, "origin": made.head.origin, "size": made.head.size,
            "cosignature": made.line, "vkey": made.vkey,
        }  # fmt: skip


def _add_witness(parser: CommandParser) -> None:
    parser.add_argument("request", type=Path, nargs="?", help="the body of an add-checkpoint call")
    parser.add_argument("--log", help="instead: the address or folder of a published log")
    parser.add_argument("--vkey", required=True, help="the log's key")
    parser.add_argument("--name", required=True, help="the witness's name, such as bank.example/w1")
    parser.add_argument("--state", type=Path, required=True, help="its folder: key and last heads")
    parser.add_argument("--out", type=Path, help="write the cosigned checkpoint here")


def _text(file: Path) -> str:
    """The text of a file as it is, line ends included; a byte order mark is no part of it."""
    return file.read_bytes().decode("utf-8-sig")


def _key(given: str) -> str:
    """A key's line, or the lines of the file that was named."""
    try:
        is_file = Path(given).is_file()
    except (OSError, ValueError):
        is_file = False
    return _text(Path(given)).strip() if is_file else given.strip()


def _judged(case: Any) -> dict[str, Any]:
    """Whether the proof of a case holds; one that cannot be read does not."""
    name = case.get("id") if isinstance(case, dict) else None
    try:
        return {"id": name, "ok": proof_vectors.holds(case)}
    except proof_vectors.Unreadable as fault:
        return {"id": name, "ok": False, "error": str(fault)}
