"""Which tests a run leaves out unless they are asked for by name, and saying so at its end."""

import os
import re
from collections import Counter
from collections.abc import Sequence

import pytest

ASKED_FOR = ("redis", "rabbitmq", "browser", "deep", "postgres")
"""Markers whose tests need a server, a browser or minutes: they run when -m names them, those of
PostgreSQL also where the suite itself runs on it or the minutes were asked for."""

COUNTS = pytest.StashKey[Counter[str]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the tests away whose marker was not named, and count them by marker."""
    named = set(re.findall(r"\w+", config.option.markexpr))
    if "deep" in named or os.environ.get("DATABASE_URL", "").startswith("postgres"):
        named.add("postgres")
    away = {
        item: marker
        for item in items
        for marker in ASKED_FOR
        if marker not in named and item.get_closest_marker(marker)
    }
    config.stash[COUNTS] = Counter(away.values())
    if away:
        config.hook.pytest_deselected(items=list(away))
        items[:] = [item for item in items if item not in away]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the counts to the process that prints, where tests run on several."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(_counts(session.config))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Every process collects the same tests: the counts of any one are those of all."""
    told = getattr(node, "workeroutput", {}).get("left_out", {})
    node.config.stash[COUNTS] = Counter(told)  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and how to run it."""
    for line in lines(_counts(terminalreporter.config)):
        terminalreporter.write_line(line)


def lines(counts: Counter[str]) -> Sequence[str]:
    """One sentence per marker that was left out."""
    return [
        f"left out: {count} marked {marker}; run with -m {marker}"
        for marker, count in sorted(counts.items())
    ]


def _counts(config: pytest.Config) -> Counter[str]:
    return config.stash.get(COUNTS, Counter())
