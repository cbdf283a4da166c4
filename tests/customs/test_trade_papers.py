"""Invoice, packing list and cover: what is sold, packed and declared adds up on paper."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.pdf import render
from customs.trade_papers import (
    Cover,
    Shipment,
    Traded,
    cover_sheet,
    invoice,
    packing_list,
    papers_of,
)


def traded(number=1):
    return Traded(
        number=number,
        name="Infant formula",
        name_zh="婴儿配方奶粉",
        gtin="09421902960017",
        hs_code="1901101000",
        origin="NZ",
        units=1_200,
        unit="罐",
        price="12.50",
        amount="15,000.00",
        net_kg="960.000",
        gross_kg="1,140.000",
        cartons=200,
    )


SHIPMENT = Shipment(
    number="CN-2025-000001",
    order_no="PO-2025-000001",
    issued_on=date(2025, 1, 20),
    seller="Waikato Dairy",
    seller_address="Anglesea Street 1, Hamilton, NZ",
    buyer="Tidegate Pool Operations",
    buyer_address="Road 1, Ningbo, CN",
    consignee="潮门保税仓储",
    terms="FOB NZAKL",
    mode="Sea, full container",
    from_port="Auckland (NZAKL)",
    to_port="Ningbo (CNNGB)",
    vessel="MAERSK TEST/501E",
    currency="USD",
    total="15,000.00",
    net_kg="960.000",
    gross_kg="1,140.000",
    volume_m3="2.880",
    containers=("MSKU1234565",),
    lines=(traded(),),
)


def texts(document):
    pdf = render(document)
    assert render(document).content == pdf.content
    assert pdf.notes == ()
    return [page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages]


@pytest.mark.parametrize(
    "shown",
    [
        "COMMERCIAL INVOICE 商业发票",
        "Waikato Dairy",
        "潮门保税仓储",
        "PO-2025-000001",
        "FOB NZAKL",
        "Auckland (NZAKL)",
        "婴儿配方奶粉",
        "GTIN 09421902960017",
        "1901101000",
        "1,200 罐",
        "15,000.00",
        "2025-01-20",
    ],
)
def test_an_invoice_names_parties_terms_goods_and_amounts(shown):
    (text,) = texts(invoice(SHIPMENT))

    assert shown in text


@pytest.mark.parametrize(
    "shown",
    ["PACKING LIST 装箱单", "200", "960.000", "1,140.000", "2.880 m³", "MSKU1234565", "N/M"],
)
def test_a_packing_list_names_cartons_weights_and_containers(shown):
    (text,) = texts(packing_list(SHIPMENT))

    assert shown in text


def test_a_long_shipment_goes_on_over_pages_and_closes_with_its_total():
    many = replace(SHIPMENT, lines=tuple(traded(n) for n in range(1, 61)))

    pages = texts(invoice(many))

    assert len(pages) > 1
    assert ["Total" in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert "72,000" in pages[-1]


def test_each_shipment_has_an_invoice_and_a_packing_list():
    titles = [paper.title for paper in papers_of([SHIPMENT, SHIPMENT])]

    assert [title.split()[1] for title in titles] == ["COMMERCIAL", "PACKING"] * 2


def cover(count, *, is_simulated=False):
    rows = tuple(
        (str(n), f"DEC-2025-{n:06}", f"SH-{n}", "Kowhai", "1", "500.00", "45.50")
        for n in range(1, count + 1)
    )
    return Cover(
        number="DB-2025-000001",
        pool="Ningbo pool",
        broker="Harbour Customs Brokers",
        declared_at="2025-05-01 09:30",
        figures=(("Declarations 份数", str(count)), ("Taxes 税款合计", "45.50")),
        rows=rows,
        is_simulated=is_simulated,
    )


def test_a_cover_lists_every_declaration_of_its_batch_over_as_many_pages_as_it_takes():
    pages = texts(cover_sheet(cover(120)))

    assert "Batch cover 批次封面" in pages[0]
    found = [f"DEC-2025-{n:06}" in "\n".join(pages) for n in range(1, 121)]
    assert found == [True] * 120
    assert len(pages) > 1


def test_the_cover_of_a_demonstration_says_that_nothing_was_sent():
    (real,) = texts(cover_sheet(cover(1)))
    (shown,) = texts(cover_sheet(cover(1, is_simulated=True)))

    assert ("nothing was sent" in real, "nothing was sent" in shown) == (False, True)
