"""A small pool in which one of everything exists, and everybody who might try a hand at it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from django.db import connection, transaction
from django.test import Client
from PIL import Image

from core import accounts, api_keys, clock, facts, jobs, rates, tenancy, webhooks
from core.api_keys import Scope
from core.models import (
    Agreement,
    ApiKey,
    Job,
    Membership,
    Party,
    Pool,
    Role,
    Transfer,
    Unit,
    User,
)
from customs import services as customs
from customs.models import (
    ConsumerOrder,
    Correction,
    Declaration,
    DeclarationBatch,
    GuardCase,
    InspectionGrant,
    OrderSheet,
    PaymentStep,
    ZonePaper,
)
from customs.services import inspecting
from fx_settlement import services as settlement
from fx_settlement.domain.three_way import InvoicedLine
from fx_settlement.models import (
    AccountStatement,
    BankEntry,
    FundingRequest,
    GrantedClaim,
    LateCharge,
    Obligation,
    TierReview,
)
from fx_settlement.services import evidence as bank_evidence
from fx_settlement.services import papers
from fx_settlement.services.fee_invoices import bill_fees
from imports import services as imports
from imports.domain.records import RecordDraft
from imports.domain.supply import Break
from imports.models import (
    Certificate,
    Commitment,
    Consignment,
    ConsignmentCharge,
    ForecastUpload,
    GoodsImage,
    GoodsRecord,
    OrderAmendment,
    PriceTier,
    Product,
    PurchaseOrder,
    Quote,
    QuoteRequest,
    Round,
    RoundMember,
    RoundPlan,
    RoundShare,
    ShippingNotice,
    ShippingPaper,
    SupplierContact,
)
from tests.conftest import BROKER, IMPORTER, OPERATOR, STRANGER, party, small_pool, user_of
from tests.customs.shop import BUYER, OTHER_BUYER, Shop, formula, honey, stock_up
from tests.fx_settlement import bank
from tests.fx_settlement.conftest import give_accounts
from tests.warehouse import goods
from traceability import complaints, labels, recalls, resolver, sampling
from traceability import services as traceability
from traceability.domain.epcis import CONTEXT
from traceability.domain.resolving import Link
from traceability.epcis import capture
from traceability.epcis import standing as standing_queries
from traceability.models import Complaint, LabelBatch, Recall, RecallNotice, ResolverLink, Sample
from warehouse import services as warehouse
from warehouse.models import (
    BookClose,
    BookDocument,
    Claim,
    CountTask,
    DispatchOrder,
    DisposalCase,
    DisposalEvidence,
    Lien,
    Location,
    Lot,
    Photo,
    Receipt,
    Release,
    ReturnCase,
)
from warehouse.services import counting

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
NOW = datetime(2025, 5, 1, 1, 30, tzinfo=UTC)
SIGNED_IN = ("importer", "stranger", "operator", "rival-operator", "broker", "rival-broker")
EVERYBODY = ("anonymous", *SIGNED_IN)
VOLATILE = {"django_session", "core_tries", "django_migrations"}
"""Tables that asking may change: sessions, and the counts of tries."""


@dataclass
class World:
    """The objects that addresses name; all belong to the importer, the operator or the broker."""

    pool: Pool
    importer: Party
    users: dict[str, User]
    keys: dict[str, str]
    upload: ForecastUpload
    sheet: OrderSheet
    lot: Lot
    recall: Recall
    kept_link: ResolverLink
    labels: LabelBatch
    complaint: Complaint
    sample: Sample
    pallet: Location
    answer_link: str
    receipt: Receipt
    awaited: Consignment
    release: Release
    count: CountTask
    back: ReturnCase
    paper: BookDocument
    round: Round
    record: GoodsRecord
    image: GoodsImage
    committed: Commitment
    charge: ConsignmentCharge
    contact: SupplierContact
    order_paper: ShippingPaper
    certificate: Certificate
    supplier: Party
    quotes: QuoteRequest
    quote: Quote
    quote_token: str
    amendment: OrderAmendment
    notice: ShippingNotice
    order_token: str
    order: ConsumerOrder
    waiting: ConsumerOrder
    batch: DeclarationBatch
    parcel: DispatchOrder
    settlement: object
    entered: object
    owing: object
    asked: object
    refund: object
    late: object
    apart: object
    unmatched: object
    parked: Job
    code: str
    key: ApiKey
    webhook: object
    told: object
    capture: object
    colleague: Membership
    agreement: Agreement
    invitation: str
    reset: str
    claim: Claim
    photo: Photo
    correction: Correction
    listed: ZonePaper
    pushed: PaymentStep
    suspect: GuardCase
    inspection: InspectionGrant
    inspection_link: str
    close: BookClose
    disposal: DisposalCase
    evidence: DisposalEvidence
    appeal: object
    lien: Lien
    granted: object
    moved: Transfer
    fee_invoice: object

    def client(self, who: str, **more: object) -> Client:
        """A browser signed in as somebody, or as nobody."""
        client = Client(raise_request_exception=False, **more)
        if who in self.users:
            client.force_login(self.users[who])
        return client


def besieged() -> World:
    """A new world around the small pool."""
    kinds = Party.Kind
    operator = party(kinds.OPERATOR, "operator", **OPERATOR)
    broker = party(kinds.BROKER, "broker", **BROKER)
    importer = party(kinds.IMPORTER, "kowhai", **IMPORTER)
    stranger = party(kinds.IMPORTER, "stranger", **STRANGER)
    return build(small_pool(operator, broker), importer, stranger)


def build(pool: Pool, importer: Party, stranger: Party) -> World:
    """One of everything, made through the services as its owners would."""
    users = _users(pool, importer, stranger)
    products = [formula(), honey()]
    stock_up(pool, importer, products)
    shop = Shop.open(pool, products[0])
    with tenancy.as_operator("world"):
        receipt = Receipt.objects.order_by("pk").first()
        lot = Lot.objects.order_by("pk").first()
        awaited = _awaited(pool, products[0], importer)
        release = _release(pool, products[0])
        codes = traceability.issue_codes(lot, 3)
        claim, photo = goods.claimed(receipt.lines.order_by("pk").first())
        complaint = _complaint(codes[1])
        printed = labels.order_labels(lot, 2, has_pin=True, request_key="world")
        close, evidence = goods.closing(lot), goods.disposed(lot)
        draft = _settlement(pool, receipt)
        said = _bank(pool, importer, users["rival-operator"])
        settlement.review_all()
        (fee_invoice,) = bill_fees(pool, "operator-fee:1", {importer.pk: 7})
        appeal = settlement.appeal(
            TierReview.objects.get(importer_id=importer.pk), because="Why?", by=users["importer"]
        )
    orders = [
        customs.take_order(importer, shop.order(1, number=f"SH-SECRET-{n}", buyer=buyer))
        for n, buyer in enumerate((BUYER, OTHER_BUYER, BUYER))
    ]
    batch = customs.declare_batch(pool, orders[:2], request_key="world")
    parcel = _released(orders[0])
    agreement = Agreement.objects.create(
        pool=pool, version=1, text="Rules", text_zh="规则", in_force_from=date(2025, 1, 1)
    )
    keys, webhook = _api(importer, stranger, users)
    with tenancy.acting_for(importer):
        upload = imports.upload_forecast(importer, "plan.csv", b"SKU,Year\r\nnothing,2025\r\n")
        papers.order_statement(importer, 2025, language="en")
        bank_evidence.order_evidence(importer, language="en")
    jobs.run_until_idle()
    facts.sequence()
    parked = Job.objects.create(
        key="parked", task="test.paint", state="parked", failure="out of paint", ordered_at=NOW
    )
    batch.refresh_from_db()
    printed.refresh_from_db()
    return World(
        pool=pool,
        importer=importer,
        users=users,
        keys=keys,
        upload=upload,
        sheet=customs.receive_sheet(importer, pool, "orders.csv", b"colour\r\nblue\r\n"),
        lot=lot,
        recall=_recall(pool, lot, codes[2], importer),
        labels=printed,
        complaint=complaint,
        sample=sampling.draw(lot, 1, operator=pool.operator, by="user:1"),
        pallet=_pallet(pool),
        answer_link=complaints.public_link(complaint).rpartition("/")[2],
        kept_link=resolver.keep_link(
            Link("/414/5060917510004", "locationInfo", "https://zone.example/", "The zone"),
            pool.operator,
        ),
        receipt=receipt,
        claim=claim,
        photo=photo,
        correction=_correction(orders[0]),
        listed=_listed(receipt),
        pushed=_pushed(orders[2]),
        suspect=_suspect(pool, orders),
        inspection=(granted := inspecting.grant(pool, office="Ningbo", days=30, by=pool.operator)),
        inspection_link=inspecting.token(granted),
        close=close,
        disposal=evidence.case,
        evidence=evidence,
        appeal=appeal,
        moved=Transfer.objects.get(key__endswith=f":{importer.pk}:too much"),
        fee_invoice=fee_invoice,
        granted=GrantedClaim.objects.create(
            claim=claim, pool=pool, shares=[[importer.pk, 1]], expected_minor=7, granted_on=NOW
        ),
        lien=_lien(pool, lot, importer, users["rival-operator"]),
        awaited=awaited,
        release=release,
        count=counting.plan_count(lot, on=date(2025, 5, 1)),
        back=_back(parcel),
        paper=_paper(pool, lot, importer),
        round=Round.objects.get(),
        record=_record(pool, lot.product),
        image=imports.add_image(lot.product, content=PNG, caption="Front"),
        committed=_committed(pool, importer, products[0]),
        charge=(charge := _charge(awaited)),
        late=_late(charge, users["rival-operator"]),
        **_papers(awaited.order),
        **_quotes(pool, products[1]),
        **_supplier_side(awaited),
        order=orders[0],
        waiting=orders[2],
        batch=batch,
        parcel=parcel,
        settlement=draft,
        entered=_entered(pool, users["rival-operator"]),
        **said,
        parked=parked,
        code=codes[0],
        key=_first_key(importer),
        webhook=webhook,
        **_repository(importer),
        agreement=agreement,
        colleague=Membership.objects.get(user__username="colleague"),
        **_links(importer, users),
    )


def _correction(order: ConsumerOrder) -> Correction:
    """A return of the released order that customs has not answered."""
    with tenancy.as_operator("world"):
        declaration = Declaration.objects.get(order=order)
    return customs.ask_return(declaration, {1: 1}, reason="not wanted", request_key="world")


def _listed(receipt: Receipt) -> ZonePaper:
    """A list into the zone that was taken back before customs had it."""
    (paper,) = customs.write_entry_lists(receipt.consignment)
    cancelled = customs.cancel_zone_paper(paper)
    customs.order_print(cancelled)
    jobs.run_until_idle()
    return cancelled


def _pushed(order: ConsumerOrder) -> PaymentStep:
    """The first push of the waiting order's payment."""
    leg = customs.press(order, "push", request_key="world")
    with tenancy.as_operator("world"):
        return PaymentStep.objects.get(leg=leg)


