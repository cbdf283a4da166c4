"""Entries under which consignments come into the zone, as customs accepted them."""

from datetime import date

from django.db import transaction

from core import facts
from customs.domain.entries import entry_number
from fx_settlement import services as settlement
from imports.models import Consignment


@transaction.atomic
def accept_entry(consignment: Consignment, number: str, *, on: date) -> str:
    """Record that customs accepted a consignment's entry; banks are told it with each payment.

    The same number again changes nothing.

    Raises:
        BadEntryNumber, EntryNotedOtherwise: nothing was recorded.
    """
    number = entry_number(number, on)
    written = settlement.note_entry(consignment, number, accepted_on=on)
    data = {"consignment": consignment.pk, "order": consignment.order_id, "number": number}
    subject = f"consignment:{consignment.pk}"
    if not facts.exists("customs.entry.accepted", subject):
        facts.append("customs.entry.accepted", subject=subject, data=data | {"owed": written})
    return number
