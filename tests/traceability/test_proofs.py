"""Proofs of log lines: made from a page, checked by us, by the key's line, and by outsiders."""

import base64
import json
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from core import facts
from core.domain.merkle import node_hash
from tests.shared_data import oracle
from traceability import proofs
from traceability.domain.tlog_proof import (
    KeyUnreadable,
    Proof,
    ProofUnreadable,
    read_key,
    read_proof,
)
from traceability.proofs import ProofFails

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]


@pytest.fixture
def sold(way) -> str:
    way.sell(way.codes[0])
    return way.codes[0]


@pytest.fixture
def exported(sold, tmp_path) -> Path:
    call_command("tlog", "export", "--code", sold, "--out", str(tmp_path), stdout=StringIO())
    return tmp_path


def verify(folder: Path, **more: str) -> str:
    out = StringIO()
    key = (folder / "vkey").read_text()
    options = {"vkey": key, **more}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    call_command("tlog", "verify", str(folder / "proof.tlog-proof"), *arguments, stdout=out)
    return out.getvalue()


def test_the_page_hands_out_a_proof_that_holds_under_the_published_key(client, sold):
    answer = client.get(f"/t/{sold}/proof.tlog-proof")

    head = proofs.check(answer.content.decode(), facts.log_verifier_key())
    assert head.size == facts.head().size
    assert answer["Content-Disposition"] == 'attachment; filename="proof.tlog-proof"'
    assert not answer.cookies


def test_asking_for_a_proof_is_no_look_up(client, sold):
    client.get(f"/t/{sold}/proof.tlog-proof")

    assert client.get(f"/api/trace/{sold}").json()["lookups"] == 1


def test_a_code_of_nobody_has_no_proof(client, way):
    answer = client.get("/t/0000000000000000/proof.tlog-proof")

    assert answer.status_code in (404, 422)


def test_an_exported_proof_verifies_from_its_three_files(exported):
    assert "The proof holds under the head of" in verify(exported)
    assert "The proof holds" in verify(exported, leaf=str(exported / "leaf"))


def test_one_changed_byte_of_the_leaf_is_noticed(exported):
    leaf = bytearray((exported / "leaf").read_bytes())
    leaf[20] ^= 1
    (exported / "leaf").write_bytes(leaf)

    with pytest.raises(CommandError, match="the leaf is not in the tree"):
        verify(exported, leaf=str(exported / "leaf"))


def test_a_proof_of_another_tree_is_noticed(exported):
    file = exported / "proof.tlog-proof"
    proof = read_proof(file.read_text())
    hashes = (node_hash(b"a", b"b"), *proof.hashes[1:])
    forged = Proof(proof.index, hashes, proof.checkpoint, proof.extra)

    with pytest.raises(ProofFails):
        proofs.check(
            forged.text(), (exported / "vkey").read_text(), (exported / "leaf").read_bytes()
        )


def test_a_head_with_another_size_is_not_signed(exported):
    file = exported / "proof.tlog-proof"
    size = facts.head().size
    file.write_text(file.read_text().replace(f"\n{size}\n", f"\n{size + 1}\n"))

    with pytest.raises(CommandError, match="not signed by the key"):
        verify(exported)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 007\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nextra !!\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0",
    ],
)
def test_what_is_no_proof_is_refused(text):
    with pytest.raises(ProofUnreadable):
        read_proof(text)


def test_a_key_whose_id_does_not_fit_is_refused():
    name, _, blob = facts.log_verifier_key().split("+", 2)

    with pytest.raises(KeyUnreadable):
        read_key(f"{name}+00000000+{blob}")


@given(
    index=st.integers(0, 10**9),
    hashes=st.lists(st.binary(min_size=32, max_size=32), max_size=40),
    extra=st.binary(max_size=60),
)
def test_a_proof_reads_back_as_it_was_written(index, hashes, extra):
    proof = Proof(index, tuple(hashes), "origin\n1\nroot\n\n— signature\n", extra)

    assert read_proof(proof.text()) == proof


def test_the_command_judges_published_proofs_as_published(tmp_path):
    paths = sorted(oracle("trace", "merkle", "testdata", "inclusion").rglob("*.json"))
    cases = [{"id": str(path), **json.loads(path.read_text())} for path in paths]
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    out = StringIO()

    call_command("tlog", "check-proof", "--input", str(tmp_path / "cases.json"), stdout=out)

    judged = {each["id"]: each["ok"] for each in json.loads(out.getvalue())}
    assert judged == {case["id"]: not case["wantErr"] for case in cases}


@pytest.fixture(scope="session")
def outsiders(tmp_path_factory) -> tuple[Path, Path]:
    """sigstore's JavaScript and the script that asks it; left out where npm does not answer."""
    script = oracle("..", "checks", "tlog", "verify.cjs")
    folder = tmp_path_factory.mktemp("npm")
    npm = shutil.which("npm")
    if npm is None or not shutil.which("node"):
        pytest.skip("node or npm absent")
    command = [npm, "install", "--silent", "--prefix", folder, "@sigstore/verify@3.1.1"]
    if subprocess.run(command, capture_output=True, check=False, timeout=120).returncode:
        pytest.skip("npm does not answer")
    return folder, script


def test_sigstores_javascript_verifies_our_proof_and_fails_after_one_byte(exported, outsiders):
    folder, script = outsiders

    def judge() -> int:
        command = [shutil.which("node"), script, folder]
        command += [exported / name for name in ("proof.tlog-proof", "leaf", "vkey")]
        origin = f"https://{facts.origin()}"
        return subprocess.run([*command, origin], capture_output=True, check=False).returncode

    assert judge() == 0
    leaf = (exported / "leaf").read_bytes()
    (exported / "leaf").write_bytes(bytes([leaf[0] ^ 1]) + leaf[1:])
    assert judge() == 1


def test_the_leaf_travels_in_the_file_and_commits_to_digests_only(exported):
    proof = read_proof((exported / "proof.tlog-proof").read_text())

    leaf = json.loads(proof.extra)
    assert proof.extra == (exported / "leaf").read_bytes()
    assert set(leaf) == {"v", "name", "at", "digests"}
    assert base64.b64encode(proof.extra).decode() in (exported / "proof.tlog-proof").read_text()
