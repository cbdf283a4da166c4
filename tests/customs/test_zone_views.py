"""Pages of the zone: a consignment enters and parcels leave, on papers that a broker can print."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from core import jobs
from customs import services
from customs.jurisdictions.cn.messages.reading import read
from customs.models import ZonePaper
from customs.services import zone_prints
from tests.customs.test_desk_views import post, text
from tests.customs.test_entry_lists import TRUCK, about, consignment, count
from tests.customs.test_exit_lists import leaving
from tests.customs.test_views import get

__all__ = ["consignment", "leaving"]

pytestmark = pytest.mark.django_db


def pages_of(paper):
    pdf = zone_prints.print_paper(paper)
    assert zone_prints.print_paper(paper).content == pdf.content
    return [page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages]


def test_a_counted_consignment_enters_by_buttons_and_receipts(consignment, broker, broker_user):
    count(consignment)
    assert f"Consignment {consignment.number} is counted" in text(get(broker_user, "zone"))

    written = post(broker_user, "list-in", consignment=consignment.pk)
    paper = ZonePaper.objects.get()
    services.receive_file(broker, "a.xml", about("INV201", "4", paper.number))
    built = post(
        broker_user,
        "new-pass",
        consignment.pool.pk,
        lists=[paper.number],
        plate="浙B00000",
        weight_kg="9000",
        frame_kg="4000",
    )
    gate_pass = ZonePaper.objects.get(kind="pass")
    services.receive_file(broker, "b.xml", about("SAS223", "1", gate_pass.number))

    assert (written.status_code, built.status_code) == (302, 302)
    assert "passed the gate" in text(get(broker_user, "zone-paper", gate_pass.pk))
    assert "pre-approved: announced in the book" in text(get(broker_user, "zone"))
    assert post(broker_user, "list-in", consignment=consignment.pk).status_code == 404


def test_parcels_that_left_go_on_a_list_by_a_button_and_cancelling_frees_them(
    leaving, stocked, broker_user
):
    assert "2 released parcels of" in text(get(broker_user, "zone"))

    post(broker_user, "list-out", pool=stocked.pk)
    paper = ZonePaper.objects.get()
    assert "are on no list" not in text(get(broker_user, "zone"))
    post(broker_user, "cancel-zone-paper", paper.pk)

    assert "2 released parcels of" in text(get(broker_user, "zone"))
    assert (
        "<DclTypecd>3</DclTypecd>"
        in get(broker_user, "zone-cancellation", paper.pk).content.decode()
    )


def test_a_list_in_is_printed_with_declaration_invoice_and_packing_list(consignment):
    (paper,) = services.write_entry_lists(consignment)
    services.hear_zone(read(about("INV201", "4", paper.number)))
    paper.refresh_from_db()

    listed, declared, invoiced, packed = pages_of(paper)

    assert "保税核注清单" in listed
    assert "QD310525I000000001" in listed
    for shown in (
        "中华人民共和国海关进境货物备案清单",
        "境内收货人",
        "标记唛码及备注",
        "特殊关系确认",
        "保税核注清单:QD310525I000000001",
        "1901101000",
        "婴儿配方奶粉",
        "80千克",
        "100罐",
        "美元",
        "页码/页数：1/1",
    ):
        assert shown in declared
    assert "COMMERCIAL INVOICE" in invoiced
    assert "1,250.00" in invoiced
    assert "PACKING LIST" in packed
    assert "95.000" in packed


def test_a_print_is_drawn_in_the_background_and_fetched_once_it_is_there(consignment, broker_user):
    (paper,) = services.write_entry_lists(consignment)
    assert get(broker_user, "zone-print", paper.pk).status_code == 404

    post(broker_user, "order-zone-print", paper.pk)
    assert "being drawn" in text(get(broker_user, "zone-paper", paper.pk))
    jobs.run_until_idle()

    fetched = get(broker_user, "zone-print", paper.pk)
    assert (fetched["Content-Type"], fetched.content[:5]) == ("application/pdf", b"%PDF-")
    assert "invoice, packing list" in text(get(broker_user, "zone-paper", paper.pk))


def test_a_pass_is_printed_with_its_lists_and_weights(consignment, pool):
    (paper,) = services.write_entry_lists(consignment)
    services.hear_zone(read(about("INV201", "4", paper.number)))
    gate_pass = services.write_gate_pass(pool, [paper.number], TRUCK)

    (page,) = pages_of(gate_pass)

    for shown in ("核放单", "进区(I)", "16095", "浙B00000", paper.number, "未过卡"):
        assert shown in page