def _suspect(pool: Pool, orders: list[ConsumerOrder]) -> GuardCase:
    """A case of the guard that was upheld and reported."""
    case = GuardCase.objects.create(
        pool=pool, sign="goods-for-resale", key=bytes(32), count=30, most=30, days=30,
        opened_on=date(2025, 5, 1), source="world",
    )  # fmt: skip
    with tenancy.as_operator("world"):
        case.orders.set(orders)
    customs.decide_case(case, "uphold", by=pool.broker, reason="resale")
    return customs.report_case(case)


def _recall(pool: Pool, lot: Lot, code: str, importer: Party) -> Recall:
    """One coded unit called back; the importer was told."""
    made = recalls.open_recall(
        pool, lot.product.gtin, "glass found", number="RC-1", unit_codes=[code]
    )
    with tenancy.as_operator("world"):
        RecallNotice.objects.create(
            recall=made, importer_id=importer.pk, held_units=1, sold_units=0
        )
    return made


def _record(pool: Pool, product: Product) -> GoodsRecord:
    """A goods record that waits for the pool's broker."""
    Unit.objects.update_or_create(code="011", defaults={"name_zh": "件"})
    draft = RecordDraft(
        hs_code=product.hs_code,
        name_zh=product.name_zh,
        model_zh="",
        origin=product.origin,
        declared_unit="011",
        statutory_unit="011",
        statutory_qty_per_unit=Decimal(1),
        second_unit="",
        second_qty_per_unit=None,
        elements=(("品牌类型", "4"), ("出口享惠情况", "3")),
        shelf_life_days=product.shelf_life_days,
    )
    return imports.submit_record(product, zone_code=pool.zone_code, draft=draft)


