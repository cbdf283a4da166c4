"""The log's tools as outsiders call them: JSON in, JSON out, refusals with a reason."""

import base64
import json
import random
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core import facts, keys
from core.domain import merkle
from core.domain.checkpoint import read_note
from core.kernel_laws import heads_are_signed
from core.models import LogEntry
from tests.intruder import change_by_sql
from tests.shared_data import oracle
from traceability import publishing
from traceability.domain import tiles
from traceability.witness import Witness, growth_of

ROOT = Path(__file__).resolve().parents[2]
ALONE = ROOT / "traceability" / "static" / "traceability" / "tlog_verify.py"


def tlog(*arguments: object) -> tuple[bool, dict]:
    """Whether the command succeeded, and its answer."""
    out = StringIO()
    try:
        call_command("tlog", *map(str, arguments), stdout=out)
    except CommandError:
        return False, json.loads(out.getvalue())
    return True, json.loads(out.getvalue())


def alone(*arguments: object) -> tuple[bool, dict]:
    """The same from the file that users download."""
    command = [sys.executable, "-I", ALONE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0, json.loads(done.stdout)


def judged(folder: Path, cases: object) -> list[dict]:
    file = folder / "cases.json"
    file.write_text("\ufeff" + json.dumps(cases), encoding="utf-8")
    return tlog("check-proof", "--input", file)[1]


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_published_vectors_of_both_kinds_are_judged_as_published(tmp_path, kind):
    paths = sorted(oracle("trace", "merkle", "testdata", kind).rglob("*.json"))
    cases = [{"id": str(path), **json.loads(path.read_text())} for path in paths]

    answers = judged(tmp_path, cases)

    assert cases
    assert answers == [{"id": case["id"], "ok": not case["wantErr"]} for case in cases]


def tree(leaves: int):
    nodes: dict[merkle.Node, bytes] = {}
    for position in range(leaves):
        leaf = merkle.leaf_hash(bytes([position]))
        made = merkle.new_nodes(position, leaf, lambda level, i: nodes[(level, i)])
        nodes.update({(level, index): value for level, index, value in made})
    return lambda level, index: nodes[(level, index)]


def text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def test_every_proof_of_every_small_tree_holds_and_holds_nowhere_else(tmp_path):
    cases, expected = [], []
    read = tree(9)
    for size in range(1, 10):
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, read)
            for claimed in range(size):
                case = {
                    "id": len(cases), "leafIdx": claimed, "treeSize": size,
                    "leafHash": read(0, index).hex(), "root": text(merkle.root(size, read)),
                    "proof": [text(each) for each in proof] or None,
                }  # fmt: skip
                cases.append(case)
                expected.append(claimed == index)

    assert [each["ok"] for each in judged(tmp_path, cases)] == expected


def test_growth_is_proved_from_every_size_and_not_backwards_nor_from_nothing(tmp_path):
    read = tree(9)
    cases, expected = [], []
    for old in range(10):
        for new in range(10):
            proof = merkle.consistency_proof(old, new, read) if old <= new else []
            cases.append({
                "id": f"{old}-{new}", "size1": old, "size2": new, "proof": [x.hex() for x in proof],
                "root1": text(merkle.root(old, read)), "root2": text(merkle.root(new, read)),
            })  # fmt: skip
            expected.append(0 < old <= new)

    assert [each["ok"] for each in judged(tmp_path, cases)] == expected


HASH = text(bytes(32))


@pytest.mark.parametrize(
    ("case", "word"),
    [
        (None, "no object"),
        ({"id": 1}, "neither"),
        ({"leafIdx": "0", "treeSize": 1, "leafHash": HASH, "root": HASH}, "leafIdx"),
        ({"leafIdx": True, "treeSize": 1, "leafHash": HASH, "root": HASH}, "leafIdx"),
        ({"leafIdx": 0, "treeSize": 2**64, "leafHash": HASH, "root": HASH}, "treeSize"),
        ({"leafIdx": -1, "treeSize": 1, "leafHash": HASH, "root": HASH}, "leafIdx"),
        ({"leafIdx": 0, "treeSize": 1, "leafHash": "!", "root": HASH}, "leafHash"),
        ({"leafIdx": 0, "treeSize": 1, "leafHash": HASH}, "root"),
        ({"size1": 1, "size2": 1, "root1": HASH, "root2": 7}, "root2"),
        ({"size1": 1, "size2": 2, "root1": HASH, "root2": HASH, "proof": "x"}, "proof"),
        ({"size1": 1, "size2": 2, "root1": HASH, "root2": HASH, "proof": [3]}, "proof[0]"),
    ],
)
def test_what_is_no_proof_does_not_hold_and_the_field_is_named(tmp_path, case, word):
    (answer,) = judged(tmp_path, [case])

    assert answer["ok"] is False
    assert word in answer["error"]


