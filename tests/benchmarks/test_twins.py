"""What a benchmark compares does the same work: the plain twins give the same results."""

from collections import Counter
from datetime import date
from io import BytesIO
from xml.etree.ElementTree import canonicalize
from zipfile import ZipFile

import numpy as np
import pytest
from django.db import transaction
from django.test import Client
from pypdf import PdfReader

from benchmarks import events, figures
from benchmarks.catalogue import BENCHMARKS
from benchmarks.rows import (
    declaration_archive,
    declaration_messages,
    declaration_pdf,
    event_capture,
    event_graph,
    event_hash,
    exact_shares,
    fact_sequencing,
    forecast_csv,
    forecast_xlsx,
    inclusion_proof,
    ledger_transfers,
    round_consolidation,
    round_shares,
    round_shares_pandas,
    settlement_batches,
    stock_views,
    trace_count,
)
from benchmarks.traced import AT, sold_codes
from core import clock, facts, tenancy
from core.domain import merkle
from core.domain.shares import split_in_proportion
from core.models.fact import LogEntry, LogNode
from core.models.ledger import Account, Transfer
from core.pdf import merge
from imports.domain.consolidation import Ask, Offer, Share, Tier, plan_line
from imports.models import ForecastLine
from tests.conftest import party
from traceability import proofs, services
from traceability.domain.tlog_proof import read_proof
from traceability.graph import graph
from traceability.models import EpcisEvent, EventTerm


def test_the_plain_split_gives_the_same_shares():
    rows = exact_shares.amounts(200)
    at_once = exact_shares.ours(*exact_shares.columns(rows)).reshape(len(rows), -1).tolist()

    for (amount, weights), shares in zip(rows, at_once, strict=True):
        assert exact_shares.plain_split(amount, weights) == split_in_proportion(amount, weights)
        assert dict(zip(weights, shares, strict=True)) == split_in_proportion(amount, weights)


def test_a_rounds_cells_are_shared_alike_in_all_ways_and_as_a_line_is_planned():
    given = round_shares.cells(1_500)
    found = round_shares.ours(given)

    for way in (round_shares.plain, round_shares_pandas.plain):
        twin = way(given)
        assert np.array_equal(twin.units, found.units)
        assert np.array_equal(twin.cents, found.cents)
    for number, start in enumerate(given.starts.tolist()):
        span = slice(start, start + int(given.counts[number]))
        asked, accepted = given.asked[span].tolist(), given.tolerances[span].tolist()
        asks = {
            place: Ask(*ask) for place, ask in enumerate(zip(asked, accepted, strict=True), 1000)
        }
        price = Tier(1, int(given.prices[number]))
        offer = Offer(1, 1, 1, "USD", "FOB", 1, round_shares.PACK, (price,))
        assert list(plan_line(offer, asks).shares.values()) == [
            Share(*cell)
            for cell in zip(found.units[span].tolist(), found.cents[span].tolist(), strict=True)
        ]


@pytest.mark.parametrize("count", [300, 3_000])
def test_both_ways_settle_batches_to_the_same_fen(count):
    given = settlement_batches.payables(count)

    mine, plainly = settlement_batches.ours(given), settlement_batches.plain(given)

    for name in ("cost", "margin", "fee"):
        assert np.array_equal(getattr(mine, name), getattr(plainly, name))
    for batch in range(settlement_batches.BATCHES):
        own = given.batches == batch
        deal = settlement_batches.bought(given.amounts[own])
        assert (mine.cost[own].sum(), mine.margin[own].sum()) == (
            deal.cost_minor,
            deal.markup_minor,
        )


def test_a_consolidated_round_costs_no_more_than_the_plain_one_and_nobody_more_than_alone():
    asks = round_consolidation.asked(400)
    found, lines = round_consolidation.consolidate(asks)
    plain = round_consolidation.plain_consolidate(asks)

    assert found.bound <= found.cost <= sum(amount for amount, _ in plain) * 7_000_000
    assert all(sum(shares.values()) == amount for amount, shares in plain)
    assert all(
        line.amount_minor == sum(held.cost_minor for held in line.shares.values())
        and sum(held.asked_units for held in line.shares.values()) == line.asked_units
        for line in lines
    )
    paid, alone = Counter(), Counter()
    for line in lines:
        for importer, held in line.shares.items():
            paid[importer] += held.cost_minor * 7_000_000
            alone[importer] += held.alone_grains
    assert [importer for importer in paid if paid[importer] > alone[importer]] == []


