from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from customs.domain.release_times import ReleaseCase, ReleaseTimes, release_times


def case(minutes, **more):
    took = None if minutes is None else timedelta(minutes=minutes)
    return ReleaseCase("Kowhai", "1901101000", took, **more)


def test_times_are_told_by_importer_and_code_with_what_was_refused_and_inspected():
    told = release_times(
        [
            *(case(minutes) for minutes in (12, 5, 30, 20)),
            case(95, is_inspected=True),
            case(None, is_refused=True),
            ReleaseCase("Rimu", "0409000000", None),
        ]
    )

    assert told == [
        ReleaseTimes("Kowhai", "1901101000", 6, 5, 1, 1, 5, 20, 95, 95),
        ReleaseTimes("Rimu", "0409000000", 1, 0, 0, 0, None, None, None, None),
    ]


def test_a_begun_minute_counts_as_a_minute():
    (told,) = release_times([ReleaseCase("K", "1", timedelta(minutes=4, seconds=1))])

    assert told.usual_minutes == 5


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_nine_of_ten_were_let_go_within_the_time_that_says_so(minutes):
    (told,) = release_times([case(each) for each in minutes])

    within = sum(each <= told.ninth_minutes for each in minutes)
    assert within * 10 >= len(minutes) * 9
    assert told.fastest_minutes <= told.usual_minutes <= told.ninth_minutes <= told.slowest_minutes
