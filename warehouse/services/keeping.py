"""Terms of keeping; and what every day wants once: charges accrued, owners warned of old goods."""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from core import clock
from core.domain.errors import Refusal
from core.models import Pool
from warehouse.domain.ageing import KeepingTerms
from warehouse.keeping_notices import tell_ageing
from warehouse.models import Holding, KeepingTerm
from warehouse.queries import ageing, keeping
from warehouse.services.charging import accrue
from warehouse.services.disposing import open_cases


class TermsStand(Refusal):
    """Raised when a day's terms would be replaced by others."""

    code = "terms-stand"
    reason = "Other terms hold from {day} already; what was reckoned with them stays explainable."
    remedy = "Let the new terms begin on another day."


def set_terms(pool: Pool, terms: KeepingTerms, *, valid_from: date) -> KeepingTerm:
    """Set from a day on what a pool reckons with when goods grow old. The same again: no change.

    Raises:
        TermsStand: other terms begin on that day.
    """
    made, is_new = KeepingTerm.objects.get_or_create(
        pool=pool, valid_from=valid_from, defaults=asdict(terms)
    )
    if not is_new and made.as_terms != terms:
        raise TermsStand(day=valid_from.isoformat())
    return made


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
    urgent = [lot.lot_id for lot in ageing.lots_in_stock(held, today) if lot.is_urgent]
    with transaction.atomic():
        return tell_ageing(keeping.kept(held.filter(lot_id__in=urgent), today))
