"""Taking consumer orders: three papers that agree, taxes assessed, stock and year reserved."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import clock, facts, tenancy, vault
from core.domain.errors import Phrase, Refusal
from core.domain.trade import from_minor
from core.models import Party, Pool
from customs import queries, territories
from customs.domain.assessment import Assessment, TaxCollectedDiffers
from customs.domain.jurisdiction import Jurisdiction
from customs.domain.measures import Measure
from customs.domain.papers import Papers
from customs.domain.states import DRAFT, STATES
from customs.models import (
    ConsumerOrder,
    ConsumerOrderLine,
    Declaration,
    DeclarationLine,
    PaymentRecord,
    Waybill,
)
from customs.services import commitments, guarding, quantities
from customs.services.intake import (
    OnRecord,
    OrderedLine,
    OrderIntake,
    as_declared,
    fingerprint,
    papers_of,
    tax_case,
)
from warehouse.domain.fefo import NotEnoughStock
from warehouse.models import BookItem
from warehouse.queries import free_units

MOST_ATTEMPTS = 4
"""How often an order starts over that met another of the same number or person."""

TOLERANCE_MINOR = 1
"""Platform and assessment may differ by a cent, as customs' own notices do."""


class OrderTakenOtherwise(Refusal):
    """Raised when an order number comes again with another content."""

    code = "order-taken-otherwise"
    reason = "Order {order_no} was taken before and says something else now."
    remedy = "Cancel the first order, or give the new one a number of its own."


class PaperUsedBefore(Refusal):
    """Raised when a payment or waybill already belongs to another order."""

    code = "paper-used-before"
    reason = "The {paper} {number} already belongs to another order."
    remedy = "Send the {paper} of this order."


def quote(
    pool: Pool, lines: Sequence[OrderedLine], *, freight_minor: int = 0, on: date | None = None
) -> Assessment:
    """The taxes that a platform is to collect at checkout, with the steps that lead to them.

    Raises:
        OverOrderLimit: the order is too large for retail import.
    """
    territory, day = territories.of(pool), on or clock.today()
    case = tax_case(lines, freight_minor=freight_minor, measures=_measures(territory, lines, day))
    return territory.assess(case, day)


def _measures(
    territory: Jurisdiction, lines: Iterable[OrderedLine], on: date
) -> tuple[Measure, ...]:
    return queries.measures(territory.code, [line.product.hs_code for line in lines], on)


def take_order(importer: Party, intake: OrderIntake) -> ConsumerOrder:
    """Take an order whose papers keep every rule; stock, year and taxes are set aside for it.

    The same order again returns the first and writes nothing, also when both come at the same
    moment. An order that meets another of the same number or person starts over, a bounded number
    of times.

    Raises:
        Refusal: the first rule that the papers break, by its own code.
        OverOrderLimit, OverPersonYearLimit, TaxCollectedDiffers: as the assessment says.
        NotEnoughStock: the importer has too few free units.
        OrderTakenOtherwise, PaperUsedBefore: numbers come again for something else.
    """
    print_of_it = fingerprint(importer, intake)
    try:
        for _ in range(MOST_ATTEMPTS - 1):
            with suppress(IntegrityError):
                return _take_once(importer, intake, print_of_it)
        return _take_once(importer, intake, print_of_it)
    except Refusal:
        taken_meanwhile = _taken_before(intake, print_of_it)
        if taken_meanwhile is None:
            raise
        return taken_meanwhile


@transaction.atomic
def _take_once(importer: Party, intake: OrderIntake, print_of_it: bytes) -> ConsumerOrder:
    earlier = _taken_before(intake, print_of_it)
    if earlier is not None:
        return earlier
    with tenancy.acting_for(importer):
        return _take(importer, intake, print_of_it)


def _taken_before(intake: OrderIntake, print_of_it: bytes) -> ConsumerOrder | None:
    """The order of this number, where one was taken.

    Raises:
        OrderTakenOtherwise: it says something else.
    """
    with tenancy.as_operator("look for an order taken before"):
        earlier: ConsumerOrder | None = ConsumerOrder.objects.filter(
            platform=intake.platform, order_no=intake.order_no
        ).first()
    if earlier is not None and bytes(earlier.intake_hmac) != print_of_it:
        raise OrderTakenOtherwise(order_no=intake.order_no)
    return earlier


