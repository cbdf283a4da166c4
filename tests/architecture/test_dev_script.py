"""The one script: what it says when it cannot work, and that it never half works."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "cat", "cmp", "cp", "dirname", "mkdir")


@pytest.fixture
def checkout(tmp_path):
    """A checkout without .venv, and a PATH that holds only a Python of a given version."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ("dev", "requirements.txt"):
        shutil.copy(ROOT / name, folder / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name))

    def run(*arguments: str, python: str) -> subprocess.CompletedProcess:
        program = tools / "python3"
        program.write_text(python)
        program.chmod(0o755)
        return subprocess.run(
            [shutil.which("sh"), folder / "dev", *arguments],
            env={"PATH": str(tools), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    run.folder = folder
    return run


OLD = """#!/bin/sh
[ "$1" = --version ] && echo "Python 3.10.13" && exit
exit 1
"""

BROKEN = """#!/bin/sh
[ "$1" = -c ] && exit
[ "$1" = --version ] && echo "Python 3.11.9" && exit
exit 7
"""


@pytest.mark.parametrize("command", ["demo", "test", "serve", "check", "bench"])
def test_an_old_python_is_named_with_what_to_do(checkout, command):
    done = checkout(command, python=OLD)

    assert done.returncode == 1
    assert "needs Python 3.11 or newer; this machine has Python 3.10.13" in done.stderr
    assert not (checkout.folder / ".venv").exists()


def test_a_set_up_that_fails_is_not_taken_for_done(checkout):
    done = checkout("demo", python=BROKEN)

    assert done.returncode == 7
    assert not (checkout.folder / ".venv" / "requirements.stamp").exists()


def test_an_unknown_command_is_answered_with_those_there_are(checkout):
    done = checkout("nothing", python=OLD)

    assert done.returncode == 2
    assert "./dev has no command “nothing”" in done.stderr
    assert "./dev demo" in done.stderr


def test_the_script_is_plain_posix_shell():
    assert (ROOT / "dev").read_text().startswith("#!/bin/sh\n")
    assert os.access(ROOT / "dev", os.X_OK)
