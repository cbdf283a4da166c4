"""A real browser window: what a person sees, what its console says, what axe finds."""

import base64
import json
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.site import Site

DRIVER = "/usr/bin/chromedriver"
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: 'tag', values: %s}, resultTypes: ['violations']}).then(
  found => done(found.violations.map(v => v.id + ': ' + v.nodes.map(
    n => n.target.join(' ') + ' ' + (n.any[0] ? n.any[0].message : '')).join(' | '))),
  error => done(['axe failed: ' + error]));
"""
OVERFLOW = """
const wide = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= wide) return [];
return [...document.querySelectorAll('body *')].filter(e => {
  if (e.closest('.scroll')) return false;
  return e.getBoundingClientRect().right > wide + 0.5;
}).slice(0, 5).map(e => e.outerHTML.slice(0, 120));
"""
FOCUS = """
const e = document.activeElement;
if (!e || e === document.body) return null;
const now = getComputedStyle(e), box = e.getBoundingClientRect();
const ring = parseFloat(now.outlineWidth) > 0 && now.outlineStyle !== 'none';
e.dataset.place ??= String(document.querySelectorAll('[data-place]').length);
return {place: e.dataset.place, name: e.outerHTML.slice(0, 140),
  shows: (ring || now.boxShadow !== 'none') && box.width > 0 && box.height > 0};
"""
TO_THE_START = "document.body.tabIndex = -1; document.body.focus()"
REACHABLE = """
return [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary')].filter(
  e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({checkOpacity: true,
    checkVisibilityCSS: true}) && !(e.type === 'radio' && !e.checked)
  ).filter(e => !('place' in e.dataset)).map(e => e.outerHTML.slice(0, 140));
"""


class Window:
    """One browser with a profile of its own."""

    def __init__(self, profile: Path) -> None:
        options = ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = Chrome(options=options, service=Service(DRIVER))
        self.driver.set_page_load_timeout(60)
        self.driver.set_script_timeout(60)

    def close(self) -> None:
        self.driver.quit()

    def take_over(self, site: Site, username: str) -> None:
        """Go on as a user who signed in already."""
        self.driver.get(f"{site.address}/trace")
        self.driver.delete_all_cookies()
        for cookie in site.signed_in(username).cookies:
            self.driver.add_cookie({"name": cookie.name, "value": cookie.value, "path": "/"})

    def speak(self, language: str) -> None:
        """Choose the language as the buttons of the shell do."""
        self.driver.add_cookie({"name": "django_language", "value": language, "path": "/"})

    def size(self, width: int, height: int = 900) -> None:
        """As wide as a device; without loading the page anew."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def darken(self, is_dark: bool) -> None:
        """What the device prefers."""
        theme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [theme]})

    def axe(self) -> list[str]:
        """What is hard to use for some, by the rules of WCAG 2.2 AA."""
        run = "Runtime.evaluate"
        self.driver.execute_cdp_cmd(run, {"expression": AXE.read_text(encoding="utf-8")})
        return list(self.driver.execute_async_script(RUN_AXE % json.dumps(TAGS)))

    def wider_than_the_window(self) -> list[str]:
        """Elements that make the whole page scroll sideways."""
        return list(self.driver.execute_script(OVERFLOW))

    def console(self) -> list[str]:
        """What the console said since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def photograph(self, target: Path) -> None:
        """The whole page as a picture."""
        target.parent.mkdir(parents=True, exist_ok=True)
        size: Any = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8000)}
        taken = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot",
            {"captureBeyondViewport": True, "clip": {**clip, "scale": 1}},
        )
        target.write_bytes(base64.b64decode(taken["data"]))

    def press(self, *keys: str) -> None:
        """Keys, as a person without a mouse presses them."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_round(self, most: int = 600) -> list[str]:
        """Walk a page with Tab from its start: what cannot be reached, or hides its focus."""
        faults: list[str] = []
        seen: list[str] = []
        self.driver.execute_script(TO_THE_START)
        for _ in range(most):
            self.press(Keys.TAB)
            here = self.driver.execute_script(FOCUS)
            if here is None or here["place"] in seen[:-1]:
                break
            if here["place"] in seen:
                continue  # the next part of a date
            seen.append(here["place"])
            if not here["shows"]:
                faults.append(f"hides its focus: {here['name']}")
        return faults + [f"out of reach: {x}" for x in self.driver.execute_script(REACHABLE)]
