"""Under production settings: nothing to warn of, no start without keys, every variable told."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOOKED_UP = re.compile(r"environ(?:ment)?(?:\.get\(|\[)\s*\"([A-Z_]+)\"")
BY_LIBRARY = {"DATABASE_URL"}
"""Read by a library under its usual name."""
SET_BY_US = {"DJANGO_SETTINGS_MODULE"}


def manage(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """manage.py in an environment that holds what production sets, and nothing of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = kept | {
        "DEBUG": "0",
        "BONDPOOL_VAR": str(folder),
        "BONDPOOL_KEYS": str(folder / "keys"),
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env=environment | more,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The folder of an installation that has its keys."""
    folder = tmp_path_factory.mktemp("production")
    made = manage(folder, "make_keys")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.parametrize(
    "more",
    [{}, {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DATABASE_POOL": "4"}],
    ids=["sqlite", "postgres"],
)
def test_the_check_of_a_deployment_finds_nothing_to_say(production, more):
    done = manage(production, "check", "--deploy", "--fail-level", "INFO", **more)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def test_neither_web_server_nor_worker_starts_without_keys(tmp_path):
    web = manage(tmp_path, "shell", "--no-imports", "-c", "import config.wsgi")
    worker = manage(tmp_path, "worker", "--once")

    assert (web.returncode, worker.returncode) == (1, 1)
    told = f"no complete key ring in {tmp_path / 'keys'}; run: manage.py make_keys"
    assert told in web.stderr
    assert told in worker.stderr


def test_keys_are_read_by_their_owner_only(production):
    modes = {oct(key.stat().st_mode & 0o777) for key in production.rglob("*.key")}

    assert modes == {"0o600"}


def test_a_pool_of_connections_takes_the_place_of_kept_ones(production):
    look = (
        "from django.conf import settings; d = settings.DATABASES['default'];"
        "print(d['CONN_MAX_AGE'], d['CONN_HEALTH_CHECKS'], d['OPTIONS'])"
    )
    address = "postgres://nobody@127.0.0.1:1/none"

    kept = manage(production, "shell", "--no-imports", "-c", look, DATABASE_URL=address)
    pooled = manage(
        production, "shell", "--no-imports", "-c", look, DATABASE_URL=address, DATABASE_POOL="4"
    )

    assert kept.stdout == "600 True {'connect_timeout': 5}\n"
    assert (
        pooled.stdout == "0 True {'connect_timeout': 5, 'pool': {'min_size': 1, 'max_size': 4}}\n"
    )


def test_every_variable_stands_in_the_manual_and_no_other():
    rooms = ("config", "core", "portal", "imports", "warehouse", "fx_settlement", "customs")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    read = {name for path in files for name in LOOKED_UP.findall(path.read_text("utf-8"))}
    manual = (ROOT / "docs" / "operating.md").read_text("utf-8")

    told = re.findall(r"^\| `([A-Z_]+)` \|", manual, re.MULTILINE)

    assert sorted(told) == sorted((read | BY_LIBRARY) - SET_BY_US)


ASK = """
from wsgiref.util import setup_testing_defaults
from django.conf import settings
from django.http import HttpResponse
import config.urls, config.wsgi
from django.urls import path
config.urls.urlpatterns.insert(0, path("ip/", lambda r: HttpResponse(r.META["REMOTE_ADDR"])))
def ask(peer):
    environ = {"REMOTE_ADDR": peer, "PATH_INFO": "/ip/", "HTTP_X_FORWARDED_FOR": "9.9.9.9, 8.8.4.4"}
    environ |= {"HTTP_HOST": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}
    setup_testing_defaults(environ)
    return b"".join(config.wsgi.application(environ, lambda *_: None)).decode()
print(ask("127.0.0.1"), ask("203.0.113.7"))
"""


def test_only_the_proxy_is_believed_about_the_readers_address(production):
    asked = manage(production, "shell", "--no-imports", "-c", ASK)

    assert asked.stdout == "8.8.4.4 203.0.113.7\n", asked.stderr
