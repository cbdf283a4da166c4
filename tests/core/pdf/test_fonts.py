import hashlib
import re

import pytest

from core.pdf.fonts import FONT_DIR, Weight, in_brackets, typeface


def written_down():
    rows = re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", text(), flags=re.MULTILINE)
    return dict(rows)


def text():
    return (FONT_DIR / "VENDOR.md").read_text(encoding="utf-8")


def test_every_file_that_travels_is_the_one_written_down():
    files = {path.name for path in FONT_DIR.iterdir() if path.suffix in {".ttf", ".txt"}}

    assert files == written_down().keys()
    for name, sha256 in written_down().items():
        assert hashlib.sha256((FONT_DIR / name).read_bytes()).hexdigest() == sha256


@pytest.mark.parametrize("weight", list(Weight))
def test_characters_of_rare_given_names_are_in_both_weights(weight):
    assert set("镕喆堃䶮婳赟翀淼犇") <= typeface(weight).known


@pytest.mark.parametrize("weight", list(Weight))
def test_all_digits_are_equally_wide_so_that_figures_stand_in_columns(weight):
    advance = typeface(weight).advance

    assert len({advance[digit] for digit in "0123456789"}) == 1


def test_ten_digits_at_ten_points_are_as_wide_as_the_face_says():
    assert typeface(Weight.REGULAR).width("0123456789", 10) == pytest.approx(55.5)


def test_a_character_no_face_holds_is_written_as_its_code():
    assert in_brackets("𠮷") == "[U+20BB7]"
