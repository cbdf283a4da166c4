"""The annual grid as a person types into it: keys, blocks, undo, faults, submitting."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.test_ways import PATIENCE, text, wait_for
from tests.browser.window import Window

pytestmark = pytest.mark.browser

PASTE = """
const board = new DataTransfer();
board.setData('text/plain', arguments[0]);
document.activeElement.dispatchEvent(
  new ClipboardEvent('paste', {clipboardData: board, bubbles: true, cancelable: true}));
"""
COPY = """
const board = new DataTransfer();
document.activeElement.dispatchEvent(
  new ClipboardEvent('copy', {clipboardData: board, bubbles: true, cancelable: true}));
return board.getData('text/plain');
"""


class Grid:
    """The grid in a window."""

    def __init__(self, window: Window, site) -> None:
        self.window, self.site = window, site
        window.take_over(site, "im01")
        self.open()

    def open(self, query: str = "") -> None:
        self.window.driver.get(f"{self.site.address}/imports/plan/grid/{query}")

    def cell(self, row: int, column: int):
        found = self.window.driver.find_elements(By.CSS_SELECTOR, "tbody tr")[row]
        return found.find_elements(By.CSS_SELECTOR, "input.cell")[column]

    def value(self, row: int, column: int) -> str:
        return self.cell(row, column).get_property("value")

    def values(self, row: int, first: int, last: int) -> list[str]:
        return [self.value(row, column) for column in range(first, last)]

    def click(self, row: int, column: int) -> None:
        self.cell(row, column).click()

    def chord(self, *keys: str) -> None:
        *held, last = keys
        chain = ActionChains(self.window.driver)
        for key in held:
            chain.key_down(key)
        chain.send_keys(last)
        for key in reversed(held):
            chain.key_up(key)
        chain.perform()

    def saved(self) -> None:
        says = "return document.querySelector('[data-says]').textContent"
        WebDriverWait(self.window.driver, PATIENCE).until(
            lambda d: d.execute_script(says).startswith(("Saved", "Some cells"))
        )

    def where(self) -> tuple[int, int]:
        return tuple(
            self.window.driver.execute_script(
                "const cell = document.activeElement, line = cell.closest('tr');"
                "return [line.sectionRowIndex, [...line.querySelectorAll('input.cell')]"
                ".indexOf(cell)]"
            )
        )


@pytest.fixture
def grid(site_to_change, window) -> Grid:
    return Grid(window, site_to_change)


def test_figures_typed_from_cell_to_cell_are_saved_as_one_types(grid):
    grid.click(0, 0)

    grid.window.press("11", Keys.TAB, "12", Keys.ARROW_RIGHT, "13", Keys.ENTER, "23")
    grid.saved()
    grid.open()

    assert grid.values(0, 0, 3) == ["11", "12", "13"]
    assert grid.value(1, 2) == "23"
    assert grid.window.console() == []


def test_keys_lead_through_the_grid_as_through_a_spreadsheet(grid):
    grid.click(1, 1)
    met = []
    for keys in (
        (Keys.ARROW_DOWN,),
        (Keys.SHIFT, Keys.TAB),
        (Keys.END,),
        (Keys.TAB,),
        (Keys.CONTROL, Keys.END),
        (Keys.CONTROL, Keys.HOME),
        (Keys.SHIFT, Keys.ENTER),
    ):
        grid.chord(*keys)
        met.append(grid.where())

    rows = len(grid.window.driver.find_elements(By.CSS_SELECTOR, "tbody tr"))
    assert met == [(2, 1), (2, 0), (2, 12), (3, 0), (rows - 1, 12), (0, 0), (0, 0)]


def test_a_block_from_a_spreadsheet_is_pasted_undone_and_done_again(grid):
    was = [grid.values(row, 2, 4) for row in (0, 1)]
    grid.click(0, 2)

    grid.window.driver.execute_script(PASTE, "101\t1,102\r\n201\t202\r\n")
    grid.saved()
    pasted = [grid.values(row, 2, 4) for row in (0, 1)]
    grid.chord(Keys.CONTROL, "z")
    grid.saved()
    undone = [grid.values(row, 2, 4) for row in (0, 1)]
    grid.chord(Keys.CONTROL, "y")
    grid.saved()
    grid.open()

    assert pasted == [["101", "1102"], ["201", "202"]]
    assert undone == was
    assert [grid.values(row, 2, 4) for row in (0, 1)] == pasted


def test_a_selected_block_is_copied_filled_and_cleared(grid):
    grid.click(0, 0)
    grid.window.driver.execute_script(PASTE, "1\t2\n3\t4")
    grid.click(0, 0)
    grid.chord(Keys.SHIFT, Keys.ARROW_RIGHT)
    grid.chord(Keys.SHIFT, Keys.ARROW_DOWN)

    assert grid.window.driver.execute_script(COPY) == "1\t2\r\n3\t4"
    grid.chord(Keys.CONTROL, "d")
    assert [grid.values(row, 0, 2) for row in (0, 1)] == [["1", "2"], ["1", "2"]]
    grid.window.press(Keys.DELETE)
    assert [grid.values(row, 0, 2) for row in (0, 1)] == [["", ""], ["", ""]]
    grid.click(0, 0)
    grid.window.press("5")
    grid.chord(Keys.CONTROL, "r")
    assert grid.values(0, 0, 12) == ["5"] * 12


def test_escape_takes_back_what_was_typed(grid):
    was = grid.value(0, 0)
    grid.click(0, 0)

    grid.window.press("77777", Keys.ESCAPE)

    assert grid.value(0, 0) == was


def test_a_faulty_cell_says_in_its_row_what_is_wrong_and_what_to_do(grid):
    grid.click(0, 0)
    grid.window.press("ten", Keys.TAB, "8", Keys.ENTER)
    grid.saved()

    cell = grid.cell(0, 0)
    said = grid.window.driver.find_element(By.ID, cell.get_attribute("aria-describedby"))
    assert cell.get_attribute("aria-invalid") == "true"
    assert said.text == (
        "Jan “ten” is not a whole number of units from 0 to 10,000,000. "
        "Enter digits only; leave the cell empty for none."
    )
    assert grid.window.axe() == []
    grid.click(0, 0)
    grid.window.press("10", Keys.ENTER)
    grid.saved()
    assert cell.get_attribute("aria-invalid") is None
    assert said.text == ""


def test_what_another_window_saved_is_shown_before_it_can_be_overwritten(grid):
    other = grid.site.signed_in("im01")
    page = other.get(f"{grid.site.address}/imports/plan/grid/", timeout=30).text
    product = grid.window.driver.find_element(By.CSS_SELECTOR, "tbody tr").get_attribute(
        "data-product"
    )
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    other.post(
        f"{grid.site.address}/imports/plan/grid/save/",
        json={"year": 2025, "rows": [{"product": product, "version": 0, "cells": {"m01": "41"}}]},
        headers={"X-CSRFToken": token, "Referer": grid.site.address},
        timeout=30,
    ).raise_for_status()

    grid.click(0, 0)
    grid.window.press("42", Keys.ENTER)
    wait_for(grid.window, "Another window changed this row meanwhile")
    grid.click(0, 0)
    grid.window.press("43", Keys.ENTER)
    grid.saved()
    grid.open()

    assert grid.value(0, 0) == "43"


def test_quarters_are_typed_and_spread_over_their_months(grid):
    grid.open("?view=quarters")
    grid.click(0, 1)
    grid.window.press("0", Keys.ENTER)
    grid.saved()
    grid.click(0, 1)
    grid.window.press("100", Keys.ENTER)
    grid.saved()
    grid.open()

    assert grid.values(0, 3, 6) == ["34", "33", "33"]


def test_a_draft_is_reviewed_and_submitted_from_the_keyboard(grid):
    grid.click(0, 0)
    grid.window.press("4321", Keys.TAB)
    grid.window.driver.find_element(By.CSS_SELECTOR, "[data-review]").send_keys(Keys.ENTER)
    wait_for(grid.window, "What changes in your plan")
    assert "4,321" in text(grid.window)

    button = "//button[text()='Submit as my plan']"
    grid.window.driver.find_element(By.XPATH, button).send_keys(Keys.ENTER)

    wait_for(grid.window, "The draft is your plan now. 1 line changed.")
    assert grid.window.console() == []
