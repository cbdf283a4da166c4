"""The instruments notice what they are there to notice; what is vendored is what was reviewed."""

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).parent / "vendor"
ROW = re.compile(r"^\| (\S+) \| .* \| ([0-9a-f]{64}) \|$", re.MULTILINE)
POOR = (
    "data:text/html,<html><title>x</title><body><img src='data:image/gif;base64,R0lGODlh'>"
    "<a href='%23' style='outline:none'>here</a><p style='width:900px;background:red'>wide</p>"
    "<span onclick='1'>no</span><button tabindex='0' id='b'>one</button>"
    "<script>console.error('said')</script>"
)


def test_every_vendored_file_has_the_hash_that_was_written_down():
    written = dict(ROW.findall((VENDOR / "VENDOR.md").read_text(encoding="utf-8")))
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "VENDOR.md"
    }

    assert found == written


@pytest.mark.browser
def test_a_poor_page_is_found_out(window):
    window.size(390)

    window.driver.get(POOR)

    assert {line.split(":")[0] for line in window.axe()} == {"html-has-lang", "image-alt"}
    assert len(window.wider_than_the_window()) == 1
    assert any("said" in line for line in window.console())
    assert [line.split(":")[0] for line in window.tab_round()] == ["hides its focus"]
