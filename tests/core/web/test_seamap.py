"""The map of a voyage shows the way in one piece, weighs little, and carries nothing inline."""

import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from defusedxml import ElementTree
from django.conf import settings

from core.web.seamap import HEIGHT, WIDTH, Port, sea_map

DATA = Path(settings.BASE_DIR, "core", "data")
NINGBO = Port("Ningbo", (12155, 2987))
AUCKLAND = Port("Auckland", (17478, -3684))
ROTTERDAM = Port("Rotterdam", (414, 5195))
LOS_ANGELES = Port("Los Angeles", (-11820, 3370))
SUEZ = ((414, 5195), (-600, 3600), (3230, 3126), (4330, 1260), (8000, 600), (10380, 120))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(start, end, path=()):
    svg = sea_map("Voyage", start, end, path)
    return ElementTree.fromstring(
        svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )


def marks(svg):
    return [(int(found.get("cx")), int(found.get("cy"))) for found in svg.iter(f"{SVG}circle")]


def test_the_vendored_outlines_are_the_ones_written_down():
    row = re.search(
        r"^\| land\.json \|.* ([0-9a-f]{64}) \|$",
        (DATA / "VENDOR.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )

    content = (DATA / "land.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == row[1]
    assert sum(len(ring) // 2 for ring in json.loads(content)) == 5061


def test_a_port_further_south_stands_lower_and_one_further_east_to_the_right():
    (x1, y1), (x2, y2) = marks(drawn(NINGBO, AUCKLAND))

    assert x1 < x2
    assert y1 < y2


def test_both_ports_are_inside_the_map_with_room_around_them():
    for start, end in [(NINGBO, AUCKLAND), (ROTTERDAM, NINGBO), (LOS_ANGELES, NINGBO)]:
        for x, y in marks(drawn(start, end)):
            assert 60 < x < WIDTH - 60
            assert 60 < y < HEIGHT - 60


def test_a_way_across_the_date_line_stays_in_one_piece():
    (x1, _), (x2, _) = marks(drawn(LOS_ANGELES, NINGBO, ((-17900, 4500), (17900, 4500))))
    (x3, _), (x4, _) = marks(drawn(NINGBO, LOS_ANGELES, ((17900, 4500), (-17900, 4500))))

    assert x1 > x2
    assert x3 < x4


def test_no_outline_of_land_jumps_across_the_date_line():
    rings = json.loads((DATA / "land.json").read_bytes())

    jumps = [abs(east - west) for ring in rings for west, east in pairwise(ring[::2])]
    assert max(jumps) < 1800


@pytest.mark.parametrize(
    ("start", "end", "path"),
    [(NINGBO, AUCKLAND, ()), (ROTTERDAM, NINGBO, SUEZ), (LOS_ANGELES, NINGBO, ())],
)
def test_a_map_weighs_less_than_eight_kilobytes(start, end, path):
    assert len(sea_map("Voyage", start, end, path).encode()) < 8000


def test_the_way_goes_through_its_points():
    path = drawn(ROTTERDAM, NINGBO, SUEZ).findall(f"{SVG}path")[1]

    assert path.get("class") == "path"
    assert len(re.findall(r"-?\d+ ?-?\d+", path.get("d"))) == len(SUEZ) + 1


def test_the_map_is_an_image_with_a_title():
    svg = drawn(NINGBO, AUCKLAND)

    assert svg.get("role") == "img"
    assert svg.find(f"{SVG}title").text == "Voyage"
    assert svg.find(f"{SVG}title").get("id") == svg.get("aria-labelledby")


def test_hostile_names_stay_text_and_nothing_is_inline():
    svg = sea_map("<b>", Port("<script>", (0, 0)), Port('" onload=', (100, 100)), ())

    assert "<script" not in svg
    assert "<b>" not in svg
    assert 'style="' not in svg
    assert "&quot; onload=" in svg


def test_two_ports_at_one_place_are_still_drawn():
    assert len(marks(drawn(NINGBO, NINGBO))) == 2
