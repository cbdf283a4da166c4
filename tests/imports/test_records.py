"""Products are registered; their goods records are submitted, confirmed and returned."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from core import clock, sheets
from core.domain.trade import gs1_check_digit
from core.domain.transitions import StepNotAllowed
from core.models import Fact, Unit
from imports import queries, services
from imports.domain.eligibility import AboveLimitOfAPerson, Verdict
from imports.domain.forecasts import TEMPLATE_HEADINGS
from imports.domain.records import RecordDraft
from imports.models import GoodsRecord, GtinRegistration, PositiveListLine, Product, Variant
from tests.imports import factories

pytestmark = pytest.mark.usefixtures("in_march")
ZONE = "3105W90001"
TODAY = date(2026, 3, 2)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


@pytest.fixture(autouse=True)
def units(db):
    Unit.objects.bulk_create(
        [Unit(code="035", name_zh="千克"), Unit(code="011", name_zh="件")], ignore_conflicts=True
    )


def draft_of(product, **changed):
    said = RecordDraft(
        hs_code=product.hs_code,
        name_zh=product.name_zh,
        model_zh="30毫升/瓶",
        origin=product.origin,
        declared_unit="011",
        statutory_unit="035",
        statutory_qty_per_unit=Decimal("0.05"),
        second_unit="",
        second_qty_per_unit=None,
        elements=(("品牌类型", "4"), ("出口享惠情况", "3"), ("品种", "精华液")),
        shelf_life_days=900,
    )
    return replace(said, **changed)


def submit(product, **changed):
    return services.submit_record(product, zone_code=ZONE, draft=draft_of(product, **changed))


def number(digits):
    return digits + gs1_check_digit(digits)


def registered(supplier, sku="BALM-1", digits="941000000001", **more):
    fields = {
        "gtin": number(digits),
        "name": "Balm",
        "name_zh": "润唇膏",
        "hs_code": "3304100000",
        "origin": "NZ",
        "net_weight_g": 10,
        "gross_weight_g": 20,
        "volume_cm3": 30,
        "declared_unit": "011",
        "statutory_unit": "035",
        "statutory_qty_per_unit": Decimal("0.01"),
        **more,
    }
    return services.register_product(owner=supplier, sku=sku, **fields)


def test_a_product_is_registered_with_its_number_and_its_owner(supplier):
    product = registered(supplier)

    (row,) = queries.gtins_of(product)
    assert (row.gtin, row.owner, row.level, row.units) == (product.gtin, "Serum-House", "unit", 1)
    assert Fact.objects.get(name="imports.gtin.registered").data["owner"] == supplier.pk


def test_variants_of_a_family_know_each_other(supplier):
    small = registered(supplier, family="Balm", variant="10 g")
    registered(supplier, "BALM-2", "941000000002", family="Balm", variant="30 g")

    family, variants = queries.siblings_of(small)
    assert (family, [label for _, label, _ in variants]) == ("Balm", ["10 g", "30 g"])


def test_a_number_is_never_given_to_another_product_also_after_its_end(supplier, serum):
    mine = registered(supplier)
    GtinRegistration.objects.update(ended_on=date(2026, 12, 31))

    with pytest.raises(services.GtinTaken) as declined:
        services.register_gtin(serum, mine.gtin, owner=supplier)
    assert declined.value.params["sku"] == "BALM-1"
    with pytest.raises(services.GtinTaken):
        registered(supplier, "OTHER")
    assert Product.objects.filter(sku="OTHER").count() == 0


def test_a_family_that_has_the_variant_leaves_no_product_behind(supplier):
    registered(supplier, family="Balm", variant="10 g")

    with pytest.raises(IntegrityError), transaction.atomic():
        registered(supplier, "BALM-2", "941000000002", family="Balm", variant="10 g")
    assert Variant.objects.count() == Product.objects.count() == 1


def test_a_case_has_a_number_of_its_own_and_registering_it_twice_changes_nothing(supplier):
    product = registered(supplier)
    case = {"owner": supplier, "level": "case", "units": 24}

    first = services.register_gtin(product, number("1941000000001"), **case)
    again = services.register_gtin(product, number("1941000000001"), **case)

    assert first == again
    assert [row.units for row in queries.gtins_of(product)] == [1, 24]
    with pytest.raises(services.GtinTaken):
        services.register_gtin(product, product.gtin, **case)


def test_a_sku_is_taken_once_and_a_unit_must_stand_in_customs_table(supplier, serum):
    with pytest.raises(services.SkuTaken):
        registered(supplier, serum.sku)
    with pytest.raises(services.UnitUnknown):
        registered(supplier, declared_unit="999")
    assert GtinRegistration.objects.count() == 0


def test_a_record_waits_and_is_in_force_once_a_broker_confirms_it(serum):
    record = submit(serum)
    assert queries.unconfirmed([serum.pk], ZONE) == {serum.pk}

    services.confirm_record(record)

    assert queries.unconfirmed([serum.pk], ZONE) == set()
    assert queries.unconfirmed([serum.pk], "OTHERZONE") == {serum.pk}
    names = Fact.objects.filter(name__startswith="imports.record").order_by("pk")
    assert [fact.name for fact in names] == [
        "imports.record.submitted",
        "imports.record.confirmed",
    ]


def test_the_product_follows_what_was_confirmed(serum):
    services.confirm_record(submit(serum, hs_code="3304990011", name_zh="保湿精华液"))

    serum.refresh_from_db()
    assert (serum.hs_code, serum.name_zh, serum.model_zh) == (
        "3304990011",
        "保湿精华液",
        "30毫升/瓶",
    )


def test_a_batch_is_asked_for_at_once_and_a_code_that_was_not_confirmed_does_not_count(
    serum, django_assert_num_queries
):
    other, third = factories.product(2), factories.product(3)
    for each in (serum, other):
        services.confirm_record(submit(each))
    Product.objects.filter(pk=other.pk).update(hs_code="3304990029")

    with django_assert_num_queries(1):
        missing = queries.unconfirmed([serum.pk, other.pk, third.pk] * 300, ZONE)

    assert missing == {other.pk, third.pk}


def test_those_who_wait_longest_come_first(serum):
    other = factories.product(2)
    first = services.confirm_record(submit(serum))
    with clock.at(factories.FIXED_ON + timedelta(days=1)):
        waits = submit(serum, model_zh="50毫升/瓶")
    with clock.at(factories.FIXED_ON + timedelta(days=2)):
        later = submit(other)

    rows = [row.record_id for row in queries.record_rows(zones=[ZONE])]

    assert rows == [waits.pk, later.pk, first.pk]
    assert queries.waiting_records([ZONE]) == [waits.pk, later.pk]
    assert [row.record_id for row in queries.record_rows(start=1, limit=1)] == [later.pk]


def test_a_new_version_replaces_the_one_in_force_only_when_it_is_confirmed(serum):
    first = services.confirm_record(submit(serum))
    second = submit(serum, model_zh="50毫升/瓶")
    assert (second.version, queries.unconfirmed([serum.pk], ZONE)) == (2, set())

    services.confirm_record(second)

    first.refresh_from_db()
    assert first.state == GoodsRecord.State.SUPERSEDED
    assert GoodsRecord.objects.get(state="confirmed").version == 2


def test_a_returned_record_says_why_and_the_next_version_may_be_submitted(serum):
    record = submit(serum)
    with pytest.raises(services.ReasonMissing):
        services.return_record(record, remark="  ")
    assert GoodsRecord.objects.get().state == GoodsRecord.State.SUBMITTED

    services.return_record(record, remark="Unit is 件, not 千克")

    assert GoodsRecord.objects.get().remark == "Unit is 件, not 千克"
    assert submit(serum).version == 2


def test_one_version_waits_at_a_time(serum):
    submit(serum)

    with pytest.raises(services.RecordWaits):
        submit(serum)
    assert GoodsRecord.objects.count() == 1


def test_a_record_is_decided_once(serum):
    record = submit(serum)
    late = GoodsRecord.objects.get()
    services.return_record(record, remark="no")

    with pytest.raises(StepNotAllowed):
        services.confirm_record(late)
    assert GoodsRecord.objects.get().state == GoodsRecord.State.RETURNED


@pytest.mark.parametrize(
    "changed", [{"hs_code": "1905310000"}, {"origin": "FR"}, {"statutory_unit": "011"}]
)
def test_the_database_refuses_to_rewrite_what_a_version_says(serum, changed):
    submit(serum)

    with pytest.raises(DatabaseError), transaction.atomic():
        GoodsRecord.objects.update(**changed)


def test_the_database_keeps_one_record_in_force(serum):
    services.confirm_record(submit(serum))
    submit(serum)

    with pytest.raises(IntegrityError), transaction.atomic():
        GoodsRecord.objects.filter(version=2).update(
            state="confirmed", decided_at=GoodsRecord.objects.get(version=1).decided_at
        )


def test_a_picture_is_kept_once_and_other_files_are_declined(serum):
    first = services.add_image(serum, content=PNG, caption="Front")

    assert services.add_image(serum, content=PNG, caption="Front again") == first
    for content in (b"%PDF-1.7", b"<svg/>", PNG + bytes(services.records.MOST_BYTES)):
        with pytest.raises(services.NotAnImage):
            services.add_image(serum, content=content, caption="x")
    assert len(queries.images_of(serum)) == 1


def test_the_lists_are_loaded_once_however_often(capsys):
    call_command("load_lists")
    call_command("load_lists")

    assert capsys.readouterr().out.split()[:3] == ["37", "positive", "list"]
    assert PositiveListLine.objects.filter(edition__startswith="2016").count() == 35
    assert queries.find_codes("蜂蜜")[0].code == "04090000"


def test_a_bag_that_nobody_may_buy_is_declined_in_the_forecast_sheet(importer, supplier):
    services.load_lists()
    sugar = factories.product(7, hs_code="1701991000", name_zh="砂糖", net_weight_g=2_500,
                              gross_weight_g=2_600)  # fmt: skip
    row = [sugar.sku, "", "", "", 0, 5, *[0] * 11]

    upload = services.upload_forecast(
        importer, "plan.csv", sheets.write_csv(TEMPLATE_HEADINGS, [row]), year=2026
    )

    assert [error["code"] for error in upload.errors] == [AboveLimitOfAPerson.code]
    assert services.template_rows(importer, 2026) == []


def test_a_product_outside_the_shipped_part_may_be_planned_and_waits_for_a_broker(serum):
    services.load_lists()
    before = queries.eligibility_of(serum, TODAY)
    assert (before.verdict, before.refusal) == (Verdict.UNCONFIRMED, None)

    services.confirm_record(submit(serum))

    serum.refresh_from_db()
    assert queries.eligibility_of(serum, TODAY).verdict is Verdict.ELIGIBLE


@pytest.mark.parametrize("count", [1, 30])
def test_the_catalogue_costs_the_same_queries_whatever_its_size(count, django_assert_num_queries):
    for n in range(count):
        factories.product(n + 10)

    with django_assert_num_queries(4):
        assert len(queries.products(TODAY)) == count


def test_products_are_found_by_sku_number_name_and_code(serum):
    factories.product(2, hs_code="3401110000")

    for text in ("SERUM-1", serum.gtin[3:], "精华液1", "3304 99"):
        assert [row.sku for row in queries.products(TODAY, text=text)] == ["SERUM-1"]
    assert queries.products(TODAY, text="nothing") == []
