from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from core import jobs, tenancy
from core.models import Fact, Party, Pool, Role
from customs import queries, services, words
from customs.models import Declaration, DeclarationBatch
from tests.conftest import party, user_of
from tests.customs.shop import BUYER, OTHER_BUYER
from tests.customs.test_declaring import answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(take, stocked) -> DeclarationBatch:
    """Two declarations, one released, one refused; files not made yet."""
    orders = [take(1), take(2, buyer=OTHER_BUYER)]
    made = services.declare_batch(stocked, orders, request_key="b1")
    answer(orders[0], "800", invt_no="31052025I000000001")
    answer(orders[1], "100", raw="-621018 超过年度限额")
    return made


def signed_in(user, language="en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    return client


def get(user, name, *args, language="en"):
    return signed_in(user, language).get(reverse(f"customs:{name}", args=args))


def test_a_broker_finds_its_batches_with_how_far_customs_has_come(batch, broker_user):
    page = get(broker_user, "batches").content.decode()

    assert "DB-2025-000001" in page
    assert [
        (row.declarations, row.released, row.refused, row.waiting)
        for row in queries.batches(batch.broker)
    ] == [(2, 1, 1, 0)]


@pytest.mark.parametrize("page", ["batch", "progress", "archive"])
def test_another_broker_does_not_find_the_batch(batch, page, client):
    other = user_of(party(Party.Kind.BROKER, "rival"), Role.BROKER)
    jobs.run_until_idle()

    assert get(other, page, batch.pk).status_code == 404


def test_another_broker_cannot_declare_the_refused_ones_again(batch):
    other = signed_in(user_of(party(Party.Kind.BROKER, "rival"), Role.BROKER))

    assert other.post(reverse("customs:declare-again", args=[batch.pk])).status_code == 404
    assert DeclarationBatch.objects.count() == 1


@pytest.mark.parametrize("page", ["batches", "batch", "progress", "archive"])
def test_an_importer_does_not_find_the_brokers_pages(batch, page, importer_user):
    args = () if page == "batches" else (batch.pk,)

    assert get(importer_user, page, *args).status_code == 404


def test_refusals_are_grouped_by_code_with_meaning_field_remedy_and_where(batch, broker_user):
    english = get(broker_user, "batch", batch.pk).content.decode()
    chinese = get(broker_user, "batch", batch.pk, language="zh-hans").content.decode()

    assert "-621018" in english
    assert "The consumer&#x27;s yearly limit would be exceeded" in english
    assert "Identity number and name of the buyer, total of each line" in english
    assert "buyerIdNumber, buyerName, totalPrice" in english
    assert f'<small><a href="{reverse("customs:guard")}">Personal use</a></small>' in english
    assert "超过个人年度限额" in chinese
    assert "订购人证件号码和姓名、总价" in chinese


def test_every_page_on_which_a_refusal_is_mended_opens_for_whoever_sees_batches(
    broker_user, operator_user
):
    for place in words.MENDED_AT.values():
        for reader in (broker_user, operator_user):
            assert signed_in(reader).get(reverse(place.page)).status_code == 200, place.page


def test_progress_renews_itself_until_the_files_are_made(batch, broker_user):
    waiting = get(broker_user, "progress", batch.pk).content.decode()
    jobs.run_until_idle()
    ready = get(broker_user, "progress", batch.pk).content.decode()

    assert 'hx-trigger="every 2s"' in waiting
    assert "hx-trigger" not in ready
    assert reverse("customs:archive", args=[batch.pk]) in ready


def test_the_archive_is_downloaded_as_a_zip_and_the_log_knows_by_whom(batch, broker_user):
    jobs.run_until_idle()

    response = get(broker_user, "archive", batch.pk)

    assert response["Content-Disposition"] == 'attachment; filename="DB-2025-000001.zip"'
    assert "manifest.json" in ZipFile(BytesIO(response.content)).namelist()
    fact = Fact.objects.get(name="customs.batch.downloaded")
    assert (fact.actor, fact.data["batch"]) == (f"user:{broker_user.pk}", batch.pk)


def test_an_archive_that_is_not_made_yet_is_not_found(batch, broker_user):
    assert get(broker_user, "archive", batch.pk).status_code == 404


def test_a_broker_declares_the_waiting_orders_once_though_it_asks_twice(take, stocked, broker_user):
    take(1)
    client = signed_in(broker_user)

    for _ in range(2):
        client.post(reverse("customs:declare"), {"pool": stocked.pk})

    assert DeclarationBatch.objects.count() == 1
    assert "waits to be declared" not in get(broker_user, "batches").content.decode()


@pytest.mark.parametrize("asked", ["", "0", "x"])
def test_a_pool_that_is_not_the_readers_cannot_be_declared_for(take, broker_user, asked):
    take(1)

    response = signed_in(broker_user).post(reverse("customs:declare"), {"pool": asked})

    assert response.status_code == 404


def test_a_group_of_refusals_is_declared_again_by_its_own_button(batch, broker_user):
    client = signed_in(broker_user)
    (group,) = queries.refusals(queries.declarations(batch))

    client.post(reverse("customs:declare-again", args=[batch.pk]), {"error_code": "-1"})
    nothing_new = DeclarationBatch.objects.count()
    own = client.post(
        reverse("customs:declare-again", args=[batch.pk]), {"error_code": group.error_code}
    )

    assert (nothing_new, own.status_code) == (1, 302)
    again = DeclarationBatch.objects.latest("pk")
    assert [row.cop_no for row in queries.declarations(again)] == ["DEC-2025-000003"]


def test_only_what_was_refused_is_declared_again(batch, broker_user, stocked):
    signed_in(broker_user).post(reverse("customs:declare-again", args=[batch.pk]))

    again = DeclarationBatch.objects.latest("pk")
    assert [row.cop_no for row in queries.declarations(again)] == ["DEC-2025-000003"]
    (group,) = queries.refusals(queries.declarations(batch))
    assert (group.count, group.open_count) == (1, 0)


def test_a_demonstration_is_answered_by_simulated_customs_in_the_background(
    take, stocked, broker_user
):
    Pool.objects.update(is_simulated=True)
    waiting = services.declare_batch(stocked, [take(1)], request_key="b1")
    client = signed_in(broker_user)

    client.post(reverse("customs:simulate", args=[waiting.pk]))
    on_its_way = get(broker_user, "batch", waiting.pk).content.decode()
    jobs.run_until_idle()
    done = get(broker_user, "batch", waiting.pk).content.decode()

    assert 'hx-select="#answers"' in on_its_way
    assert 'hx-select="#answers"' not in done
    assert [row.released for row in queries.batches(stocked.broker)] == [1]


def test_a_batch_that_is_no_demonstration_is_not_answered_by_anybody_but_customs(
    take, stocked, broker_user
):
    earnest = services.declare_batch(stocked, [take(1)], request_key="b1")

    response = signed_in(broker_user).post(reverse("customs:simulate", args=[earnest.pk]))

    assert response.status_code == 422
    assert not queries.is_being_answered(earnest)


def test_an_importer_sees_its_orders_with_the_reason_of_a_refusal(batch, importer_user):
    page = get(importer_user, "orders").content.decode()

    assert "SH-0001" in page
    assert "SH-0002" in page
    assert "The consumer&#x27;s yearly limit would be exceeded" in page


def test_a_stranger_sees_no_order_and_finds_none(take, stranger_user):
    order = take(1)

    assert "SH-0001" not in get(stranger_user, "orders").content.decode()
    assert get(stranger_user, "order", order.pk).status_code == 404


def test_the_page_of_an_order_tells_the_taxes_step_by_step_and_masks_the_buyer(take, importer_user):
    page = get(importer_user, "order", take(2).pk).content.decode()

    assert "VAT at 13 %, of which 70 % are levied: 45.50 CNY." in page
    assert "110105**********2X" in page
    assert BUYER.id_number not in page


def test_the_sources_of_an_assessment_are_named_in_the_readers_language(take, importer_user):
    order = take(1)

    chinese = get(importer_user, "order", order.pk, language="zh-hans").content.decode()

    assert "财关税〔2016〕18号; 增值税和消费税法规" in chinese
    assert "每项各税四舍五入至 0.01 元；以海关税款缴纳书为准" in chinese
    assert "regulations of the PRC" not in chinese


def test_the_page_of_an_order_shows_the_answers_of_customs(batch, importer_user):
    with tenancy.as_operator("test"):
        order_id = Declaration.objects.get(cop_no="DEC-2025-000002").order_id

    page = get(importer_user, "order", order_id).content.decode()

    assert "Refused by customs" in page
    assert "Cancel and refund the order" in page


def test_who_has_not_signed_in_is_asked_to(batch, client):
    response = client.get(reverse("customs:batch", args=[batch.pk]))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("orders", [1, 6])
def test_pages_cost_the_same_queries_whatever_the_size(
    take, stocked: Pool, orders, django_assert_num_queries, importer
):
    taken = [take(1, price_minor=1_000) for _ in range(orders)]
    batch = services.declare_batch(stocked, taken, request_key="b1")

    with django_assert_num_queries(1):
        assert len(queries.declarations(batch)) == orders
    with django_assert_num_queries(1):
        assert queries.batches(stocked.broker)[0].declarations == orders


@pytest.mark.parametrize("count", [1, 6])
def test_the_orders_of_an_importer_cost_one_query(
    take, importer, count, django_assert_num_queries, pool_in_view
):
    for _ in range(count):
        take(1, price_minor=1_000)

    with django_assert_num_queries(1):
        assert len(queries.orders(importer)) == count
