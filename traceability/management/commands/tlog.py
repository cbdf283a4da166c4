"""Proofs of the fact log: export one for a code, verify a file, judge vectors."""

import base64
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.domain.errors import Refusal
from core.domain.merkle import inclusion_holds
from traceability import proofs, services


class Command(BaseCommand):
    help = "Export and verify proofs of the fact log (c2sp.org/tlog-proof@v1)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        export = steps.add_parser("export", help="write proof, leaf and key of a unit's last step")
        export.add_argument("--code", required=True)
        export.add_argument("--out", type=Path, required=True)
        verify = steps.add_parser("verify", help="check a proof file; exit 1 when it fails")
        verify.add_argument("file", type=Path)
        verify.add_argument("--vkey", required=True, help="the key's line, or a file with it")
        verify.add_argument("--leaf", type=Path, help="the raw leaf (default: the one in the file)")
        judge = steps.add_parser("check-proof", help="judge inclusion proofs of a JSON list")
        judge.add_argument("--input", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        steps = {"export": self._export, "verify": self._verify, "check-proof": self._judge}
        try:
            steps[options["step"]](options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _export(self, options: dict[str, Any]) -> None:
        made = services.proof_of_code(options["code"], at=clock.now(), address="command line")
        folder: Path = options["out"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "proof.tlog-proof").write_text(made.proof, encoding="utf-8")
        (folder / "leaf").write_bytes(made.leaf)
        (folder / "vkey").write_text(made.vkey + "\n", encoding="utf-8")
        self.stdout.write(f"proof.tlog-proof, leaf and vkey are in {folder}")

    def _verify(self, options: dict[str, Any]) -> None:
        file: Path = options["file"]
        key = Path(options["vkey"])
        vkey = key.read_text(encoding="utf-8") if key.is_file() else options["vkey"]
        leaf = options["leaf"].read_bytes() if options["leaf"] else None
        head = proofs.check(file.read_text(encoding="utf-8"), vkey, leaf)
        self.stdout.write(f"The proof holds under the head of {head.size} facts of {head.origin}.")

    def _judge(self, options: dict[str, Any]) -> None:
        cases = json.loads(options["input"].read_text(encoding="utf-8"))
        judged = [{"id": case["id"], "ok": _holds(case)} for case in cases]
        self.stdout.write(json.dumps(judged))


def _holds(case: dict[str, Any]) -> bool:
    """Whether the proof of a vector holds; a vector that cannot be read does not."""
    try:
        return inclusion_holds(
            index=case["leafIdx"],
            size=case["treeSize"],
            leaf=base64.b64decode(case["leafHash"]),
            proof=[base64.b64decode(each) for each in case.get("proof") or []],
            root_hash=base64.b64decode(case["root"]),
        )
    except (KeyError, TypeError, ValueError):
        return False
