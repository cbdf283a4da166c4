"""What a page asks of the database does not grow with the pool."""

from fx_settlement import queries, services


def test_a_batchs_page_costs_the_same_queries_whatever_the_importers(
    closed, django_assert_num_queries
):
    with django_assert_num_queries(2):
        shares = queries.share_rows(closed)
    with django_assert_num_queries(1):
        payments = queries.payment_rows(closed)

    assert [row.importer_code for row in shares] == ["kowhai", "stranger"]
    assert [row.amount_minor for row in payments] == [117_500]


def test_the_list_of_batches_costs_one_query(closed, operator, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = queries.batch_rows(operator)

    assert [(row.number, row.foreign_minor, row.cny_minor, row.payments) for row in rows] == [
        (closed.number, 117_500, 850_230, 1)
    ]


def test_pooled_figures_cost_three_queries(closed, owed, django_assert_num_queries):
    with django_assert_num_queries(3):
        paid = queries.pooled_minor(owed.a, [owed.pool])

    assert sum(paid.values()) == 566_818 + 13_333


def test_deposits_are_asked_for_with_one_query(owed, django_assert_num_queries):
    with django_assert_num_queries(1):
        missing = services.shortfalls(owed.pool, {owed.a.pk: 100, owed.b.pk: 0})

    assert missing == {owed.a.pk: 100}


def test_another_operator_has_no_batches(closed, importer):
    assert queries.batch_rows(importer) == []
    assert queries.waiting_rows(importer) == []
