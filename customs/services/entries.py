"""Entries under which consignments come into the zone, as customs accepted them."""

from datetime import date

from django.db import transaction

from core import facts
from customs.domain.entries import entry_number, is_entry_number
from customs.domain.zone import STANDS
from customs.models import ZonePaper
from fx_settlement import services as settlement
from fx_settlement.models import EntryNumber
from imports.models import Consignment


def hear_entry(paper: ZonePaper, on: date) -> None:
    """Note the entry that customs' answer to a consignment's list named; again changes nothing.

    An entry that is noted already stands, by whatever list or hand it came. Nothing is noted of a
    list that customs has not approved, of a draft's number, or of one from another year.
    """
    if paper.consignment is None or paper.state not in STANDS:
        return
    noted = EntryNumber.objects.filter(consignment=paper.consignment)
    if is_entry_number(paper.entry_no, on) and not noted.exists():
        accept_entry(paper.consignment, paper.entry_no, on=on)


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
