"""As many obligations as a test or a benchmark asks for, of orders like the one of a trade."""

from collections.abc import Iterator
from itertools import cycle, islice

from core import bulk
from fx_settlement.models import Obligation
from imports.models import PurchaseOrder


def _copies(model: type, row: object, count: int, **changed: Iterator[object]) -> None:
    """So many rows like one, but for some attributes."""
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    kept = [cycle([getattr(row, name)]) for name in names]
    columns = [changed.get(name, own) for name, own in zip(names, kept, strict=True)]
    bulk.insert(model, names, list(islice(zip(*columns, strict=False), count)))


def owe(owed, count: int) -> None:
    """``count`` more open obligations of the trade's importers, each of another order."""
    (one, *_) = Obligation.objects.filter(importer=owed.a, kind="invoice").order_by("pk")
    start = PurchaseOrder.objects.count()
    numbers = (f"PO-MANY-{number:06}" for number in range(start, start + count))
    _copies(PurchaseOrder, one.order, count, number=numbers)
    orders = PurchaseOrder.objects.filter(number__startswith="PO-MANY").order_by("-pk")
    keys = sorted(orders.values_list("pk", flat=True)[:count])
    nothing = dict.fromkeys(
        ("batch_id", "conversion_id", "payment_id", "cny_minor", "margin_minor", "fee_minor")
    )
    _copies(
        Obligation,
        one,
        count,
        state=cycle(["open"]),
        **{name: cycle([value]) for name, value in nothing.items()},
        order_id=iter(keys),
        importer_id=cycle([owed.a.pk, owed.b.pk]),
        amount_minor=(1_000 + number * 37 % 90_000 for number in range(count)),
    )