def test_two_equal_roots_that_are_no_hashes_prove_nothing(tmp_path):
    case = {"id": 1, "size1": 1, "size2": 1, "root1": "V3Jvbmc=", "root2": "V3Jvbmc=", "proof": []}

    assert judged(tmp_path, [case]) == [{"id": 1, "ok": False}]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "not-json"),
        (b"{}", "not-a-list"),
        (b"\xff\xfe", "not-text"),
        (None, "file-unreadable"),
    ],
)
def test_a_file_that_cannot_be_judged_is_declined_in_json(tmp_path, content, code):
    file = tmp_path / "cases.json"
    if content is not None:
        file.write_bytes(content)

    succeeded, answer = tlog("check-proof", "--input", file)

    assert not succeeded
    assert answer["error"]["code"] == code
    assert answer["error"]["remedy"]


@pytest.fixture
def folder(way, tmp_path, on_scan_day) -> Path:
    """Proof, leaf and key of a sold unit, and the published log beside."""
    way.sell(way.codes[0])
    tlog("export", "--code", way.codes[0], "--out", tmp_path)
    tlog("publish", "--out", tmp_path / "log")
    return tmp_path


@pytest.mark.django_db
def test_the_stand_alone_file_and_the_command_say_the_same(folder):
    arguments = (folder / "proof.tlog-proof", "--vkey", folder / "vkey")

    assert tlog("verify", *arguments)[0]
    succeeded, answer = alone(*arguments, "--leaf", folder / "leaf")

    assert succeeded
    assert answer["size"] == facts.head().size
    assert answer["origin"] == facts.origin()


@pytest.mark.django_db
def test_any_changed_byte_of_a_proof_is_noticed(folder, monkeypatch):
    monkeypatch.syspath_prepend(str(ALONE.parent))
    module = __import__("tlog_verify")
    proof, vkey = (folder / "proof.tlog-proof").read_bytes(), (folder / "vkey").read_text()
    (folder / "vkey2").write_text(vkey)
    known = module.keys_of([str(folder / "vkey")])
    choose = random.Random(3)  # noqa: S311
    held = []
    for at in range(len(proof)):
        changed = bytearray(proof)
        changed[at] ^= 1 << choose.randrange(8)
        try:
            module.check(bytes(changed).decode("utf-8-sig"), known)
        except (module.Fails, UnicodeDecodeError):
            continue
        held.append(at)

    assert held == []
    assert module.check(proof.decode(), known)["ok"]


@pytest.mark.django_db
@pytest.mark.parametrize("at", [0, 30, 60, -20, -60, -100])
def test_command_and_stand_alone_file_refuse_the_same_changes(folder, at):
    file = folder / "proof.tlog-proof"
    proof = bytearray(file.read_bytes())
    proof[at] ^= 1
    file.write_bytes(proof)

    assert not tlog("verify", file, "--vkey", folder / "vkey")[0]
    assert not alone(file, "--vkey", folder / "vkey")[0]


