"""What every day wants once: charges accrued, owners warned of goods that grow old."""

from django.db import transaction

from core import clock
from core.models import Pool
from warehouse.keeping_notices import tell_ageing
from warehouse.models import Holding
from warehouse.queries import keeping
from warehouse.services.charging import accrue
from warehouse.services.disposing import open_cases


def keep_books(pool: Pool) -> int:
    """Accrue charges up to yesterday, warn of ageing goods, open disposal cases; how many ageing.

    Again on the same day it changes nothing.

    Raises:
        NoRate: goods lay on a day for which no storage rate is in force.
    """
    today = clock.today()
    accrue(pool, before=today)
    open_cases(pool, on=today)
    held = Holding.objects.filter(
        lot__receipt_line__receipt__consignment__pool=pool, lot__expires_on__isnull=False
    ).exclude(owner_id=pool.operator_id)
    with transaction.atomic():
        return tell_ageing(keeping.kept(held, today))