def _committed(pool: Pool, importer: Party, product: object) -> Commitment:
    """The importer is bound to units of a round of its own, and has a share of it."""
    months = {"first_month": date(2025, 10, 1), "last_month": date(2025, 12, 1)}
    round_ = Round.objects.create(pool=pool, code="autumn", submitted_at=NOW, **months)
    with tenancy.as_operator("world"):
        shared = {"round": round_, "importer_id": importer.pk}
        RoundMember.objects.create(**shared, state=RoundMember.State.COMMITTED)
        figures = {"cost_cny_minor": 100, "alone_cny_minor": 120}
        RoundShare.objects.create(**shared, **figures)
        RoundPlan.objects.create(
            round=round_,
            planned_on=date(2025, 1, 2),
            cost_cny_minor=100,
            bound_cny_minor=100,
            alone_cny_minor=120,
            equal_price_percent=50,
            milliseconds=1,
            rates={"USD": ["7.2", "2025-01-02"]},
        )
        jobs.run(imports.order_certificate(round_, importer, language="en").pk)
        return Commitment.objects.create(
            **shared,
            product=product,
            units=10,
            tolerance_units=5,
            submitted_units=10,
            cause=Commitment.Cause.SUBMITTED,
            version_from=NOW,
        )


def _supplier_side(awaited: Consignment) -> dict[str, object]:
    """What the supplier of an order says: a proposal, and a notice that has departed."""
    order, at = awaited.order, {"made_at": NOW}
    notice = ShippingNotice.objects.create(
        order=order,
        number="SN-1",
        departs_on=date(2025, 5, 1),
        expected_on=date(2025, 6, 1),
        packages=1,
        consignment=awaited,
        **at,
    )
    amendment = OrderAmendment.objects.create(
        order=order, version=1, state="proposed", ready_on=date(2025, 5, 1), **at
    )
    imports.open_link(order=order)
    token = imports.order_address(order).strip("/").split("/")[-1]
    return {"amendment": amendment, "notice": notice, "order_token": token}


