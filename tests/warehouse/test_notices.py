"""Importers are told when goods they ordered arrived short or damaged."""

import pytest

from core import notices
from tests.warehouse.test_allocating import receive_and_allocate

pytestmark = pytest.mark.usefixtures("as_operator")


def test_an_importer_whose_share_is_cut_is_told_until_a_later_delivery_makes_it_whole(
    account_book, pool, order_line, importer, importer_user, stranger, stranger_user
):
    receive_and_allocate(pool, order_line, 70, good=60, damaged=10)

    (told,) = notices.of(importer_user, [importer.pk])
    number, name = order_line.order.number, order_line.product.name
    assert told.what == f"Of 60 units of {name} in order {number} you have 30 so far."
    assert notices.of(stranger_user, [stranger.pk]) == []

    receive_and_allocate(pool, order_line, 30, good=30)

    assert notices.of(importer_user, [importer.pk]) == []
