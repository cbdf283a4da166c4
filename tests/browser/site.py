"""A live site on a database of its own: web server and worker as processes."""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests
from django.conf import settings

from tests.browser import world

START_SECONDS = 60
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass
class Site:
    """Where the site answers, who may sign in, and a code of a delivered unit."""

    folder: Path
    port: int
    told: dict
    processes: list[subprocess.Popen] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def code(self) -> str:
        return self.told["code"]

    def password(self, username: str) -> str:
        return next(x["password"] for x in self.told["sign_ins"] if x["username"] == username)

    def signed_in(self, username: str) -> requests.Session:
        """A session whose cookies a browser can take over."""
        session = requests.Session()
        page = session.get(f"{self.address}/sign-in/", timeout=30)
        fields = {"username": username, "password": self.password(username)}
        fields["csrfmiddlewaretoken"] = TOKEN.search(page.text)[1]
        answer = session.post(f"{self.address}/sign-in/", data=fields, timeout=30)
        if not answer.url.endswith("/home/"):
            raise RuntimeError(f"{username} could not sign in: {answer.url}")
        return session

    def shell(self, code: str) -> str:
        """Run code inside the site's own database."""
        return _manage(self.folder, "shell", "-v", "0", "-c", code)

    def start(self) -> None:
        surroundings = world.environment(self.folder)
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        web += ["--port", str(self.port), "--blocking-threads", "2", "--log-level", "warning"]
        lines = ([*web, "config.wsgi:application"], [sys.executable, "manage.py", "worker"])
        log = (self.folder / "log.txt").open("ab")
        self.processes = [
            subprocess.Popen(line, cwd=settings.BASE_DIR, env=surroundings, stdout=log, stderr=log)
            for line in lines
        ]
        log.close()
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                requests.get(self.address, timeout=30)
            except requests.RequestException:
                time.sleep(0.2)
            else:
                return
        raise RuntimeError((self.folder / "log.txt").read_text(encoding="utf-8"))

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=20)


def _manage(folder: Path, *line: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *line],
        cwd=settings.BASE_DIR,
        env=world.environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def make(folder: Path) -> Site:
    """A seeded site, not yet started."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "told.json").exists():
        _manage(folder, "shell", "-v", "0", "-c", world.COMMAND)
    return Site(folder, _free_port(), json.loads((folder / "told.json").read_text("utf-8")))


def copy_of(site: Site, folder: Path) -> Site:
    """The same world once more, so that one test's changes do not reach another."""
    shutil.copytree(site.folder, folder)
    return Site(folder, _free_port(), site.told)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