def test_both_prints_show_the_same_fields(tmp_path):
    mine, plainly = tmp_path / "ours.pdf", tmp_path / "plain.pdf"
    mine.write_bytes(declaration_pdf.ours(2).content)
    plainly.write_bytes(declaration_pdf.plain(2))

    texts = [
        ["".join(page.extract_text().split()) for page in PdfReader(path).pages]
        for path in (mine, plainly)
    ]

    (sheet, _) = declaration_pdf.sheets(2)
    shown = ["".join(value.split()) for value in (*sheet.values.values(), *sheet.lines[0])]
    assert [value for value in shown if value not in texts[0][0]] == []
    assert [value for value in shown if value not in texts[1][0]] == []


def test_a_batch_drawn_one_by_one_shows_what_it_shows_in_one_go():
    together = declaration_pdf.ours(2)
    alone = [merge([each], title="one") for each in declaration_pdf.documents(2)]

    assert together.page_count == sum(each.page_count for each in alone) == 2
    assert together.notes == ()


def test_a_message_written_field_by_field_is_the_same_xml_and_every_one_is_valid():
    some = list(declaration_messages.cases(101))

    mine = list(declaration_messages.ours(some))
    plainly = list(declaration_messages.plain(some))

    assert [(file.papers, file.is_valid) for file in mine] == [(100, True), (1, True)]
    assert [canonicalize(file.content.decode()) for file in mine] == [
        canonicalize(content.decode()) for content in plainly
    ]
    whole = sum(len(file.content) for file in mine)
    assert whole * 0.99 < declaration_messages.bare(some) < whole


def test_both_archives_hold_the_same_files_and_ours_a_manifest_besides(tmp_path):
    declaration_archive.store(tmp_path, 2)

    (mine,), (plainly,) = declaration_archive.ours(tmp_path), declaration_archive.plain(tmp_path)

    with ZipFile(BytesIO(mine)) as first, ZipFile(BytesIO(plainly)) as second:
        assert second.namelist() == [
            "declarations/DEC-2026-000000.pdf",
            "declarations/DEC-2026-000001.pdf",
            "messages/CEB621-1.xml",
        ]
        assert first.namelist() == [*second.namelist(), "manifest.json"]
        assert all(first.read(name) == second.read(name) for name in second.namelist())
    assert [mine] == list(declaration_archive.ours(tmp_path))


def test_both_readers_of_a_workbook_read_the_same_texts():
    content = forecast_xlsx.workbook(30)

    assert forecast_xlsx.ours(content) == forecast_xlsx.plain(content)


@pytest.mark.django_db
def test_both_ways_to_take_a_forecast_in_leave_the_same_lines():
    forecast_csv.add_products(6)
    content = forecast_csv.sheet(12)
    first, second = party("importer", "one"), party("importer", "two")
    names = [name for name in forecast_csv.COLUMNS if name not in ("importer_id", "version_from")]

    with clock.at(date(2026, 1, 5)):
        forecast_csv.ours(first, content)
        forecast_csv.plain(second, content)

    with tenancy.as_operator("test"):
        rows = [
            list(ForecastLine.objects.filter(importer=each).order_by("pk").values_list(*names))
            for each in (first, second)
        ]
    assert len(rows[0]) == 12
    assert rows[0] == rows[1]


@pytest.mark.django_db
def test_each_way_to_write_transfers_moves_the_same_sums():
    escrow, payable = ledger_transfers.accounts()
    moved = []
    for write in (ledger_transfers.ours, ledger_transfers.plain, ledger_transfers.bare):
        before = [account.credits_posted for account in Account.objects.order_by("pk")]
        write(list(ledger_transfers.specs(escrow, payable, 60)))
        after = [account.credits_posted for account in Account.objects.order_by("pk")]
        moved.append([b - a for a, b in zip(before, after, strict=True)])

    assert moved[0] == moved[1] == moved[2]
    assert Transfer.objects.filter(group="benchmark").count() == 180


