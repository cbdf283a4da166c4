"""The ways people go: by keyboard, from signing in to the thing they came for."""

import io
import zipfile

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from core import sheets
from imports.domain.forecasts import TEMPLATE_HEADINGS
from portal.demo import catalogue
from tests.browser import crawl, orders, payloads
from tests.browser.site import Site
from tests.browser.window import Window

pytestmark = pytest.mark.browser

PATIENCE = 40


def text(window: Window) -> str:
    return str(window.driver.execute_script("return document.body?.innerText ?? ''"))


def wait_for(window: Window, words: str) -> None:
    try:
        WebDriverWait(window.driver, PATIENCE).until(lambda _: words in text(window))
    except TimeoutException:
        raise AssertionError(f"“{words}” is not on the page: {text(window)}") from None


def go_to(window: Window, words: str, most: int = 80) -> None:
    """Press Tab until the focus stands on what bears the words."""
    for _ in range(most):
        window.press(Keys.TAB)
        here = window.driver.switch_to.active_element
        if words in (here.text or here.get_attribute("name") or ""):
            return
    raise AssertionError(f"“{words}” cannot be reached by keyboard")


def sign_in(window: Window, site: Site, username: str) -> None:
    """Type name and password and press Enter."""
    window.driver.get(f"{site.address}/sign-in/")
    window.press(username, Keys.TAB, site.password(username), Keys.ENTER)
    WebDriverWait(window.driver, PATIENCE).until(lambda d: d.current_url.endswith("/home/"))


def upload(window: Window, site: Site, path) -> None:
    window.driver.get(f"{site.address}/imports/plan/uploads/")
    window.driver.find_element(By.NAME, "file").send_keys(str(path))
    go_to(window, "Upload and check")
    window.press(Keys.ENTER)


def test_an_importer_sends_a_faulty_sheet_sees_the_cells_mends_and_publishes(
    site_to_change, window, tmp_path
):
    row = [catalogue.products()[0].sku, "", "", 2025, 0, "ten", *[3] * 11]
    faulty, mended = tmp_path / "plan.csv", tmp_path / "plan-2.csv"
    faulty.write_bytes(sheets.write_csv(TEMPLATE_HEADINGS, [row]))
    mended.write_bytes(sheets.write_csv(TEMPLATE_HEADINGS, [[*row[:5], 10, *row[6:]]]))
    sign_in(window, site_to_change, "im01")

    upload(window, site_to_change, faulty)
    wait_for(window, "1 cell is wrong; nothing was published.")
    cells = [c.text for c in window.driver.find_elements(By.CSS_SELECTOR, "tbody td")]
    assert cells[:3] == ["2", "Jan", "ten"]
    upload(window, site_to_change, mended)
    wait_for(window, "What publishing changes")
    go_to(window, "Publish as my plan")
    window.press(Keys.ENTER)

    wait_for(window, "The sheet is your plan now. 1 line changed.")
    assert window.console() == []


def test_a_broker_declares_watches_the_files_being_made_and_downloads_them(site_to_change, window):
    site_to_change.shell(orders.COMMAND)
    sign_in(window, site_to_change, "broker")
    window.driver.get(f"{site_to_change.address}/customs/batches/")

    go_to(window, "Declare them")
    window.press(Keys.ENTER)
    wait_for(window, "Download ZIP")

    link = window.driver.find_element(By.LINK_TEXT, "Download ZIP").get_attribute("href")
    archive = site_to_change.signed_in("broker").get(link, timeout=60)
    names = zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    assert {name.rsplit(".", 1)[-1] for name in names} >= {"pdf", "xlsx"}
    assert window.console() == []


def test_an_operator_has_the_books_checked_and_sees_every_law_hold(site_to_change, window):
    sign_in(window, site_to_change, "operator")
    window.driver.get(f"{site_to_change.address}/books/")

    go_to(window, "Check now")
    window.press(Keys.ENTER)

    wait_for(window, "all hold")
    assert window.console() == []


def test_a_consumer_types_a_code_and_reads_the_verdict(site, window):
    window.driver.get(f"{site.address}/trace?lang=en")
    go_to(window, "code")

    window.press(site.code, Keys.ENTER)

    wait_for(window, "Genuine")
    assert window.driver.get_cookies() == []
    assert window.console() == []


def test_names_that_hold_programs_are_shown_as_text_everywhere(site_to_change, window):
    site_to_change.shell(payloads.COMMAND)

    shown, said = 0, []
    for username in ("", "im01", "operator", "broker"):
        found = crawl.pages(site_to_change, username)
        if username:
            window.take_over(site_to_change, username)
        for path in found.values():
            window.driver.get(site_to_change.address + path)
            said += [f"{path}: {line}" for line in window.console()]
            shown += payloads.PICTURE in text(window) or payloads.SCRIPT in text(window)

    assert said == []
    assert shown > 25
