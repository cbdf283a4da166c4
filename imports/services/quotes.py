"""Requests for quotation: suppliers answer by signed links, the best answer becomes an offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from core import clock, facts, numbering
from core.domain.errors import Refusal
from core.domain.trade import Incoterm
from core.models import Party, Pool
from imports.domain.lanes import lane_from
from imports.domain.steps import QUOTE_REQUEST_STEPS
from imports.domain.supply import Break
from imports.models import (
    Product,
    Quote,
    QuoteAward,
    QuoteInvitation,
    QuoteRequest,
    QuoteRequestLine,
    QuoteTier,
)
from imports.services.supplier_links import send_new_link
from imports.services.supply import enter_offer


class RequestIsOver(Refusal):
    """Raised when a supplier answers a request that no longer takes answers."""

    code = "quote-request-over"
    reason = "Request {number} took answers until {answer_by}."
    remedy = "Ask the buyer to open a new request."


class NothingToQuote(Refusal):
    """Raised when a request names no products or no suppliers."""

    code = "nothing-to-quote"
    reason = "A request needs at least one product with units, and one supplier."
    remedy = "Add a product with units, and choose the suppliers to ask."


class LineAwarded(Refusal):
    """Raised when a line of a request is awarded a second time."""

    code = "quote-line-awarded"
    reason = "This line went to {supplier} already."
    remedy = "Open a new request to ask again."


@dataclass(frozen=True)
class QuoteTerms:
    """What a supplier answers to a line."""

    currency: str
    incoterm: str
    origin_port: str
    moq_units: int
    pack_units: int
    lead_time_days: int
    valid_before: date
    breaks: tuple[Break, ...]
    is_incremental: bool = False


@transaction.atomic
def ask_quotes(
    pool: Pool,
    *,
    lines: Mapping[Product, int],
    suppliers: Sequence[Party],
    answer_by: date,
    note: str = "",
) -> QuoteRequest:
    """Open a request to several suppliers; each gets a link of its own to answer by.

    Raises:
        NothingToQuote: nothing was opened.
    """
    if not lines or not suppliers:
        raise NothingToQuote
    today = clock.today()
    made = QuoteRequest.objects.create(
        pool=pool,
        number=numbering.next_number("RQ", today.year),
        asked_on=today,
        answer_by=answer_by,
        note=note,
    )
    QuoteRequestLine.objects.bulk_create(
        QuoteRequestLine(request=made, product=product, units=units)
        for product, units in lines.items()
    )
    for supplier in suppliers:
        invited = QuoteInvitation.objects.create(request=made, supplier_id=supplier.pk)
        send_new_link(invitation=invited)
    data = {"request": made.pk, "number": made.number, "suppliers": len(suppliers)}
    facts.append("imports.quote.asked", subject=f"quoterequest:{made.pk}", data=data)
    return made


def is_open(request: QuoteRequest) -> bool:
    """Whether a request still takes answers today."""
    return request.state == QuoteRequest.State.OPEN and clock.today() <= request.answer_by


@transaction.atomic
def answer_quotes(invitation: QuoteInvitation, answers: Mapping[int, QuoteTerms]) -> list[Quote]:
    """Keep a supplier's answers by line, as the next version; earlier answers stay on record.

    An answer that says what the latest one says is not kept again.

    Raises:
        RequestIsOver: nothing was kept.
        UnknownCurrency, NoLane: nothing was kept.
    """
    request = QuoteRequest.objects.select_for_update().get(pk=invitation.request_id)
    if not is_open(request):
        raise RequestIsOver(number=request.number, answer_by=request.answer_by)
    lines = {line.pk: line for line in request.lines.all()}
    kept = [
        _keep(invitation, lines[pk], terms)
        for pk, terms in sorted(answers.items())
        if pk in lines and latest_terms(invitation, pk) != terms
    ]
    QuoteInvitation.objects.filter(pk=invitation.pk).update(answered_at=clock.now())
    if kept:
        data = {"request": request.pk, "invitation": invitation.pk, "lines": len(kept)}
        facts.append("imports.quote.answered", subject=f"quoterequest:{request.pk}", data=data)
    return kept


def _keep(invitation: QuoteInvitation, line: QuoteRequestLine, terms: QuoteTerms) -> Quote:
    lane_from(terms.origin_port)
    rows = Quote.objects.filter(invitation=invitation, line=line)
    version = rows.aggregate(latest=Max("version"))["latest"] or 0
    said = {key: value for key, value in terms.__dict__.items() if key != "breaks"}
    quote = Quote.objects.create(
        invitation=invitation,
        line=line,
        version=version + 1,
        answered_at=clock.now(),
        **{**said, "incoterm": Incoterm(terms.incoterm)},
    )
    QuoteTier.objects.bulk_create(
        QuoteTier(quote=quote, from_units=each.from_units, price_minor=each.price_minor)
        for each in terms.breaks
    )
    return quote


def latest_terms(invitation: QuoteInvitation, line_id: int) -> QuoteTerms | None:
    """What a supplier answered to a line last."""
    rows = Quote.objects.filter(invitation=invitation, line_id=line_id).order_by("-version")
    quote = rows.prefetch_related("tiers").first()
    if quote is None:
        return None
    said = {
        name: getattr(quote, name) for name in QuoteTerms.__dataclass_fields__ if name != "breaks"
    }
    breaks = tuple(Break(tier.from_units, tier.price_minor) for tier in quote.tiers.all())
    return QuoteTerms(**said, breaks=breaks)


@transaction.atomic
def award_quote(quote: Quote) -> QuoteAward:
    """Turn a quote into an offer that holds from today; the last line closes the request.

    Raises:
        LineAwarded, StepNotAllowed, OfferNotLater: nothing changed.
    """
    line, today = quote.line, clock.today()
    request = QuoteRequest.objects.select_for_update().get(pk=line.request_id)
    QUOTE_REQUEST_STEPS.next(request.state, "award")
    taken = QuoteAward.objects.filter(line=line).select_related("quote__invitation__supplier")
    if known := taken.first():
        raise LineAwarded(supplier=known.quote.invitation.supplier.name)
    offer = enter_offer(
        supplier=quote.invitation.supplier,
        product=line.product,
        breaks=[Break(tier.from_units, tier.price_minor) for tier in quote.tiers.all()],
        currency=quote.currency,
        incoterm=quote.incoterm,
        origin_port=quote.origin_port,
        moq_units=quote.moq_units,
        pack_units=quote.pack_units,
        lead_time_days=quote.lead_time_days,
        is_incremental=quote.is_incremental,
        valid_from=today,
        valid_before=quote.valid_before,
    )
    award = QuoteAward.objects.create(line=line, quote=quote, offer=offer, awarded_on=today)
    if not request.lines.filter(award__isnull=True).exists():
        state = QUOTE_REQUEST_STEPS.next(request.state, "award")
        QuoteRequest.objects.filter(pk=request.pk).update(state=state)
    data = {"request": request.pk, "quote": quote.pk, "offer": offer.pk}
    facts.append("imports.quote.awarded", subject=f"quoterequest:{request.pk}", data=data)
    return award