def _quotes(pool: Pool, product: Product) -> dict[str, object]:
    """A request that one supplier has answered."""
    supplier = Party.objects.filter(kind=Party.Kind.SUPPLIER).order_by("pk").first()
    with clock.at(date(2025, 5, 1)):
        asked = imports.ask_quotes(
            pool, lines={product: 100}, suppliers=[supplier], answer_by=date(2099, 1, 1)
        )
        invitation, line = asked.invitations.get(), asked.lines.get()
        terms = imports.QuoteTerms(
            "USD", "FOB", "USLAX", 1, 1, 30, date(2099, 1, 1), (Break(1, 900),)
        )
        (quote,) = imports.answer_quotes(invitation, {line.pk: terms})
    token = imports.quote_address(invitation).strip("/").split("/")[-1]
    return {"supplier": supplier, "quotes": asked, "quote": quote, "quote_token": token}


def _users(pool: Pool, importer: Party, stranger: Party) -> dict[str, User]:
    rivals = {
        Role.OPERATOR: party(Party.Kind.OPERATOR, "rival-operator"),
        Role.BROKER: party(Party.Kind.BROKER, "rival-broker"),
    }
    user_of(importer, Role.IMPORTER, "colleague")
    return {
        "importer": user_of(importer, Role.IMPORTER),
        "stranger": user_of(stranger, Role.IMPORTER),
        "operator": user_of(pool.operator, Role.OPERATOR),
        "rival-operator": user_of(rivals[Role.OPERATOR], Role.OPERATOR),
        "broker": user_of(pool.broker, Role.BROKER),
        "rival-broker": user_of(rivals[Role.BROKER], Role.BROKER),
    }


def a_picture() -> bytes:
    """A small grey JPEG."""
    out = BytesIO()
    Image.new("L", (8, 8), 128).save(out, "JPEG")
    return out.getvalue()


def _pallet(pool: Pool) -> Location:
    house = warehouse.open_warehouse(pool, "H1", "House one")
    return warehouse.new_pallet(house.zones.first(), company_prefix="9521234")


def _complaint(code: str) -> Complaint:
    wrong = complaints.Wrong("copy", "It smells.", "lin@buyers.example", a_picture())
    return complaints.complain(code, wrong, at=NOW, address="203.0.113.7")


def _awaited(pool: Pool, product: object, importer: Party) -> Consignment:
    supplier = Party.objects.get(kind=Party.Kind.SUPPLIER)
    return goods.consigned(pool, goods.ordered(pool, supplier, {product: {importer: 5}}))


