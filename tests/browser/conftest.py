"""A seeded site and a browser, shared by every test here; one test's changes get a site apart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import site as sites
from tests.browser.site import Site
from tests.browser.window import Window


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The world as it was made; never served, only copied."""
    return sites.make(tmp_path_factory.mktemp("browser") / "world")


@pytest.fixture(scope="session")
def site(seeded: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served world that tests only read."""
    yield from _served(sites.copy_of(seeded, tmp_path_factory.mktemp("read") / "world"))


@pytest.fixture
def site_to_change(seeded: Site, tmp_path: Path) -> Iterator[Site]:
    """A served world of one test's own."""
    yield from _served(sites.copy_of(seeded, tmp_path / "world"))


def _served(one: Site) -> Iterator[Site]:
    try:
        one.start()
        yield one
    finally:
        one.stop()


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A fresh browser, as wide as a desk's."""
    one = Window(tmp_path / "profile")
    one.size(1360)
    try:
        yield one
    finally:
        one.close()
