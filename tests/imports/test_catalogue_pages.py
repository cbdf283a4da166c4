"""Pages of the catalogue: for importers, the operator and the broker."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.domain.trade import gs1_check_digit
from core.models import HSHeading, Unit
from imports import services
from imports.models import GoodsImage, GoodsRecord, GtinRegistration, Product
from tests.imports.test_records import PNG, submit

pytestmark = pytest.mark.usefixtures("in_march", "pool")


@pytest.fixture(autouse=True)
def units(db):
    Unit.objects.bulk_create(
        [Unit(code="035", name_zh="千克"), Unit(code="011", name_zh="件")], ignore_conflicts=True
    )


@pytest.fixture
def as_importer(client, importer_user):
    client.force_login(importer_user)
    return client


@pytest.fixture
def as_operator(client, operator_user):
    client.force_login(operator_user)
    return client


@pytest.fixture
def as_broker(client, broker_user):
    client.force_login(broker_user)
    return client


def page_of(client, name, *args, **query):
    return client.get(reverse(f"imports:{name}", args=args), query).content.decode()


def form_of(product, **changed):
    return {
        "zone_code": "3105W90001",
        "hs_code": "3304 9900 99",
        "name_zh": product.name_zh,
        "model_zh": "30毫升/瓶",
        "origin": "US",
        "declared_unit": "011",
        "statutory_unit": "035",
        "statutory_qty_per_unit": "0.05",
        "brand_type": "4",
        "preference": "3",
        "elements": "品种: 精华液",
        **changed,
    }


def test_an_empty_catalogue_says_what_to_do_first(as_operator):
    assert "Register what the pool is to import" in page_of(as_operator, "products")


def test_the_product_page_says_the_verdict_first_and_that_the_list_is_partial(as_importer, serum):
    services.load_lists()
    page = page_of(as_importer, "product", serum.pk)

    assert "A broker must confirm this product before it is ordered." in page
    assert "not on the shipped part of the positive list, which has 37 lines" in page
    assert "the full list was not found" in page
    assert "Submit a goods record" not in page


def test_the_operator_registers_a_product_and_faults_stand_beside_their_fields(
    as_operator, supplier
):
    digits = "941000000001"
    sent = {
        "gtin": f"{digits}{gs1_check_digit(digits)}", "sku": "BALM-1", "name": "Balm",
        "name_zh": "润唇膏", "hs_code": "3304100000", "origin": "NZ", "net_weight_g": 10,
        "gross_weight_g": 20, "volume_cm3": 30, "declared_unit": "011", "statutory_unit": "035",
        "statutory_qty_per_unit": "0.01", "owner": supplier.pk,
    }  # fmt: skip
    wrong = as_operator.post(reverse("imports:product-new"), {**sent, "gtin": "9410000000010"})
    light = as_operator.post(reverse("imports:product-new"), {**sent, "gross_weight_g": 5})
    right = as_operator.post(reverse("imports:product-new"), sent)

    assert (wrong.status_code, light.status_code) == (422, 422)
    assert "the check digit should be" in wrong.content.decode()
    assert "Gross weight is below net weight." in light.content.decode()
    assert right.url == reverse("imports:product", args=[Product.objects.get().pk])


def test_codes_are_found_as_one_types(as_operator):
    HSHeading.objects.create(code="33", name="Cosmetics")
    HSHeading.objects.create(code="3305", name="Hair preparations", parent_id="33")
    HSHeading.objects.create(code="330510", name="Shampoos", parent_id="3305")
    part = as_operator.get(
        reverse("imports:nomenclature"), {"q": "shamp"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert "3305 10" in part
    assert "Hair preparations" in part
    assert "<html" not in part
    assert "Nothing fits these words" in page_of(as_operator, "nomenclature", q="qqq")
    assert 'value="shamp"' in page_of(as_operator, "nomenclature", q="shamp")


def test_the_operator_submits_a_record_and_the_broker_confirms_it(as_operator, serum, broker_user):
    sent = as_operator.post(reverse("imports:record-submit", args=[serum.pk]), form_of(serum))
    record = GoodsRecord.objects.get()
    assert sent.url == reverse("imports:product", args=[serum.pk])
    assert record.elements == [["品牌类型", "4"], ["出口享惠情况", "3"], ["品种", "精华液"]]
    assert "Confirm the record" not in page_of(as_operator, "record", record.pk)

    as_operator.force_login(broker_user)
    assert "1 record waits for the broker" in page_of(as_operator, "records")
    page = page_of(as_operator, "record", record.pk)
    assert "4|3|精华液" in page
    assert "Confirm the record" in page
    done = as_operator.post(reverse("imports:record-confirm", args=[record.pk]))

    assert done.url == reverse("imports:records")
    assert GoodsRecord.objects.get().state == GoodsRecord.State.CONFIRMED


def test_a_record_that_cannot_be_declared_is_answered_in_the_form(as_operator, serum):
    address = reverse("imports:record-submit", args=[serum.pk])
    heavy = as_operator.post(address, form_of(serum, statutory_qty_per_unit="0.5"))
    blank = as_operator.post(address, form_of(serum, elements="品种"))

    assert (heavy.status_code, blank.status_code) == (422, 422)
    assert "The statutory quantity is 500 g a unit; the net weight is 50 g." in (
        heavy.content.decode()
    )
    assert GoodsRecord.objects.count() == 0


def test_a_returned_record_tells_the_operator_what_to_correct(as_broker, serum, operator_user):
    record = submit(serum)
    address = reverse("imports:record-return", args=[record.pk])
    silent = as_broker.post(address, {"remark": ""})
    as_broker.post(address, {"remark": "Unit is wrong"})
    as_broker.force_login(operator_user)

    assert silent.status_code == 422
    page = page_of(as_broker, "record-submit", serum.pk)
    assert "The broker sent the last version back" in page
    assert "Unit is wrong" in page
    assert 'value="30毫升/瓶"' in page
    assert "品种: 精华液" in page


def test_a_case_and_a_picture_are_added_on_the_product_page(as_operator, serum, supplier):
    case = {
        "gtin-number": "1941000000001" + gs1_check_digit("1941000000001"),
        "gtin-level": "case",
        "gtin-units": 24,
        "gtin-owner": supplier.pk,
    }
    as_operator.post(reverse("imports:gtin-add", args=[serum.pk]), case)
    empty = as_operator.post(reverse("imports:gtin-add", args=[serum.pk]), {})
    file = SimpleUploadedFile("front.png", PNG)
    as_operator.post(
        reverse("imports:image-add", args=[serum.pk]),
        {"image-picture": file, "image-caption": "Front of the pack"},
    )
    page = page_of(as_operator, "product", serum.pk)

    assert empty.status_code == 422
    assert GtinRegistration.objects.get().units == 24
    assert 'alt="Front of the pack"' in page
    shown = as_operator.get(reverse("imports:image", args=[GoodsImage.objects.get().pk]))
    assert (shown["Content-Type"], shown.content) == ("image/png", PNG)
