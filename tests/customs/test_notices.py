"""Importers are told why customs refused; brokers are told what waits for them."""

from datetime import timedelta

from django.utils import translation

from core import clock, jobs, notices
from core.models import Party
from customs.models import DeclarationBatch
from customs.services import hand_over
from tests.customs.test_declaring import answer, declare, of


def test_an_importer_is_told_the_very_reason_until_the_order_is_declared_again(
    take, stocked, importer, importer_user
):
    order = take(2)
    declare(stocked, order)
    answer(order, "100", raw="-621018 清单中购买人已用购买额度")

    (told,) = notices.of(importer_user, [importer.pk])
    assert told.what.startswith(
        f"Customs refused the declaration of order {order.order_no} (-621018): "
    )
    assert told.address == f"/customs/orders/{order.pk}/"
    with translation.override("zh-hans"):
        assert "超过个人年度限额" in notices.of(importer_user, [importer.pk])[0].what

    with clock.at(of(order).declared_at + timedelta(hours=1)):
        declare(stocked, order, key="b2")

    assert notices.of(importer_user, [importer.pk]) == []


def test_a_broker_is_told_of_a_batch_until_it_has_taken_its_files(take, stocked, broker_user):
    declare(stocked, take(2))
    broker = [Party.objects.get(kind="broker").pk]
    (told,) = notices.of(broker_user, broker)
    assert told.what == "Batch DB-2025-000001 with 1 declarations is yours."

    jobs.run_until_idle()
    hand_over(DeclarationBatch.objects.get())

    assert notices.of(broker_user, broker) == []
