"""Order, receipt and invoice compared."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fx_settlement.domain.fees import Fee
from fx_settlement.domain.three_way import Differs, Fault, InvoicedLine, OrderedLine, compare

HALF_PERCENT = Fee(percent=Decimal("0.5"))
ORDERED = {1: OrderedLine(100, 125_000, missing_units=6), 2: OrderedLine(10, 50_000)}


def compared(**billed):
    lines = {int(key[1:]): InvoicedLine(*line) for key, line in billed.items()}
    return compare(ORDERED, lines, HALF_PERCENT)


def test_an_invoice_of_all_that_was_ordered_agrees():
    found = compared(_1=(100, 125_000), _2=(10, 50_000))

    assert (found.agrees, found.difference_minor) == (True, 0)


def test_an_invoice_of_only_what_arrived_agrees_too():
    assert compared(_1=(94, 117_500), _2=(10, 50_000)).agrees


def test_a_price_off_within_the_tolerance_is_accepted_and_counted():
    found = compared(_1=(100, 125_625), _2=(10, 49_990))

    assert (found.agrees, found.difference_minor) == (True, 615)


def test_a_price_off_by_more_is_named_with_both_figures():
    found = compared(_1=(100, 125_626), _2=(10, 50_000))

    assert found.faults == (Fault(1, Differs.PRICE, 125_000, 125_626),)


def test_units_that_were_neither_ordered_nor_received_are_named():
    found = compared(_1=(95, 118_750), _2=(10, 50_000))

    assert found.faults == (Fault(1, Differs.UNITS, 94, 95),)


def test_a_line_that_only_one_of_them_has_is_named():
    found = compared(_1=(100, 125_000), _3=(1, 100))

    assert [(fault.line, fault.kind) for fault in found.faults] == [
        (2, Differs.NOT_INVOICED),
        (3, Differs.NOT_ORDERED),
    ]


@given(
    st.dictionaries(
        st.integers(1, 9), st.tuples(st.integers(1, 10**6), st.integers(0, 10**12)), min_size=1
    )
)
def test_an_invoice_that_repeats_the_order_always_agrees(lines):
    ordered = {key: OrderedLine(*line) for key, line in lines.items()}
    billed = {key: InvoicedLine(*line) for key, line in lines.items()}

    found = compare(ordered, billed, HALF_PERCENT)

    assert (found.agrees, found.difference_minor) == (True, 0)