def _papers(order: PurchaseOrder) -> dict[str, object]:
    """A paper of an order, one of its supplier, and who is written to there."""
    pdf = b"%PDF-1.7 of the order"
    certificate = imports.keep_certificate(
        kind="origin", number="A", issuer="B", issued_on=date(2025, 1, 1), expires_on=None,
        supplier=order.supplier, content=pdf,
    )  # fmt: skip
    contact = imports.add_contact(order.supplier, email="sales@supplier.example", language="en")
    paper = imports.add_paper(order, kind="invoice", content=pdf)
    return {"contact": contact, "order_paper": paper, "certificate": certificate}


def _charge(awaited: Consignment) -> ConsignmentCharge:
    made: ConsignmentCharge = ConsignmentCharge.objects.create(
        consignment=awaited, kind="freight", tariff_key="KCN_DOC", basis="value", currency="CNY",
        amount_minor=100, amount_cny_minor=100, at_rate_cny_minor=100,
    )  # fmt: skip
    return made


def _late(follows: ConsignmentCharge, by: User) -> LateCharge:
    day = date(2025, 5, 1)
    made: LateCharge = LateCharge.objects.create(
        pool=follows.consignment.pool, number="LC-1", follows=follows, amount_minor=100,
        document="D-1", billed_on=day, due_on=day, because="late", entered_by=by, entered_at=NOW,
    )  # fmt: skip
    return made


def _release(pool: Pool, product: object) -> Release:
    day = date(2026, 1, 1)
    return Release.objects.create(
        pool=pool, product=product, keep_before=day, ask_before=day,
        discount_minor=0, fee_cap_minor=0, announced_on=date(2025, 5, 1),
    )  # fmt: skip


def _back(parcel: DispatchOrder) -> ReturnCase:
    day = date(2025, 5, 1)
    with tenancy.as_operator("world"):
        return ReturnCase.objects.create(
            importer_id=parcel.importer_id, number="RT-1", dispatch_line=parcel.lines.first(),
            units=1, request_key="back", released_on=day, announced_on=day,
        )  # fmt: skip


def _lien(pool: Pool, lot: Lot, importer: Party, by: User) -> Lien:
    with tenancy.as_operator("world"):
        return Lien.objects.create(
            importer_id=importer.pk, number="LN-1", pool=pool, lot=lot, units=1, cause="pledge",
            reference="L-1", state="asked", asked_by=by, asked_on=date(2025, 5, 1),
        )  # fmt: skip


def _paper(pool: Pool, lot: Lot, importer: Party) -> BookDocument:
    return BookDocument.objects.create(
        kind="sample", number="SA-1", pool=pool, lot=lot, owner=importer, units=1,
        reason="test", request_key="paper", drawn_on=date(2025, 5, 1),
    )  # fmt: skip


def _settlement(pool: Pool, receipt: Receipt) -> object:
    settlement.load_fee_rows()
    imports.load_tariffs()
    for day in (date(2025, 1, 2), date(2025, 3, 10), date(2025, 5, 1)):
        rates.load([("USD", day, Decimal(1)), ("CNY", day, Decimal("7.2"))])
    for line in receipt.lines.select_related("order_line__offer"):
        PriceTier.objects.get_or_create(
            offer=line.order_line.offer, from_units=1, defaults={"price": Decimal("14.00")}
        )
    settlement.raise_obligations(receipt)
    give_accounts(pool, *Party.objects.filter(kind=Party.Kind.SUPPLIER))
    draft = settlement.open_batch(pool, "USD", date(2025, 5, 1))
    settlement.fund_shortfalls(pool, settlement.deposits_needed(draft), reference=draft.number)
    return draft


def _entered(pool: Pool, by: User) -> object:
    """A supplier's account that waits for a second person."""
    supplier = Party.objects.get(kind=Party.Kind.SUPPLIER)
    with tenancy.as_operator("world"):
        return settlement.add_supplier_account(
            pool.operator, supplier, "EUR", number="90000001", bic="ANZBNZ22XXX", by=by
        )


