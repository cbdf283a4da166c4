"""What a drill reckons from the orders that it served."""

from dataclasses import replace

import pytest

from customs.domain.peak import PeakDay, Served
from portal.drill import running
from portal.drill.running import DrillReport, ImporterFigures

REPORT = DrillReport(
    scale=0.001,
    database="sqlite",
    cores=2,
    orders=600,
    taken=600,
    lost=0,
    doubled=0,
    repeats=15,
    seconds=10.0,
    per_second_and_core=61.5,
    mean_per_second=6.94,
    burst_per_second=140,
    cores_for_the_mean=0.11,
    cores_for_the_burst=2.28,
    longest_backlog=12_000,
    emptied_after_burst_seconds=84.0,
    importers=(),
    is_fair=True,
    broken_laws=(),
)


def figures(code, orders, longest):
    return ImporterFigures(code, orders, usual_wait=1.0, longest_wait=longest)


def test_a_day_is_borne_when_nothing_is_lost_doubled_unfair_or_against_a_law():
    assert REPORT.holds
    assert REPORT.as_json()["holds"] is True
    assert REPORT.as_json()["per_second_and_core"] == 61.5


@pytest.mark.parametrize(
    "changed",
    [
        {"lost": 1},
        {"doubled": 1},
        {"is_fair": False},
        {"broken_laws": ("customs.annual_use_equals_orders",)},
    ],
)
def test_one_order_lost_or_doubled_or_one_law_broken_is_a_day_not_borne(changed):
    assert not replace(REPORT, **changed).holds


@pytest.mark.parametrize(
    ("rows", "is_fair"),
    [
        ([("large", 90, 600.0), ("small", 10, 40.0)], True),
        ([("large", 90, 600.0), ("small", 10, 600.0)], True),
        ([("large", 90, 600.0), ("small", 10, 601.0)], False),
        ([("one", 50, 10.0), ("other", 50, 90.0)], True),
    ],
)
def test_whoever_sends_little_waits_no_longer_than_whoever_sends_most(rows, is_fair):
    assert running._is_fair([figures(*row) for row in rows]) is is_fair


@pytest.mark.parametrize(
    ("ends", "seconds"),
    [
        ([72_100.0, 72_599.0], 0.0),
        ([72_100.0, 72_900.0], 300.0),
    ],
)
def test_a_burst_is_absorbed_when_its_last_order_is_taken(ends, seconds):
    served = [
        Served(item=number, importer=0, arrived=72_000.0 + number, ended=end, behind=0)
        for number, end in enumerate(ends)
    ]
    later = Served(item=9, importer=0, arrived=80_000.0, ended=99_000.0, behind=0)

    assert running._emptied(PeakDay(), [*served, later]) == seconds


def test_a_wait_runs_from_the_arrival_until_the_order_is_taken():
    served = Served(item=0, importer=0, arrived=10.0, ended=12.5, behind=3)

    assert served.wait == 2.5
