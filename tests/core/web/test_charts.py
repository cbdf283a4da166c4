"""Charts say the same to the eye, to a screen reader and in their table; nothing is inline."""

import re
from pathlib import Path

import pytest
from defusedxml import ElementTree
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from core.web import charts
from core.web.charts import Bar, Series

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>\"'"
ALONE = Bar("Alone", {"Goods": 8000, "Freight": 2000})
POOLED = Bar("Pooled", {"Goods": 7000, "Freight": 500, "Fee": 300})


def parsed(svg):
    return ElementTree.fromstring(
        svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )


def rectangles(svg):
    return [dict(found.attrib) for found in parsed(svg).iter(f"{SVG}rect")]


def months(*series):
    return charts.grouped_bars("T", "D", ["Jan", "Feb"], series, show=str)


def page(text, **context):
    return Template("{% load charts %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (1300, [0, 500, 1000, 1500]),
        (2000, [0, 500, 1000, 1500, 2000]),
        (2001, [0, 1000, 2000, 3000]),
    ],
)
def test_the_axis_counts_in_round_steps_up_to_the_highest_figure(highest, expected):
    assert charts.ticks(highest) == expected


def test_a_bar_is_as_high_as_its_figure():
    full, half = rectangles(months(Series("Plan", [100, 50])))

    assert (full["y"], full["height"]) == ("10", "180")
    assert (half["y"], half["height"]) == ("100", "90")


def test_a_missing_figure_draws_no_bar():
    assert len(rectangles(months(Series("Plan", [100, None]), Series("Pool", [80, 90])))) == 3


def test_an_estimate_shows_its_band():
    svg = months(Series("Pool", [100, 50], low=[80, 40], high=[200, 60]))

    bands = [line.attrib for line in parsed(svg).iter(f"{SVG}line") if "band" in line.get("class")]
    assert [(band["y1"], band["y2"]) for band in bands] == [("10", "118"), ("136", "154")]


def test_every_bar_names_its_month_its_series_and_its_figure():
    svg = months(Series("Plan", [100, 50]))

    titles = [found.text for found in parsed(svg).iter(f"{SVG}title")]
    assert titles == ["T", "Jan · Plan: 100", "Feb · Plan: 50"]


def test_stacked_parts_lie_side_by_side_and_share_one_scale():
    svg = charts.stacked_bars("T", "D", [ALONE, POOLED], show=str)

    widths = [(found["x"], found["width"]) for found in rectangles(svg)]
    assert widths == [("0", "512"), ("512", "128"), ("0", "448"), ("448", "32"), ("480", "19.2")]


def test_a_part_below_zero_lies_to_the_left():
    svg = charts.stacked_bars("T", "D", [Bar("Pooled", {"Goods": 90, "Credit": -10})], show=str)

    assert [(found["x"], found["width"]) for found in rectangles(svg)] == [
        ("64", "576"),
        ("0", "64"),
    ]


def test_the_same_part_has_the_same_colour_in_every_bar():
    svg = charts.stacked_bars("T", "D", [ALONE, POOLED], show=str)

    colours = [found["class"] for found in rectangles(svg)]
    assert colours == ["chart-c1", "chart-c2", "chart-c1", "chart-c2", "chart-c3"]


def test_every_colour_is_in_the_style_sheet():
    css = Path(settings.BASE_DIR, "core/static/core/charts.css").read_text(encoding="utf-8")

    for number in range(charts.COLOURS):
        assert f".{charts.colour_class(number)} " in css


def test_a_chart_is_an_image_with_a_title_and_a_description():
    root = parsed(months(Series("Plan", [1, 2])))
    title, description = root.get("aria-labelledby").split()

    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").get("id") == title
    assert root.find(f"{SVG}desc").get("id") == description


def test_two_charts_on_a_page_do_not_share_their_names():
    first, second = months(Series("Plan", [1, 2])), months(Series("Plan", [1, 3]))

    assert parsed(first).get("aria-labelledby") != parsed(second).get("aria-labelledby")


def test_a_chart_of_nothing_is_still_a_chart():
    assert rectangles(charts.stacked_bars("T", "D", [], show=str)) == []
    assert rectangles(charts.grouped_bars("T", "D", [], [], show=str)) == []


@pytest.mark.parametrize(
    "tag",
    [
        "{% month_bars title series %}",
        '{% stacked_bars title bars "CNY" %}',
    ],
)
def test_hostile_names_stay_text_and_nothing_is_inline(tag):
    series = [Series(HOSTILE, [1] * 12)]

    html = page(tag, title=HOSTILE, series=series, bars=[Bar(HOSTILE, {HOSTILE: 1})])

    assert "<script" not in html
    assert not re.search(r"\s(style|on[a-z]+)\s*=", html.replace("alert", ""))
    assert "&lt;script&gt;" in html


def test_the_figures_stand_in_a_table_beside_the_picture():
    html = page("{% load charts %}{% stacked_bars 'Cost' bars 'CNY' %}", bars=[ALONE, POOLED])

    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", html)
    assert cells[:3] == ["Part", "Alone", "Pooled"]
    assert cells[9:12] == ["Fee", "–", "CN¥3.00"]
    assert cells[12:] == ["Total", "CN¥100.00", "CN¥78.00"]


def test_months_and_figures_are_written_as_the_reader_writes_them():
    with translation.override("zh-hans"):
        html = page("{% month_bars 'T' series %}", series=[Series("计划", [1200] * 12)])

    assert ">3月</text>" in html
    assert "3月 · 计划: 1,200" in html


def test_an_axis_of_money_counts_in_whole_units_where_it_can():
    html = page("{% month_bars 'T' series 'CNY' %}", series=[Series("Paid", [150_000] * 12)])

    assert ">1,000</text>" in html
    assert "Jan · Paid: 1,500" in html


def test_spans_lie_around_one_zero_with_a_dot_at_each_figure():
    svg = charts.lying_spans(
        "T", "D", [charts.Span("Week", -10, 0, 10), charts.Span("Month", -20, 5, 30)], show=str
    )

    # 50 wide on 630 of 640: 12.6 each, zero at 5 + 20 x 12.6
    dots = [shape.split('"')[0] for shape in svg.split('cx="')[1:]]
    assert dots == ["257", "320"]
    assert '<line class="chart-span" x1="5" x2="635"' in svg
    assert "Month: -20 … 30" in svg


def test_a_page_tells_spans_in_tenths_of_a_unit_with_their_table():
    rows = [charts.Span("Month", -1205, 15, 1235)]

    html = page(
        "{% load charts %}{% lying_spans 'Drift' rows 'bps' names %}", rows=rows, names="abc"
    )

    assert "\N{MINUS SIGN}120.5 bps" in html
    assert '<td class="num">1.5 bps</td>' in html