@pytest.mark.django_db
def test_both_ways_to_place_facts_build_the_same_tree():
    fact_sequencing.add_facts(37)
    facts.sequence()
    nodes = LogNode.objects.all()
    root = bytes(facts.head().root)
    waiting = [entry.fact for entry in LogEntry.objects.order_by("position")]

    assert fact_sequencing.bare(waiting) == root
    assert len(nodes) == 71
    node_by_node = merkle.inclusion_proof(11, 37, inclusion_proof.read_node)
    assert inclusion_proof.plain(11, 37) == node_by_node
    assert [*read_proof(proofs.prove(11).proof).hashes] == node_by_node


@pytest.mark.django_db
def test_both_look_ups_name_the_same_unit():
    (code, *_) = sold_codes(50)

    page = services.look_up(code, at=AT, address="203.0.113.5", counts=False)
    with tenancy.as_operator("test"):
        plainly = trace_count.plain_page(code)

    assert (page.unit.product.en, page.unit.lot_number, page.seller.name.en) == (
        plainly["product"], plainly["lot"], plainly["seller"],
    )  # fmt: skip
    assert Client().get(f"/api/trace/{code}").json()["unit"]["lot_number"] == plainly["lot"]


def test_growth_is_the_exponent_of_the_size():
    assert figures.growth([(10, 2.0), (1_000, 200.0)]) == pytest.approx(1)
    assert figures.growth([(10, 2.0), (1_000, 2.0)]) == pytest.approx(0)
    assert figures.growth([(10, 2.0)]) is None


def test_ratios_compare_by_the_item():
    row = figures.Row(
        "exact-shares", "", 100,
        ours=figures.Figure(1.0, 100, 0.0),
        plain=figures.Figure(1.0, 10, 0.0),
        limit=figures.Figure(0.5, 100, 0.0),
    )  # fmt: skip

    assert (row.times_plain, row.of_limit) == (10.0, 0.5)


def test_each_benchmark_says_what_it_is_compared_with():
    assert all(row.plain and row.limit and row.sizes for row in BENCHMARKS.values())


def test_the_plain_hash_names_an_event_as_ours_does():
    sent = events.document(range(3))["epcisBody"]["eventList"]

    assert event_hash.plain(sent) == event_hash.hashes(sent)
    assert len(set(event_hash.hashes(sent))) == 3


@pytest.mark.django_db
def test_the_plain_and_the_bare_capture_keep_the_rows_that_ours_keeps(importer):
    def kept():
        rows = EpcisEvent.objects.order_by("event_id").values_list(
            "event_id", "body", "biz_step", "read_point", "viewer"
        )
        terms = EventTerm.objects.order_by("event__event_id", "name", "text")
        return [*rows, *terms.values_list("event__event_id", "name", "text", "number")]

    sent = events.documents(3)
    found = []
    for way in (
        lambda: event_capture.take_in(importer, sent),
        lambda: event_capture.plain(importer, sent),
        lambda: event_capture.bare(importer, event_capture.ready(sent)),
    ):
        with transaction.atomic():
            way()
            found.append(kept())
            transaction.set_rollback(True)

    assert found[0] == found[1] == found[2]
    assert len(found[0]) > 6


@pytest.mark.django_db
def test_all_walks_find_the_ten_events_of_a_chain():
    events.chains(30)
    root = events.key_of(1, 0)

    ours = {edge.position for edge in graph(root).edges}
    rows = EpcisEvent.objects.filter(pk__in=event_graph.plain(root))

    assert ours == set(range(10, 20)) == set(rows.values_list("fact_position", flat=True))
    assert event_graph.bare(root) == event_graph.plain(root)


@pytest.mark.django_db
def test_balances_are_what_the_movements_add_up_to():
    operator, importer = stock_views.moved(400)

    assert stock_views.balance() == stock_views.folded()
    assert len(stock_views.balance()) == 20
    assert stock_views.views(operator, importer)["queries"] <= 25
