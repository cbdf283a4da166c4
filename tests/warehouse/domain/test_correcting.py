"""Corrections of posted months: each month is billed what it is worth, whenever that is known."""

from collections import Counter
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from warehouse.domain.charges import SCALE, Basis, ChargeKind, Line, Rate, rounded
from warehouse.domain.correcting import bearable, by_bill, corrections

JANUARY = date(2025, 1, 1)
OWNER, OTHER = 7, 8


def rate(rate_id=1, kind=ChargeKind.STORAGE):
    return Rate(rate_id, kind, Basis.M3_DAY, Decimal("1.5"), JANUARY)


def line(exact, *, owner=OWNER, lot=1, rate_id=1, **more):
    return Line(owner, lot, rate(rate_id), JANUARY, 1, exact, exact, **more)


def exact_by_spot(lines):
    found = Counter()
    for each in lines:
        found[each.owner, each.lot, each.rate.rate_id] += each.exact
    return +found


spots = st.tuples(st.integers(7, 8), st.integers(1, 3), st.integers(1, 2))
months = st.dictionaries(spots, st.integers(0, 10**12), max_size=6)


def lines_of(month):
    return [
        line(exact, owner=owner, lot=lot, rate_id=rate_id)
        for (owner, lot, rate_id), exact in month.items()
    ]


@given(months, months)
def test_what_was_posted_and_its_correction_are_what_the_month_is_worth(before, now):
    posted, anew = lines_of(before), lines_of(now)

    more = corrections(JANUARY, anew=anew, posted=posted)

    assert exact_by_spot([*posted, *more]) == exact_by_spot(anew)
    assert all(each.corrects == JANUARY for each in more)
    assert all(each.exact for each in more)
    assert corrections(JANUARY, anew=anew, posted=[*posted, *more]) == []


@given(st.lists(months, min_size=1, max_size=5))
def test_month_after_month_gives_back_what_it_can_until_nothing_is_owed(changes):
    """The month is worth something else each time; what cannot be given back waits."""
    posted = lines_of(changes[0])

    for now in changes[1:]:
        open_month = [line(5 * 10**11), line(10**11, owner=OTHER)]
        late = corrections(JANUARY, anew=lines_of(now), posted=posted)
        for bill, lines in by_bill([*open_month, *late]).items():
            assert sum(each.exact for each in lines) >= 0, bill
            posted += [each for each in lines if each.corrects]

    owed = corrections(JANUARY, anew=lines_of(changes[-1]), posted=posted)
    bills = by_bill([line(10**15), line(10**15, owner=OTHER), *owed])
    settled = [each for lines in bills.values() for each in lines if each.corrects]
    assert exact_by_spot([*posted, *settled]) == exact_by_spot(lines_of(changes[-1]))


def test_a_correction_names_owner_lot_and_rate_of_what_it_corrects():
    posted = [line(400), line(300, lot=2), line(200, owner=OTHER)]

    more = corrections(JANUARY, anew=[line(400), line(500, lot=3)], posted=posted)

    told = [(each.owner, each.lot, each.exact) for each in more]
    assert told == [(OWNER, 2, -300), (OWNER, 3, 500), (OTHER, 1, -200)]


def test_kinds_and_owners_are_bills_of_their_own():
    insured = Line(OWNER, 1, rate(9, ChargeKind.INSURANCE), JANUARY, 1, 10, 10)

    bills = by_bill([line(100), insured, line(-40, lot=2, corrects=JANUARY), line(-5, owner=OTHER)])

    assert list(bills) == [(OWNER, "insurance"), (OWNER, "storage"), (OTHER, "storage")]
    assert [each.exact for each in bills[OWNER, "storage"]] == [100, -40]
    assert bills[OTHER, "storage"] == []


def test_a_part_of_what_is_given_back_carries_a_part_of_its_days():
    charged, back = line(50), Line(OWNER, 2, rate(), JANUARY, 3, -30, -100, JANUARY)

    kept = bearable([charged, back])

    assert [(each.exact, each.unit_days) for each in kept] == [(50, 50), (-50, -15)]


@given(st.lists(st.integers(-(10**13), 10**13), max_size=10), st.integers(0, SCALE - 1))
def test_whole_fen_of_a_bill_are_never_below_nothing(exacts, carried):
    lines = bearable([line(exact, lot=lot) for lot, exact in enumerate(exacts)])
    parts = {number: each.exact for number, each in enumerate(lines)}

    fen = rounded(parts, exact_before=carried, posted_before=round(carried / SCALE))

    assert sum(fen.values()) >= 0
    assert abs(sum(fen.values()) * SCALE - sum(parts.values())) <= SCALE
