from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def remember(apps, schema_editor):
    """What was bought and paid before says by which conversion, and for which documents."""
    model = apps.get_model
    conversions = model("fx_settlement", "Conversion").objects.filter(batch=OuterRef("batch"))
    bought = model("fx_settlement", "Obligation")._base_manager.filter(cny_minor__isnull=False)
    bought.update(conversion=Subquery(conversions.values("pk")[:1]))
    model("fx_settlement", "Obligation")._base_manager.filter(
        state="held", held_because=""
    ).update(held_because="disputed")
    batches = model("fx_settlement", "SettlementBatch").objects
    batches.update(to_buy_minor=F("foreign_minor"))
    quotes = model("fx_settlement", "Quote").objects.filter(batch=OuterRef("pk")).order_by("-pk")
    agreed = batches.filter(approved_by__isnull=False)
    agreed.update(chosen=Subquery(quotes.values("pk")[:1]))
    _write_lines(model)


def _write_lines(model):
    line = model("fx_settlement", "PaymentLine")
    paid = model("fx_settlement", "Obligation")._base_manager.filter(payment__isnull=False)
    rows = paid.order_by("pk").values_list(
        "payment_id", "pk", "order__number", "importer__code", "amount_minor"
    )
    line.objects.bulk_create(
        (
            line(
                payment_id=payment,
                obligation_id=obligation,
                document=f"{number}/{importer}",
                amount_minor=minor,
            )
            for payment, obligation, number, importer, minor in rows.iterator()
        ),
        batch_size=500,
    )


def nothing(apps, schema_editor):
    """Whoever goes back drops the columns."""


class Migration(migrations.Migration):

    dependencies = [
        ('fx_settlement', '0003_accounts_and_files'),
    ]

    operations = [migrations.RunPython(remember, nothing)]
