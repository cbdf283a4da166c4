"""Behind a statement: rates and drift by document, own wires, transfers, the workbook, the exit."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from core import clock, jobs, ledger, rates, tenancy
from core.web import locale
from fx_settlement import queries, services
from fx_settlement.account_printing import print_account
from fx_settlement.domain.paid import totals
from fx_settlement.domain.statement import Component
from fx_settlement.models import FundingRequest, GrantedClaim
from fx_settlement.printing import print_statement
from fx_settlement.services import books
from imports.services import depart
from tests.conftest import user_of
from tests.warehouse import goods
from warehouse.models import ReceiptLine


@pytest.fixture
def paid(closed, owed):
    return owed


def test_a_document_shows_benchmark_rate_margin_drift_and_fee_to_the_fen(paid):
    credit, invoice = queries.documents_of(paid.a, 2025)

    assert (invoice.kind, invoice.amount_minor, credit.amount_minor) == ("invoice", 833_33, -50_00)
    # the mid was 7.2 on both days: USD 833.33 is 5,999.98, and 0.5 % on top
    assert (str(invoice.benchmark_rate), str(invoice.mid), str(invoice.all_in)) == (
        "7.2000000000",
        "7.2000000000",
        "7.2360000000",
    )
    whole = totals([invoice, credit], [])
    assert (whole.cny_minor - whole.margin_minor, whole.margin_minor) == (5_639_98, 28_20)
    assert abs(whole.drift_minor) <= 1
    [wire] = queries.own_wires([invoice, credit])
    # 0.1 %, at least 50, and the cable's 150
    assert (wire.fee_minor, wire.alone_minor, wire.saved_minor) == (133_33, 200_00, 66_67)


def test_every_line_of_a_statement_is_the_sum_of_its_transfers(paid):
    made = services.statement(paid.a, 2025)

    for line in made.lines:
        rows = queries.transfers_of(paid.a, 2025, line.component)
        assert sum(row.amount_minor for row in rows) == line.pooled_minor
    goods = queries.transfers_of(paid.a, 2025, Component.GOODS)[0]
    found = queries.transfer_of(paid.a, goods.transfer_id)
    assert found is not None
    assert (found.debit.code, found.debit.is_own) == ("escrow", True)
    assert {row.code for row in found.others} >= {"fx-conversion", "wire-fee"}
    assert queries.transfer_of(paid.b, goods.transfer_id) is None


def test_a_drift_is_the_move_of_the_mid_and_stands_apart_from_what_was_spared(owed, maker, checker):
    rates.load([("USD", date(2025, 3, 20), 1), ("CNY", date(2025, 3, 20), "7.3")])
    with clock.at(date(2025, 3, 20)):
        batch = services.open_batch(owed.pool, "USD", date(2025, 3, 20))
        services.fund_shortfalls(owed.pool, services.deposits_needed(batch), reference="d")
        services.lock(batch, by=maker)
        services.quote(batch)
        services.approve(batch, by=checker)
        services.convert(batch)
    documents = queries.documents_of(owed.a, 2025)

    # USD 783.33 x (7.3 - 7.2)
    assert abs(totals(documents, []).drift_minor - 78_33) <= 1
    assert queries.own_wires(documents) == []


def test_pages_workbook_and_exit_tell_the_same(client, paid, importer):
    client.force_login(user_of(importer, "importer", "reads"))
    page = client.get("/settlement/statement/2025/paid/").content.decode()
    assert "7.236000" in page
    first = queries.transfers_of(paid.a, 2025, Component.GOODS)[0]
    lines = client.get("/settlement/statement/2025/of/goods/").content.decode()
    assert first.key in lines
    assert first.key in client.get(f"/settlement/transfers/{first.transfer_id}/").content.decode()

    book = load_workbook(BytesIO(client.get("/settlement/statement/2025/xlsx/").content))
    assert book.sheetnames == ["Statement 2025", "Documents", "Wires", "Transfers", "Rows used"]
    charged = [row[3] for row in book["Transfers"].iter_rows(min_row=2, values_only=True)]
    balance = ledger.balance(books.escrow(paid.a, paid.pool))
    assert round(sum(charged) * 100) == -balance

    left = client.get("/settlement/exit/").content.decode()
    assert "would come back once all that is owed is paid" in left
    with tenancy.as_operator("test"):
        [made] = queries.exit_statements(paid.a)
    assert (made.owed, made.left_minor, made.left_on) == ((), balance, None)
    assert sum(row.units for row in made.stock) == 60


def test_who_leaves_before_paying_reads_what_is_missing(owed, insurer_grants):
    depart(owed.a, owed.pool, "left", on=date(2025, 3, 10))
    services.fund(owed.a, owed.pool, 1_000_00, reference="deposit")
    services.ask_for(
        owed.a.pk, owed.pool, FundingRequest.Kind.GOODS, 500_00, due_on=date(2025, 3, 20)
    )

    [made] = queries.exit_statements(owed.a)

    assert (made.left_on, made.cause) == (date(2025, 3, 10), "left")
    assert [(each.currency, each.amount_minor) for each in made.owed] == [("USD", 783_33)]
    # USD 783.33 at 7.2
    assert (made.owed_minor, made.left_minor) == (5_639_98, 1_000_00 - 5_639_98)
    assert (made.asked_minor, made.expected_minor, made.is_even) == (500_00, 75_00, False)


@pytest.fixture
def insurer_grants(owed):
    """An insurer granted CNY 100.00 of which three quarters are A's."""
    claim, _ = goods.claimed(ReceiptLine.objects.get())
    return GrantedClaim.objects.create(
        claim=claim,
        pool=owed.pool,
        shares=[[owed.a.pk, 3], [owed.b.pk, 1]],
        expected_minor=100_00,
        granted_on=date(2025, 3, 10),
    )


