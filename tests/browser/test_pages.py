"""Every page of every role, in both languages, light and dark, on a phone and at a desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.browser import crawl
from tests.browser.site import Site
from tests.browser.window import Window

pytestmark = pytest.mark.browser

READERS = {"public": "", "importer": "im01", "operator": "operator", "broker": "broker"}
LANGUAGES = ("en", "zh-hans")
SCREENS = {
    "en": ((390, "light"), (1360, "dark")),
    "zh-hans": ((390, "dark"), (1360, "light")),
}
"""Phone and desk in one theme each; the other language shows them the other way about."""

PICTURES = Path(settings.BASE_DIR) / "var" / "screenshots"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", READERS)
def test_every_page_is_usable_by_everybody_on_every_screen(site, window, reader, language):
    faults: list[str] = []

    for name, address in _pages(site, window, reader, language):
        window.driver.get(address)
        for look in _looks(window, PICTURES / reader / language / name, SCREENS[language]):
            faults += [f"{name} {look}: {fault}" for fault in window.axe()]
            faults += [f"{name} {look}: too wide: {x}" for x in window.wider_than_the_window()]
        faults += [f"{name} console: {said}" for said in window.console()]

    assert faults == []


@pytest.mark.parametrize("reader", READERS)
def test_every_page_can_be_walked_by_keyboard_and_shows_where_one_is(site, window, reader):
    faults: list[str] = []

    for name, address in _pages(site, window, reader, "en"):
        window.driver.get(address)
        faults += [f"{name}: {fault}" for fault in window.tab_round()]

    assert faults == []


def _pages(site: Site, window: Window, reader: str, language: str) -> Iterator[tuple[str, str]]:
    username = READERS[reader]
    found = crawl.pages(site, username)
    if username:
        window.take_over(site, username)
        window.speak(language)
    for name, path in found.items():
        joint = "&" if "?" in path else "?"
        yield name, f"{site.address}{path}" + ("" if username else f"{joint}lang={language}")


def _looks(window: Window, picture: Path, screens: tuple[tuple[int, str], ...]) -> Iterator[str]:
    """Each screen in turn; the page is loaded once."""
    for width, theme in screens:
        window.size(width)
        window.darken(theme == "dark")
        window.photograph(picture.with_name(f"{picture.name}-{width}.png"))
        yield f"{width} {theme}"
