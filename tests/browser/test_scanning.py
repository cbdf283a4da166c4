"""The scan screen on a phone: through a lost network, a reload, and a refusal."""

import json

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.test_ways import wait_for
from tests.browser.window import Window

pytestmark = pytest.mark.browser

HOUSE = """
import json
from core import tenancy
from core.models import Pool
from warehouse import services
from warehouse.models import Location, LotAtPlace, Zone
from django.db.models import F
with tenancy.as_operator("shelves"):
    house = services.open_warehouse(Pool.objects.get(), "NB1", "Hall 1")
    zone = Zone.objects.get(warehouse=house, code="BONDED")
    Location.objects.create(zone=zone, code="A-01")
    row = LotAtPlace.objects.filter(place="bonded", units__gt=5).select_related("lot__product")
    row = row.filter(lot__is_trade_measure=False).order_by("pk").first()
    print(json.dumps(f"(01){row.lot.product.gtin}(10){row.lot.number}"))
"""
STOWED = "from warehouse.models import Stowage; print(sum(s.units for s in Stowage.objects.all()))"


def network(window: Window, *, is_there: bool) -> None:
    """As the phone in a corner of the hall that no signal reaches."""
    window.driver.execute_cdp_cmd("Network.enable", {})
    window.driver.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": not is_there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def field(window: Window, name: str):
    return window.driver.find_element(By.ID, f"put_away-{name}")


def test_scans_made_without_a_network_are_kept_sent_once_and_conflicts_shown(
    site_to_change, window
):
    carton = json.loads(site_to_change.shell(HOUSE))
    window.take_over(site_to_change, "operator")
    window.size(390)
    window.driver.get(f"{site_to_change.address}/warehouse/scan/")
    window.driver.find_element(By.CSS_SELECTOR, "[data-shows=put_away]").click()
    assert (window.axe(), window.wider_than_the_window()) == ([], [])

    network(window, is_there=False)
    window.press(carton, Keys.ENTER, "A-01", Keys.ENTER)
    field(window, "units").send_keys("2")
    field(window, "item").send_keys(carton, Keys.ENTER)
    field(window, "target").clear()
    field(window, "target").send_keys("Z-99")
    field(window, "item").send_keys(carton, Keys.ENTER)
    wait_for(window, "No network: go on scanning. Waiting to be sent: 3.")
    assert site_to_change.shell(STOWED).strip() == "0"

    network(window, is_there=True)
    wait_for(window, "There is no location “Z-99” here.")
    wait_for(window, "Refused: 1. Look at each below. Everything is sent.")
    window.driver.refresh()
    wait_for(window, "Refused: 1.")

    assert site_to_change.shell(STOWED).strip() == "3"
    assert (window.axe(), window.wider_than_the_window()) == ([], [])
    window.driver.find_element(By.CSS_SELECTOR, "[data-scans] .btns button:last-child").click()
    wait_for(window, "Everything is sent.")


def test_the_scan_page_opens_without_a_network_and_names_nobody(site_to_change, window):
    carton = json.loads(site_to_change.shell(HOUSE))
    window.take_over(site_to_change, "operator")
    window.size(390)
    address = f"{site_to_change.address}/warehouse/scan/"
    window.driver.get(address)
    window.driver.execute_async_script(
        "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done())"
    )
    stowed = int(site_to_change.shell(STOWED))

    site_to_change.stop()
    window.driver.get(address)
    wait_for(window, "No network: go on scanning.")
    window.driver.find_element(By.CSS_SELECTOR, "[data-shows=put_away]").click()
    window.press(carton, Keys.ENTER, "A-01", Keys.ENTER)
    wait_for(window, "Waiting to be sent: 1.")
    assert (window.axe(), window.wider_than_the_window()) == ([], [])
    kept = window.driver.execute_script("return document.documentElement.outerHTML")
    assert "csrf" not in kept
    assert "operator" not in kept

    site_to_change.start()
    wait_for(window, "Everything is sent.")
    assert int(site_to_change.shell(STOWED)) == stowed + 1