@pytest.mark.django_db
def test_the_browsers_script_says_the_same(folder):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node absent")
    script = ALONE.with_name("check.js")
    ask = (
        "const fs=require('fs'),{holds}=require(process.argv[1]);"
        "const read=(i)=>fs.readFileSync(process.argv[i],'utf8');"
        "holds(read(2),read(3)).then(console.log,()=>console.log('unreadable'))"
    )

    def answer(proof: bytes) -> str:
        (folder / "asked").write_bytes(proof)
        command = [node, "-e", ask, script, folder / "asked", folder / "vkey"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    proof = (folder / "proof.tlog-proof").read_bytes()
    index = f"index {LogEntry.objects.count() - 1}".encode()
    assert answer(proof) == "holds"
    assert answer(proof.replace(index, b"index 0")) == "missing"
    assert answer(proof.replace(b"\xe2\x80\x94 ", b"- ")) == "unreadable"
    size = str(facts.head().size).encode()
    assert answer(proof.replace(b"\n" + size + b"\n", b"\n" + size + b"0\n")) == "unsigned"


@pytest.mark.django_db
def test_a_published_log_gives_the_signed_root_from_its_files_alone(folder):
    size = facts.head().size

    assert publishing.published_root(folder / "log", size) == bytes(facts.head().root)
    assert (folder / "log" / "checkpoint").read_text() == facts.head().note
    assert tlog("publish", "--out", folder / "log")[1]["new_files"] == 0
    assert alone(folder / "log" / "checkpoint", "--vkey", folder / "vkey")[0]


@pytest.mark.django_db
def test_the_address_of_the_log_serves_the_same_bytes(folder):
    client = Client()
    files = [path for path in (folder / "log").rglob("*") if path.is_file()]

    served = {path: client.get(f"/log/{path.relative_to(folder / 'log')}") for path in files}

    assert len(files) == 3
    assert {path: answer.content for path, answer in served.items()} == {
        path: path.read_bytes() for path in files
    }
    assert all("cookie" not in answer.headers for answer in served.values())
    tile = next(answer for path, answer in served.items() if "tile/0" in str(path))
    assert tile["Cache-Control"] == "public, max-age=31536000, immutable"
    assert tile["Content-Type"] == "application/octet-stream"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["0/000", "1/000.p/1", "0/0", "0/000.p/0", "64/000", "x/000", "00/000.p/1"]
)
def test_a_tile_that_the_tree_does_not_have_is_not_served(folder, path):
    assert Client().get(f"/log/tile/{path}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["cut", "flip", "swap", "grow", "remove"])
def test_a_changed_file_of_the_published_log_is_found(folder, change):
    for file in (path for path in (folder / "log" / "tile").rglob("*") if path.is_file()):
        whole = file.read_bytes()
        changed = {
            "cut": whole[:-1], "flip": bytes([whole[0] ^ 1]) + whole[1:], "grow": whole + b"\0",
            "swap": whole[32:64] + whole[:32] + whole[64:], "remove": None,
        }[change]  # fmt: skip
        file.unlink()
        if changed is not None:
            file.write_bytes(changed)

        found = publishing.published_root(folder / "log", facts.head().size)

        assert found != bytes(facts.head().root), file
        file.write_bytes(whole)


@pytest.mark.django_db
def test_a_changed_fact_is_not_published_under_a_signed_head(folder, way):
    first = "(SELECT min(id) FROM core_fact)"
    change_by_sql(f"UPDATE core_fact SET subject = 'lot:0' WHERE id = {first}")

    succeeded, answer = tlog("publish", "--out", folder / "again")

    assert not succeeded
    assert answer["error"]["code"] == "log-damaged"
    assert not (folder / "again" / "checkpoint").exists()


@pytest.fixture
def witnessed(folder) -> dict:
    key = (folder / "vkey").read_text().strip()
    arguments = ("--vkey", key, "--name", "bank.example/w1", "--state", folder / "bank")
    succeeded, answer = tlog(
        "witness", "--log", folder / "log", *arguments, "--out", folder / "cosigned"
    )
    assert succeeded
    return answer


@pytest.mark.django_db
def test_a_bank_cosigns_the_head_and_its_line_travels_with_every_proof(folder, way, witnessed):
    assert tlog("cosigned", folder / "cosigned", "--vkey", witnessed["vkey"])[0]
    tlog("export", "--code", way.codes[0], "--out", folder)

    arguments = (
        folder / "proof.tlog-proof", "--vkey", folder / "vkey",
        "--witness", witnessed["vkey"], "--quorum", "1",
    )  # fmt: skip
    assert tlog("verify", *arguments)[1]["witnesses"] == ["bank.example/w1"]
    assert alone(*arguments)[1]["witnesses"] == ["bank.example/w1"]
    assert witnessed["cosignature"] in publishing.checkpoint()


@pytest.mark.django_db
def test_without_its_witness_a_head_misses_the_quorum(folder, witnessed):
    arguments = (
        folder / "log" / "checkpoint", "--vkey", folder / "vkey",
        "--witness", witnessed["vkey"], "--quorum", "1",
    )  # fmt: skip

    assert not tlog("verify", *arguments)[0]
    assert not alone(*arguments)[0]


@pytest.mark.django_db
def test_a_forged_cosignature_is_refused(folder, witnessed):
    file = folder / "cosigned"
    note = file.read_text()
    line = witnessed["cosignature"]
    raw = base64.b64decode(line.split(" ")[2])
    forged = line.replace(text(raw), text(raw[:-1] + bytes([raw[-1] ^ 1])))
    file.write_text(note.replace(line, forged))

    succeeded, answer = tlog("cosigned", file, "--vkey", witnessed["vkey"])

    assert not succeeded
    assert answer["error"]["code"] == "proof-fails"


@pytest.mark.django_db
def test_a_witness_follows_a_log_that_grew_and_refuses_one_that_was_rewritten(
    folder, way, witnessed
):
    arguments = (
        "--vkey", folder / "vkey", "--name", "bank.example/w1", "--state", folder / "bank",
    )  # fmt: skip
    first = facts.head().size
    way.sell(way.codes[1])
    tlog("publish", "--out", folder / "log")

    succeeded, answer = tlog("witness", "--log", folder / "log", *arguments)

    assert succeeded
    assert answer["size"] == facts.head().size > first
    me = Witness("bank.example/w1", folder / "bank")
    request = growth_of(str(folder / "log"), None)
    (folder / "request").write_text(f"old 0\n\n{request.checkpoint}")
    assert tlog("witness", folder / "request", *arguments)[1]["error"]["code"] == (
        "witness-saw-another-size"
    )
    (folder / "request").write_text(
        f"old {me.seen(facts.origin()).size}\n{HASH}\n\n{request.checkpoint}"
    )
    assert tlog("witness", folder / "request", *arguments)[1]["error"]["code"] == "log-inconsistent"


@pytest.mark.django_db
def test_while_keys_change_a_head_bears_both_signatures_and_afterwards_the_new_one(
    way, tmp_path, settings, on_scan_day
):
    settings.KEY_DIR = shutil.copytree(keys.ring().folder, tmp_path / "keys")
    way.sell(way.codes[0])
    old = facts.log_verifier_key()

    tlog("rotate")
    way.sell(way.codes[1])
    both = len(read_note(facts.head().note)[1])
    tlog("rotate", "--finish")
    way.sell(way.codes[2])

    assert both == 2
    assert facts.log_verifier_key() != old
    assert old in facts.log_verifier_keys().splitlines()
    assert len(read_note(facts.head().note)[1]) == 1
    assert keys.ring().log_public_keys()[0] == keys.ring().public_key()
    assert list(heads_are_signed()) == []


@pytest.mark.parametrize(
    ("index", "path"),
    [
        (0, "tile/0/000"),
        (1234067, "tile/0/x001/x234/067"),
        (999, "tile/0/999"),
        (1000, "tile/0/x001/000"),
    ],
)
def test_tiles_lie_where_the_format_says(index, path):
    assert tiles.Tile(0, index).path == path
    assert tiles.read_path(path) == tiles.Tile(0, index)


def test_a_tree_of_seventy_thousand_leaves_has_the_tiles_of_the_formats_example():
    made = [tile for tile in tiles.tiles_of(70_000) if tile.level >= 0]

    assert sum(tile.level == 0 and tile.width == 256 for tile in made) == 273
    assert [(t.level, t.width) for t in made if t.width < 256] == [(0, 112), (1, 17), (2, 1)]
    assert sum(tile.level == 1 and tile.width == 256 for tile in made) == 1


def test_nodes_read_from_tiles_are_the_nodes_of_the_tree():
    size = 70
    read = tree(size)

    def fetch(tile: tiles.Tile) -> bytes:
        indexes = range(tile.start, tile.start + tile.width)
        return b"".join(read(tile.level * 8, index) for index in indexes)

    from_tiles = tiles.reader(fetch, size)

    assert merkle.root(size, from_tiles) == merkle.root(size, read)
    assert merkle.consistency_proof(33, size, from_tiles) == merkle.consistency_proof(
        33, size, read
    )
