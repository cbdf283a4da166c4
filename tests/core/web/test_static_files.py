"""What is vendored is what was reviewed, and no template carries style or script inline."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
VENDOR = BASE / "core" / "static" / "core" / "vendor"
ROW = re.compile(r"^\| (\S+) \| .* \| ([0-9a-f]{64}) \|$", re.MULTILINE)
TEMPLATES = sorted(path for path in BASE.glob("*/templates/**/*.*") if path.is_file())
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "something from another host": re.compile(
        r"<(?:script|link|img)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE
    ),
}


def test_every_vendored_file_has_the_hash_that_was_written_down():
    written = dict(ROW.findall((VENDOR / "VENDOR.md").read_text(encoding="utf-8")))
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "VENDOR.md"
    }

    assert found == written


@pytest.mark.parametrize("fault", INLINE)
def test_no_template_carries_anything_the_policy_forbids(fault):
    guilty = [
        str(path.relative_to(BASE))
        for path in TEMPLATES
        if INLINE[fault].search(path.read_text(encoding="utf-8"))
    ]

    assert guilty == []


def test_the_styles_of_a_public_page_are_light():
    names = ("tokens.css", "common.css", "public.css")

    weight = sum((BASE / "core" / "static" / "core" / name).stat().st_size for name in names)

    assert weight <= 16_000