def _bank(pool: Pool, importer: Party, by: User) -> dict[str, object]:
    """What the bank said: a movement in suspense and a statement set apart; money asked and due."""
    asked = settlement.ask_for(
        importer.pk, pool, FundingRequest.Kind.DEPOSIT, 500, due_on=date(2025, 6, 1)
    )
    settlement.fund(importer, pool, 1, reference="too much")
    refund = settlement.ask_refund(importer, pool, 1, because="too much", by=by)
    settlement.add_bank_account(pool, "CNY", number="62220000", bic="BKCHCNBJ92B", bank_name="Bank")
    home = {"currency": "CNY", "account": "62220000"}
    unknown = bank.movement("7.00", currency="CNY")
    for raw in (
        bank.statement(unknown, opening="0", closing="7.00", **home),
        bank.statement(opening="9.00", closing="9.00", number="S-2", **home),
    ):
        settlement.receive_file(pool.operator, raw, filename="camt.xml")
    owing = Obligation.objects.earliest("pk").order
    line = owing.lines.get()
    settlement.record_invoice(
        owing,
        "INV-9",
        {line.pk: InvoicedLine(line.units, line.amount_minor)},
        invoiced_on=date(2025, 5, 1),
        due_on=date(2025, 5, 1),
    )
    return {
        "owing": owing,
        "asked": asked,
        "refund": refund,
        "apart": AccountStatement.objects.get(state="quarantined"),
        "unmatched": BankEntry.objects.get(state="suspense"),
    }


def _released(order: ConsumerOrder) -> DispatchOrder:
    with tenancy.as_operator("world"):
        order.refresh_from_db()
        made = order.declaration
        customs.receive_answer(
            made, "800", made.declared_at + timedelta(minutes=5), invt_no="31052025I000000001"
        )
        return DispatchOrder.objects.get()


def _api(importer: Party, stranger: Party, users: dict[str, User]) -> tuple[dict[str, str], object]:
    clear = {}
    for who, owner in (("importer", importer), ("stranger", stranger)):
        with tenancy.acting_for(owner):
            clear[who] = api_keys.make(
                owner, name="shop", scopes=tuple(Scope), lasts=timedelta(days=30), by=users[who]
            )[1]
            api_keys.find(clear[who])
    with tenancy.acting_for(importer):
        webhook, _ = webhooks.subscribe(
            importer, "https://shop.example.com/told", ["customs.order.taken"]
        )
    return clear, webhook


def _repository(importer: Party) -> dict[str, object]:
    """An event that the importer captured, a query kept by it, and a subscription to that."""
    event = {
        "@context": CONTEXT,
        "eventID": "urn:uuid:world",
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2025-05-01T00:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "bizStep": "https://ns.example.com/tasting",
        "disposition": "https://ns.example.com/tasty",
        "epcList": ["urn:world:unit"],
        "readPoint": {"id": "urn:world:point"},
        "bizLocation": {"id": "urn:world:place"},
    }
    own = {**event, "type": "https://ns.example.com/Tasting", "eventID": "urn:uuid:own"}
    told = {"dest": "https://shop.example.com/told", "stream": True}
    with tenancy.acting_for(importer):
        made = capture.capture(importer, json.dumps(event).encode())
        capture.capture(importer, json.dumps(own).encode())
        query = standing_queries.keep_query(importer, b'{"name": "world", "query": {}}')
        subscription = standing_queries.subscribe(query, json.dumps(told).encode(), "")
    return {"capture": made, "told": subscription}


def _first_key(importer: Party) -> ApiKey:
    with tenancy.acting_for(importer):
        return ApiKey.objects.get()


def _links(importer: Party, users: dict[str, User]) -> dict[str, str]:
    invitation = accounts.invite(
        party=importer, role=Role.IMPORTER, email="lin@kowhai.example", by=users["importer"]
    )
    address = accounts.invitation_address(invitation)
    return {
        "invitation": address.strip("/").split("/")[-1],
        "reset": accounts.reset_token(users["importer"]),
    }


def standing() -> dict[str, list[str]]:
    """Every row of every table, as text: what must not change when strangers ask."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - VOLATILE):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def changed(before: dict[str, list[str]]) -> list[str]:
    """Names of the tables that are not as they were."""
    now = standing()
    return [table for table in now if now[table] != before[table]]


@contextmanager
def undone() -> Iterator[None]:
    """A block whose writes are taken back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def as_json(body: object) -> dict[str, object]:
    """Arguments of a test client's call that carry a JSON body."""
    return {"data": json.dumps(body), "content_type": "application/json"}