def _take(importer: Party, intake: OrderIntake, print_of_it: bytes) -> ConsumerOrder:
    papers = papers_of(intake, on_record(intake))
    quotas = _quotas(intake)
    assessment = _judge(intake, papers, quotas)
    order = _write_order(importer, intake, print_of_it)
    declaration = _write_declaration(order, assessment)
    lines = _write_lines(declaration, intake, papers, assessment, quotas)
    commitments.reserve_stock(declaration, lines, minimum_expiry=intake.minimum_expiry)
    limit = territories.of(intake.pool).person_year_limit_minor(assessment.on)
    commitments.use_year(order, declaration.dutiable_minor, limit)
    quantities.open_years(order, quotas)
    quantities.take(order, lines, quotas)
    commitments.hold_tax_in_trust(order)
    guarding.trace(order, intake.parcel, declaration)
    _tell("customs.order.taken", declaration, tax_minor=order.tax_minor)
    return order


def objections(importer: Party, intake: OrderIntake) -> list[Refusal]:
    """Everything that speaks against taking an order now; nothing is written.

    Stock is looked at as it is: orders that wait to be taken are not counted against it.
    """
    try:
        if _taken_before(intake, fingerprint(importer, intake)) is not None:
            return []
    except OrderTakenOtherwise as taken_otherwise:
        return [taken_otherwise]
    papers = papers_of(intake, on_record(intake))
    on = timezone.localtime(intake.ordered_at).date()
    broken = list(territories.of(intake.pool).breaches(papers, on))
    return broken or [*_unassessable(intake, papers), *_short_stock(importer, intake)]


def _quotas(intake: OrderIntake) -> quantities.Quotas:
    """What a person's year allows of the ordered goods, where the territory counts it."""
    on = timezone.localtime(intake.ordered_at).date()
    return quantities.quotas_in(intake.pool, [line.product.hs_code for line in intake.lines], on)


def _unassessable(intake: OrderIntake, papers: Papers) -> Iterator[Refusal]:
    try:
        _judge(intake, papers, _quotas(intake))
    except Refusal as refusal:
        yield refusal


def _short_stock(importer: Party, intake: OrderIntake) -> Iterator[Refusal]:
    asked: Counter[int] = Counter()
    products = {line.product.pk: line.product for line in intake.lines}
    for line in intake.lines:
        asked[line.product.pk] += line.units
    with tenancy.acting_for(importer):
        last_day_from = commitments.usable_until(importer, intake.platform, intake.minimum_expiry)
        for pk, units in sorted(asked.items()):
            free = free_units(importer, products[pk], last_day_from=last_day_from)
            if free < units:
                yield NotEnoughStock(free=free, asked=units)


def _tell(name: str, declaration: Declaration, **more: int) -> None:
    """Write down what happened to an order, for the log and for the importer's shop."""
    order = declaration.order
    data = {
        "importer": declaration.importer_id,
        "order": order.pk,
        "order_no": order.order_no,
        "declaration": declaration.pk,
        **more,
    }
    facts.append(name, subject=f"order:{order.pk}", data=data)


def on_record(intake: OrderIntake) -> OnRecord:
    """What the zone has on record of an order's products. Two queries."""
    ids = [line.product.pk for line in intake.lines]
    return OnRecord(
        record_nos(intake.pool, ids), queries.confirmed_codes(ids, intake.pool.zone_code)
    )


def record_nos(pool: Pool, product_ids: Iterable[int]) -> dict[int, str]:
    """Item numbers of products in the pool's account books: the oldest book that has units left."""
    items = BookItem.objects.filter(book__pool=pool, product_id__in=list(product_ids))
    by_age = sorted(
        items.select_related("book"),
        key=lambda item: (item.counters.surplus_units <= 0, item.book.cycle_from, item.pk),
    )
    return {item.product_id: str(item.item_no) for item in reversed(by_age)}


def _judge(intake: OrderIntake, papers: Papers, quotas: quantities.Quotas) -> Assessment:
    """The assessment of papers that keep every rule.

    Raises:
        Refusal: whichever comes first.
    """
    territory = territories.of(intake.pool)
    on = timezone.localtime(intake.ordered_at).date()
    for refusal in territory.breaches(papers, on):
        raise refusal
    _refuse_used_papers(intake)
    buyer = vault.find("id_number", intake.buyer.id_number)
    quantities.refuse_beyond(buyer, intake.lines, quotas, on.year)
    case = tax_case(
        intake.lines,
        freight_minor=intake.freight_minor,
        used_this_year_minor=commitments.used_this_year(buyer, on.year),
        measures=_measures(territory, intake.lines, on),
    )
    assessment = territory.assess(case, on)
    if abs(intake.tax_minor - assessment.total_minor) > TOLERANCE_MINOR:
        raise TaxCollectedDiffers(
            order_no=intake.order_no,
            collected=from_minor(intake.tax_minor, intake.pool.currency),
            assessed=from_minor(assessment.total_minor, intake.pool.currency),
        )
    return assessment


