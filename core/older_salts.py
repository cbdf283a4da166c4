"""What an upgrade notes of facts that were written before salts were keyed."""

from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_migrate

from core import facts, keys, salts
from core.models.fact import Fact, LogHead

SAMPLE = 1000
"""Facts looked at from either end; one keyed salt among them means that salts are keyed already."""

facts.register(salts.KEYED, fields={"size", "waiting"})


@transaction.atomic
def note(**_: Any) -> bool:
    """Write the fact that ends the time of random salts, where nothing but such facts stands.

    Called after every migrate; whether it wrote.
    """
    if not Fact.objects.exists() or _any_is_keyed():
        return False
    head = LogHead.objects.order_by("-size").first()
    waiting = Fact.objects.filter(entry__isnull=True).order_by("pk").values_list("pk", flat=True)
    data = {"size": head.size if head else 0, "waiting": list(waiting)}
    facts.append(salts.KEYED, subject="log", data=data)
    return True


def _any_is_keyed() -> bool:
    ring, rows = keys.ring(), Fact.objects.order_by("pk")
    ends = Q(pk__in=list(rows.values_list("pk", flat=True)[:SAMPLE])) | Q(
        pk__in=list(rows.reverse().values_list("pk", flat=True)[:SAMPLE])
    )
    return any(salts.fits(fact, ring) for fact in rows.filter(ends))


post_migrate.connect(note, sender=apps.get_app_config("core"), dispatch_uid="core.older_salts")
