"""Invoices of the operator's own service: one per importer and charge, drawn in the background."""

from collections.abc import Mapping

from core import clock, documents, jobs, numbering
from core.models import Document, Pool
from fx_settlement.models import FeeInvoice

PRINT_FEE_INVOICE = "fx.print_fee_invoice"
LANGUAGES = ("en", "zh-hans")


def bill_fees(pool: Pool, source: str, fees: Mapping[int, int]) -> list[FeeInvoice]:
    """Bill what was charged, in the caller's transaction; nothing is billed for nothing."""
    owed = {importer: minor for importer, minor in sorted(fees.items()) if minor > 0}
    if not owed:
        return []
    today = clock.today()
    numbers = numbering.next_numbers("OF", today.year, len(owed))
    made: list[FeeInvoice] = FeeInvoice.objects.bulk_create(
        FeeInvoice(
            importer_id=importer,
            pool=pool,
            number=number,
            source=source,
            amount_minor=minor,
            issued_on=today,
        )
        for number, (importer, minor) in zip(numbers, owed.items(), strict=True)
    )
    for each in made:
        jobs.order(PRINT_FEE_INVOICE, key=f"{PRINT_FEE_INVOICE}:{each.pk}", invoice=each.pk)
    return made


def paper_key(invoice_id: int, language: str) -> str:
    """Under what an invoice's paper is kept."""
    return f"{PRINT_FEE_INVOICE}:{invoice_id}/{language}"


def paper_of(invoice: FeeInvoice, language: str) -> Document | None:
    """The paper in a reader's language, once it is drawn."""
    wanted = language if language in LANGUAGES else LANGUAGES[0]
    return documents.find(paper_key(invoice.pk, wanted))