def _refuse_used_papers(intake: OrderIntake) -> None:
    payment, parcel = intake.payment, intake.parcel
    if PaymentRecord.objects.filter(
        company=payment.company, transaction_no=payment.transaction_no
    ).exists():
        raise PaperUsedBefore(paper=Phrase("payment"), number=payment.transaction_no)
    if Waybill.objects.filter(carrier=parcel.carrier, waybill_no=parcel.waybill_no).exists():
        raise PaperUsedBefore(paper=Phrase("waybill"), number=parcel.waybill_no)


def _write_order(importer: Party, intake: OrderIntake, print_of_it: bytes) -> ConsumerOrder:
    buyer = vault.keep(
        {
            "name": intake.buyer.name,
            "id_number": intake.buyer.id_number,
            "phone": intake.buyer.phone,
        }
    )
    order = ConsumerOrder(
        importer_id=importer.pk,
        pool=intake.pool,
        platform=intake.platform,
        order_no=intake.order_no,
        buyer=buyer,
        ordered_at=intake.ordered_at,
        goods_minor=intake.goods_minor,
        freight_minor=intake.freight_minor,
        discount_minor=intake.discount_minor,
        tax_minor=intake.tax_minor,
        paid_minor=intake.paid_minor,
        intake_hmac=print_of_it,
    )
    order.save(force_insert=True)
    _write_papers(order, intake)
    return order


def _write_papers(order: ConsumerOrder, intake: OrderIntake) -> None:
    ConsumerOrderLine.objects.bulk_create(
        ConsumerOrderLine(
            order=order,
            line_no=number,
            product=line.product,
            units=line.units,
            price_minor=line.price_minor,
        )
        for number, line in enumerate(intake.lines, start=1)
    )
    PaymentRecord.objects.create(
        order=order,
        company=intake.payment.company,
        transaction_no=intake.payment.transaction_no,
        payer_id=order.buyer_id,
        amount_minor=intake.payment.amount_minor,
        paid_at=intake.payment.paid_at,
    )
    consignee = vault.keep(
        {
            "name": intake.parcel.consignee_name,
            "phone": intake.parcel.consignee_phone,
            "address": intake.parcel.consignee_address,
        }
    )
    Waybill.objects.create(
        order=order,
        carrier=intake.parcel.carrier,
        waybill_no=intake.parcel.waybill_no,
        consignee=consignee,
        gross_weight_g=intake.parcel.gross_weight_g,
    )


def _write_declaration(order: ConsumerOrder, assessment: Assessment) -> Declaration:
    declaration = Declaration(
        importer_id=order.importer_id,
        order=order,
        state=DRAFT,
        regime=assessment.regime.value,
        dutiable_minor=assessment.dutiable_minor,
        duty_minor=assessment.duty_minor,
        consumption_tax_minor=assessment.consumption_tax_minor,
        vat_minor=assessment.vat_minor,
        assessment=assessment.as_json(),
    )
    declaration.save(force_insert=True)
    return declaration


def _write_lines(
    declaration: Declaration,
    intake: OrderIntake,
    papers: Papers,
    assessment: Assessment,
    quotas: quantities.Quotas,
) -> list[DeclarationLine]:
    taxes = {line.line_no: line for line in assessment.lines}
    return DeclarationLine.objects.bulk_create(
        DeclarationLine(
            declaration=declaration,
            product=line.product,
            specification=line.product.model_zh,
            origin=line.product.origin,
            dutiable_minor=taxes[goods.line_no].dutiable_minor,
            duty_minor=taxes[goods.line_no].duty_minor,
            consumption_tax_minor=taxes[goods.line_no].consumption_tax_minor,
            vat_minor=taxes[goods.line_no].vat_minor,
            **quantities.held(quotas, line.product),
            **as_declared(goods),
        )
        for line, goods in zip(intake.lines, papers.order.goods, strict=True)
    )


@transaction.atomic
def cancel_order(order: ConsumerOrder) -> ConsumerOrder:
    """Cancel an order that customs does not have: stock, year and taxes go back.

    Raises:
        StepNotAllowed: it is declared or released; customs has to be asked instead.
    """
    with tenancy.as_operator("cancel an order"):
        declaration = Declaration.objects.select_for_update(of=("self",)).get(order=order)
        state = STATES.next(declaration.state, "cancel")
        if declaration.state == DRAFT:
            lines = list(declaration.lines.select_related("product"))
            commitments.free_stock(declaration, lines)
            commitments.free_year(order, declaration.dutiable_minor)
            quantities.free_all(order, lines)
        commitments.refund_tax(order)
        Declaration.objects.filter(pk=declaration.pk).update(state=state)
        ConsumerOrder.objects.filter(pk=order.pk).update(state=ConsumerOrder.State.CANCELLED)
        _tell("customs.order.cancelled", declaration)
        order.refresh_from_db()
        return order
