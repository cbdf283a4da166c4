"""The clocks of a return into the zone."""

from datetime import date

import pytest

from warehouse.domain.returning import Clocks, Urgency

CLOCKS = Clocks(date(2025, 4, 1))


def test_a_return_is_applied_for_in_thirty_days_and_here_in_forty_five():
    assert CLOCKS.apply_until == date(2025, 5, 1)
    assert CLOCKS.arrive_until == date(2025, 5, 16)


@pytest.mark.parametrize(
    ("day", "urgency"),
    [
        (date(2025, 5, 9), Urgency.IN_TIME),
        (date(2025, 5, 10), Urgency.SOON),
        (date(2025, 5, 16), Urgency.SOON),
        (date(2025, 5, 17), Urgency.LATE),
    ],
)
def test_the_last_week_is_pressing_and_the_day_after_is_late(day, urgency):
    assert CLOCKS.urgency(day) is urgency
