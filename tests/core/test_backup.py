"""A backup restored on an empty machine has the same books, keys and documents."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from core import backup
from core.backup import BackupUnreadable

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "a passphrase kept elsewhere"
SEED = """
from portal.demo.database import make_tables

make_tables()
from core import documents, facts, ledger, vault
from core.domain.chart import AccountCode, TransferCode
bank = ledger.account(AccountCode.BANK, "CNY")
escrow = ledger.account(AccountCode.ESCROW, "CNY", subject="x")
ledger.transfer(key="in", debit=bank, credit=escrow, amount_minor=5, code=TransferCode.FUNDING)
vault.keep({"name": "张小明", "id_number": "330106199001012318"})
documents.store(key="d", content=b"declared", filename="d.txt", media_type="text/plain")
facts.register("test.seeded", fields=set())
facts.append("test.seeded", subject="x", data={})
facts.sequence()
"""
LOOK = """
from core import documents, facts, vault
person = vault.find("id_number", "330106199001012318")
print(vault.reveal(person, "test")["name"], documents.content(documents.find("d")).decode(),
      facts.head().size)
"""


def runner(folder: Path):
    """Runs manage.py on an installation of its own in the folder, by name."""

    def run(name: str, *arguments: str, secret: str = PASSPHRASE) -> subprocess.CompletedProcess:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / name}.sqlite3",
            "BONDPOOL_BACKUP_PASSPHRASE": secret,
            "PYTHONWARNINGS": "ignore",
        }
        return subprocess.run(
            [sys.executable, ROOT / "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def machine(tmp_path):
    return runner(tmp_path)


@pytest.fixture(scope="module")
def small_installation(tmp_path_factory):
    """A folder with a small installation, "first", and a backup of it, "kept.tar"."""
    folder = tmp_path_factory.mktemp("installation")
    run = runner(folder)
    assert run("first", "shell", "--no-imports", "-c", SEED).returncode == 0
    done = run("first", "backup", str(folder / "kept.tar"))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def kept(small_installation, tmp_path):
    """A backup of a small installation, which stands beside it."""
    shutil.copytree(small_installation, tmp_path, dirs_exist_ok=True)
    return tmp_path / "kept.tar"


def test_an_empty_machine_comes_to_the_same_books(machine, kept):
    done = machine("second", "restore", str(kept))

    assert (done.returncode, done.stdout) == (0, "The books hold; 1 facts under the signed head.\n")
    looked = machine("second", "shell", "--no-imports", "-c", LOOK)
    assert looked.stdout.strip() == "张小明 declared 1"


def test_a_check_leaves_this_machine_as_it_was(machine, kept, tmp_path):
    done = machine("third", "restore", str(kept), "--check")

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "third").exists()


def test_an_installation_is_never_overwritten(machine, kept):
    done = machine("first", "restore", str(kept))

    assert done.returncode == 1
    assert "already holds an installation" in done.stderr


def test_the_wrong_passphrase_opens_nothing(machine, kept, tmp_path):
    done = machine("second", "restore", str(kept), secret="another passphrase")

    assert done.returncode == 1
    assert "does not open the keys" in done.stderr
    assert not (tmp_path / "second.sqlite3").exists()


def test_no_key_lies_open_in_a_backup(kept, tmp_path):
    key = (tmp_path / "first" / "keys" / "vault.key").read_bytes()

    assert key not in kept.read_bytes()
    assert key.hex().encode() not in kept.read_bytes()


def test_a_changed_backup_is_refused_and_the_member_named(machine, kept, tmp_path):
    folder = tmp_path / "opened"
    backup.unpack(kept, folder)
    document = next((folder / "documents").glob("*/*"))
    document.write_bytes(b"declared otherwise")
    with tarfile.open(kept, "w") as archive:
        archive.add(folder, arcname="")

    done = machine("second", "restore", str(kept))

    assert done.returncode == 1
    assert f"{document.name} is missing or was changed" in done.stderr


@pytest.mark.parametrize("name", ["../outside", "documents/../../outside", "/outside", "other"])
def test_what_no_backup_holds_is_never_written(kept, tmp_path, name):
    (tmp_path / "planted").write_bytes(b"planted")
    with tarfile.open(kept, "a") as archive:
        entry = archive.gettarinfo(tmp_path / "planted", arcname="x")
        entry.name = name
        archive.addfile(entry, io.BytesIO(b"planted"))

    with pytest.raises(BackupUnreadable, match="is no part of a backup"):
        backup.unpack(kept, tmp_path / "opened")

    assert not (tmp_path / "outside").exists()


def test_a_link_in_a_backup_is_never_followed(kept, tmp_path):
    link = tarfile.TarInfo("database")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(kept, "a") as archive:
        archive.addfile(link)

    with pytest.raises(BackupUnreadable, match="database is no part of a backup"):
        backup.unpack(kept, tmp_path / "opened")