def read(response):
    assert response.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_account_and_exit_statement_are_told_on_paper_as_on_the_page(
    client, paid, importer, operator
):
    client.force_login(user_of(importer, "importer", "reads"))
    with tenancy.acting_for(importer):
        [escrow] = queries.escrows_of(importer)
        [made] = queries.exit_statements(importer)

    assert client.get("/settlement/exit/pdf/").status_code == 404
    for of in ("money", "exit"):
        assert client.post(f"/settlement/{of}/print/").status_code == 302
    assert jobs.run_until_idle() == 2
    account = read(client.get("/settlement/money/pdf/"))
    left = read(client.get("/settlement/exit/pdf/"))
    assert "Download PDF" in client.get("/settlement/money/").content.decode()

    assert all(row.key in account for row in escrow.movements)
    assert locale.money(escrow.balance_minor, "CNY") in account
    assert locale.money(made.left_minor, "CNY") in left
    assert "would come back once all that is owed is paid" in left
    client.force_login(user_of(operator, "operator", "looks"))
    assert read(client.get(f"/settlement/exit/{importer.pk}/pdf/")) == left
    assert client.get(f"/settlement/exit/{operator.pk}/pdf/").status_code == 404
    assert client.post(f"/settlement/exit/{operator.pk}/print/").status_code == 404
    assert client.post(f"/settlement/exit/{importer.pk}/print/").status_code == 302


def test_the_paper_of_an_account_holds_every_movement_and_the_page_the_latest(paid):
    for number in range(70):
        services.fund(paid.a, paid.pool, 1, reference=f"more {number}")

    with tenancy.acting_for(paid.a):
        [latest], [every] = queries.escrows_of(paid.a), queries.escrows_of(paid.a, most=None)

    assert len(latest.movements) == 60
    assert len(every.movements) > 70
    first = every.movements[-1]
    assert first.left_minor == first.amount_minor
    assert print_account(paid.a, [every]).page_count == 2


@pytest.mark.parametrize("more", [0, 6])
def test_documents_and_transfers_cost_the_same_whatever_their_number(
    paid, more, django_assert_num_queries
):
    for number in range(more):
        services.fund(paid.a, paid.pool, 1, reference=f"more {number}")
    with tenancy.acting_for(paid.a):
        with django_assert_num_queries(5):
            queries.own_wires(queries.documents_of(paid.a, 2025))
        with django_assert_num_queries(5):
            rows = queries.transfers_of(paid.a, 2025)
    assert len(rows) >= 4 + more


def test_the_pdf_of_a_statement_tells_rates_and_wires(paid):
    documents = queries.documents_of(paid.a, 2025)
    plain = print_statement(services.statement(paid.a, 2025))
    whole = print_statement(
        services.statement(paid.a, 2025), documents, queries.own_wires(documents)
    )

    assert whole.page_count == plain.page_count + 2
