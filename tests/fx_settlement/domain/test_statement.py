"""Statements: pooled beside alone, with everything that stands behind them."""

from datetime import date

from fx_settlement.domain.statement import (
    Amount,
    Component,
    Reasons,
    Statement,
    StatementLine,
    rows_once,
    summarise,
)
from imports.domain.tariffs import RowUsed, Trust


def row(key, trust, *, is_stale=False):
    return RowUsed(
        key=key,
        priced_on=date(2025, 9, 1),
        date_kind="published",
        source="a carrier",
        trust=trust,
        lane_fit="into-CN",
        is_stale=is_stale,
        is_midpoint=False,
    )


TARIFF, GUESS = row("FCL40", Trust.LIST_PRICE), row("CFS", Trust.ASSUMED)


def statement(*, fee=300_00, rows=(TARIFF, GUESS)):
    lines = (
        StatementLine(Component.GOODS, 15_000_00, 15_300_00),
        StatementLine(Component.FREIGHT, 82_52, 2_648_14),
        StatementLine(Component.AGENCY, 112_50, 800_00),
        StatementLine(Component.OPERATOR_FEE, fee, 0),
    )
    return Statement(
        importer_code="A",
        importer_name="Importer A",
        importer_name_zh="甲店",
        is_simulated=False,
        year=2026,
        currency="CNY",
        as_of=date(2026, 11, 22),
        units=150,
        lines=lines,
        alone_low_minor=18_648_14,
        alone_high_minor=19_173_14,
        reasons=Reasons(687_50, 300_00, 0),
        rows=rows,
    )


def test_the_saving_is_alone_less_pooled_and_the_fee_is_part_of_pooled():
    made = statement()

    assert made.pooled_minor == 15_495_02
    assert made.alone == Amount(18_748_14, 18_648_14, 19_173_14)
    assert made.saving == Amount(3_253_12, 3_153_12, 3_678_12)


def test_a_component_may_cost_more_in_the_pool_and_says_so():
    assert statement().line(Component.OPERATOR_FEE).saving_minor == -300_00


def test_a_component_without_transfers_is_a_line_of_zeros():
    line = statement().line(Component.INSURANCE)

    assert (line.pooled_minor, line.alone_minor) == (0, 0)


def test_a_statement_names_the_rows_that_are_too_old():
    ancient = row("LCL", Trust.LIST_PRICE, is_stale=True)

    assert statement(rows=(TARIFF, ancient)).old_rows == (ancient,)


def test_a_figure_is_trusted_as_far_as_its_worst_row():
    assert statement().trust == Trust.ASSUMED
    assert statement(rows=(TARIFF,)).trust == Trust.LIST_PRICE


def test_a_row_used_twice_is_listed_once():
    assert rows_once([TARIFF, GUESS, TARIFF]) == (GUESS, TARIFF)


def test_a_row_that_stood_in_for_another_lane_once_is_shown_as_assumed():
    own, proxy = row("LCL", Trust.LIST_PRICE, is_stale=True), row("LCL", Trust.ASSUMED)

    assert rows_once([own, proxy]) == (row("LCL", Trust.ASSUMED, is_stale=True),)
    assert rows_once([proxy, own]) == rows_once([own, proxy])


def test_the_pool_is_the_sum_of_its_importers():
    whole = summarise([statement(), statement(fee=0)], unallocated_minor_units=0)

    assert whole.importers == 2
    assert whole.pooled_minor == 30_690_04
    assert whole.alone == Amount(37_496_28, 37_296_28, 38_346_28)
    assert whole.saving_minor == 6_806_24
    assert whole.operator_fee_minor == 300_00
    assert whole.minimum_charges_minor == 1_375_00
