"""The ledger as a file for an independent check."""

from collections.abc import Iterator

from django.db.models import F

from core.domain.beancount import Book, Posting, write
from core.models import Account, Transfer


def beancount_lines() -> Iterator[str]:
    """Every account and every posted transfer as beancount reads them. Two queries.

    Holds post nothing and are not written; what was taken of one is.
    """
    accounts = Account.objects.order_by("pk").values_list(
        "pk", "code", "currency", "owner_id", "subject", F("debits_posted") - F("credits_posted")
    )
    posted = Transfer.objects.filter(kind__in=[Transfer.Kind.SINGLE, Transfer.Kind.POST])
    rows = posted.order_by("on", "pk").values_list(
        "on", "key", "code", "debit_id", "credit_id", "currency", "amount_minor"
    )
    books = [Book(*row) for row in accounts]
    yield from write(books, (Posting(*row) for row in rows.iterator(chunk_size=2000)))
