"""What must always hold about what is owed, paid and charged."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.timezone import make_aware

from core import ledger
from core.domain.chart import AccountCode, TransferCode
from core.invariants import invariant
from core.models import Account, ClosedMonth
from fx_settlement.domain.batches import IN_PREPARATION
from fx_settlement.domain.conversion import converted_minor
from fx_settlement.models import (
    AccountStatement,
    BankEntry,
    ChargeShare,
    Conversion,
    ExchangeDifference,
    LateCharge,
    LatePart,
    Obligation,
    Payment,
    SettlementBatch,
    SupplierInvoice,
)
from imports.models import ConsignmentCharge, PurchaseOrder
from warehouse.models import Claim, LotCost, ReceiptLine

ALLOCATED = ("allocated", "closed")


@invariant(
    "fx.conversion_is_shared_whole",
    "What a batch's currency cost is what its obligations were charged, to the fen",
)
def conversion_is_shared_whole() -> Iterator[str]:
    """One query."""
    rows = Conversion.objects.annotate(
        shared=Sum("obligations__cny_minor"),
        margin=Sum("obligations__margin_minor"),
    )
    for row in rows.exclude(shared=F("cny_minor"), margin=F("cny_minor") - F("at_mid_minor")):
        yield f"batch {row.batch_id} cost {row.cny_minor}, charged {row.shared}"


@invariant(
    "fx.fees_are_shared_whole", "What the bank charged for a wire is what its obligations bore"
)
def fees_are_shared_whole() -> Iterator[str]:
    """One query."""
    settled = Payment.objects.filter(batch__state__in=ALLOCATED, state="settled")
    rows = settled.annotate(shared=Sum("obligations__fee_minor"))
    for row in rows.exclude(shared=F("fee_minor")):
        yield f"payment {row.reference} cost {row.fee_minor}, charged {row.shared}"


@invariant(
    "fx.payments_are_their_obligations",
    "A payment is the sum of its invoices less its credit notes",
)
def payments_are_their_obligations() -> Iterator[str]:
    """Two queries."""
    rows = Payment.objects.annotate(owed=Sum("lines__amount_minor"))
    for row in rows.exclude(owed=F("amount_minor")):
        yield f"payment {row.reference} is {row.amount_minor}, its documents are {row.owed}"
    live = Payment.objects.exclude(state__in=["void", "rejected"])
    found = live.annotate(owed=Sum("obligations__amount_minor"))
    for row in found.exclude(owed=F("amount_minor")):
        yield f"payment {row.reference} is {row.amount_minor}, its obligations are {row.owed}"


@invariant("fx.batches_are_their_payments", "What a batch converts is what its payments add up to")
def batches_are_their_payments() -> Iterator[str]:
    """One query."""
    paying = SettlementBatch.objects.filter(purpose="pay").exclude(state__in=["draft", "void"])
    rows = paying.annotate(paid=Sum("payments__amount_minor", filter=~Q(payments__state="void")))
    for row in rows.exclude(paid=F("foreign_minor")):
        yield f"batch {row.number} converts {row.foreign_minor}, pays {row.paid}"


@invariant(
    "fx.obligations_are_the_orders",
    "The obligations of an order add up to its lines less what came short or damaged, and to what "
    "its invoice bills apart and its supplier does not bear of claims",
)
def obligations_are_the_orders() -> Iterator[str]:
    """Five queries."""
    owed = dict(
        Obligation.objects.values_list("order_id")
        .annotate(minor=Sum("amount_minor"))
        .order_by("order_id")
    )
    missing: Counter[int] = Counter()
    lines = ReceiptLine.objects.filter(receipt__consignment__order_id__in=owed)
    for order_id, units, price in lines.values_list(
        "order_line__order_id", F("damaged") + F("short"), "order_line__unit_price_minor"
    ):
        missing[order_id] += units * price
    invoices = SupplierInvoice.objects.filter(is_difference_paid=True, order__in=owed)
    for order_id, minor in invoices.values_list("order_id", "difference_minor"):
        missing[order_id] -= minor
    billed = Obligation.objects.filter(claim__isnull=False).values("claim_id")
    for claim in Claim.objects.filter(pk__in=billed).select_related("receipt_line__order_line"):
        kept = 0 if claim.against == "insurer" else claim.accepted_minor or 0
        missing[claim.receipt_line.order_line.order_id] -= claim.amount_minor - kept
    totals = PurchaseOrder.objects.filter(pk__in=owed).values_list("pk", "total_minor")
    for order_id, total in totals:
        if owed[order_id] != total - missing[order_id]:
            yield f"order {order_id}: {owed[order_id]} owed, {total - missing[order_id]} delivered"


@invariant(
    "fx.charges_are_shared_whole",
    "A charge, also one that came late, is what its importers were charged",
)
def charges_are_shared_whole() -> Iterator[str]:
    """Three queries; a consignment's charge without shares beside shared ones is not shared."""
    shared = ChargeShare.objects.filter(charge__isnull=False)
    rows = ConsignmentCharge.objects.filter(
        consignment__in=shared.values("charge__consignment_id")
    ).annotate(shared=Coalesce(Sum("shares__amount_minor"), 0))
    for row in rows.exclude(shared=F("amount_cny_minor")):
        yield f"charge {row.pk} cost {row.amount_cny_minor}, shared {row.shared}"
    late = _sums(ChargeShare.objects.filter(source__startswith="late:"), "source")
    posted = {f"late:{pk}": minor for pk, minor in _posted_late().values_list("pk", "amount_minor")}
    for source in sorted(posted.keys() | late.keys()):
        if posted.get(source, 0) != late.get(source, 0):
            yield f"{source} cost {posted.get(source, 0)}, shared {late.get(source, 0)}"


@invariant(
    "fx.late_charges_are_carried_whole",
    "An importer's share of a late charge is what its units on hand and its units gone bear; lots "
    "carry what is on hand; what is due is the share less what was taken",
)
def late_charges_are_carried_whole() -> Iterator[str]:
    """Six queries."""
    shares = {
        (source, who): minor
        for source, who, minor in ChargeShare.objects.filter(
            source__startswith="late:"
        ).values_list("source", "importer_id", "amount_minor")
    }
    borne: Counter[tuple[str, int]] = Counter()
    on_hand: Counter[tuple[str, int]] = Counter()
    for pk, who, lot, inside, gone in LatePart.objects.values_list(
        "charge_id", "importer_id", "lot_id", "on_hand_minor", "gone_minor"
    ):
        borne[f"late:{pk}", who] += inside + gone
        on_hand[f"late:{pk}", lot or 0] += inside
    for key in sorted(borne.keys() | shares.keys()):
        if borne[key] != shares.get(key, 0):
            yield f"importer {key[1]} bears {shares.get(key, 0)} of {key[0]}, units {borne[key]}"
    carried = {
        (source, lot): minor
        for source, lot, minor in LotCost.objects.filter(source__startswith="late:").values_list(
            "source", "lot_id", "amount_minor"
        )
    }
    for key in sorted(on_hand.keys() | carried.keys()):
        if on_hand[key] != carried.get(key, 0):
            yield f"lot {key[1]} carries {carried.get(key, 0)} of {key[0]}, not {on_hand[key]}"
    yield from _late_dues(shares)


def _late_dues(shares: Mapping[tuple[str, int], int]) -> Iterator[str]:
    """What the ledger shows as charged, account by account, against the shares."""
    root = dict(_posted_late().values_list("pk", "reverses_id"))
    charged: Counter[tuple[str, int]] = Counter()
    for (source, who), minor in shares.items():
        pk = int(source.partition(":")[2])
        charged[f"late:{root.get(pk) or pk}", who] += minor
    accounts = Account.objects.filter(
        code=AccountCode.IMPORTER_DUE, subject__startswith="late:", owner__isnull=False
    )
    codes = ledger.sums_by_code(accounts.values_list("pk", flat=True), [TransferCode.LATE_CHARGE])
    shown = {
        (subject, owner): -codes.get(pk, 0)
        for pk, subject, owner in accounts.values_list("pk", "subject", "owner_id")
    }
    for key in sorted(charged.keys() | shown.keys()):
        if charged[key] != shown.get(key, 0):
            yield f"importer {key[1]}: {charged[key]} of {key[0]}, charged {shown.get(key, 0)}"


def _posted_late() -> "QuerySet[LateCharge]":
    states = [LateCharge.State.POSTED, LateCharge.State.REVERSED]
    rows: QuerySet[LateCharge] = LateCharge.objects.filter(state__in=states)
    return rows


def _sums(rows: "QuerySet[ChargeShare]", by: str) -> dict[str, int]:
    return dict(rows.values_list(by).annotate(Sum("amount_minor")).order_by())


@invariant(
    "fx.exchange_is_even", "Nothing is left on the exchange of a closed batch or for rounding"
)
def exchange_is_even() -> Iterator[str]:
    """Two queries."""
    closed = SettlementBatch.objects.filter(state="closed").values_list("pk", flat=True)
    subjects = {f"batch:{pk}" for pk in closed}
    accounts = Account.objects.filter(code__in=[AccountCode.FX_POSITION, AccountCode.ROUNDING])
    for row in accounts.exclude(credits_posted=F("debits_posted"), debits_pending=0):
        if row.code == AccountCode.ROUNDING or row.subject in subjects:
            yield f"{row}: {row.credits_posted - row.debits_posted}"


@invariant(
    "fx.held_currency_is_what_was_bought_ahead",
    "The currency that a pool holds is what was bought for obligations that no wire pays yet",
)
def held_currency_is_what_was_bought_ahead() -> Iterator[str]:
    """Two queries."""
    waiting: Counter[tuple[str, str]] = Counter()
    bought = Obligation.objects.filter(conversion__isnull=False).exclude(state="paid")
    for pool, currency, minor in bought.filter(
        Q(batch__isnull=True)
        | Q(batch__state__in=[*IN_PREPARATION, "converted"]) & ~Q(conversion__batch=F("batch"))
    ).values_list("conversion__batch__pool_id", "currency", "amount_minor"):
        waiting[f"held:{pool}", currency] += minor
    held = Account.objects.filter(code=AccountCode.FX_POSITION, subject__startswith="held:")
    rows = held.values_list("subject", "currency", F("credits_posted") - F("debits_posted"))
    found = {(subject, currency): minor for subject, currency, minor in rows}
    for key in sorted(waiting.keys() | found.keys()):
        if waiting[key] != found.get(key, 0):
            yield f"{key[1]} of {key[0]}: {found.get(key, 0)} held, {waiting[key]} bought ahead"


@invariant(
    "fx.obligations_wait_or_are_in_one_batch",
    "An obligation is in a live batch, of its own currency, or in none",
)
def obligations_wait_or_are_in_one_batch() -> Iterator[str]:
    """One query."""
    rows = Obligation.objects.filter(batch__isnull=False)
    for row in rows.filter(Q(batch__state="void") | ~Q(batch__currency=F("currency"))):
        yield f"obligation {row.pk} is in batch {row.batch_id}"


@invariant(
    "fx.suspense_is_what_belongs_to_nothing",
    "What stands in suspense is the movements that belong to nothing yet",
)
def suspense_is_what_belongs_to_nothing() -> Iterator[str]:
    """Two queries."""
    waiting: Counter[tuple[str, str]] = Counter()
    entries = BankEntry.objects.filter(state=BankEntry.State.SUSPENSE)
    for account, currency, minor in entries.values_list(
        "statement__account_id", "currency", "amount_minor"
    ):
        waiting[f"account:{account}", currency] += minor
    accounts = Account.objects.filter(code=AccountCode.SUSPENSE)
    found = {
        (subject, currency): minor
        for subject, currency, minor in accounts.values_list(
            "subject", "currency", F("credits_posted") - F("debits_posted")
        )
    }
    for key in sorted(waiting.keys() | found.keys()):
        if waiting[key] != found.get(key, 0):
            yield f"{key[0]} {key[1]}: {found.get(key, 0)} in suspense, {waiting[key]} unmatched"


@invariant(
    "fx.statements_lead_from_one_to_the_next",
    "A booked statement's movements lead from its opening to its closing, where the next one opens",
)
def statements_lead_from_one_to_the_next() -> Iterator[str]:
    """One query."""
    rows = AccountStatement.objects.filter(state="accepted", is_notification=False)
    for row in rows.annotate(
        moved=Sum("entries__amount_minor"), before=F("follows__closing_minor")
    ):
        if (row.opening_minor or 0) + (row.moved or 0) != row.closing_minor:
            yield f"statement {row.pk} moves {row.moved} from {row.opening_minor}"
        if row.before is not None and row.before != row.opening_minor:
            yield f"statement {row.pk} opens with {row.opening_minor} after {row.before}"


@invariant(
    "fx.differences_are_what_rates_did",
    "What closed months realised is what was bought until then, at the mid, less its benchmarks; "
    "and the accounts of differences show it",
)
def differences_are_what_rates_did() -> Iterator[str]:
    """Three queries."""
    last = ClosedMonth.objects.order_by("-month").first()
    if last is None:
        return
    until = make_aware(datetime.combine(last.open_from, time()))
    done: Counter[int] = Counter()
    rows = Obligation.objects.filter(conversion__converted_at__lt=until).exclude(state="cancelled")
    for importer, currency, minor, rate, cost in rows.values_list(
        "importer_id",
        "currency",
        "amount_minor",
        "benchmark_rate",
        F("cny_minor") - F("margin_minor"),
    ):
        done[importer] += cost - converted_minor(minor, base=currency, quote="CNY", rate=rate)
    told = Counter(
        dict(
            ExchangeDifference.objects.values_list("importer_id").annotate(
                minor=Sum("realised_minor")
            )
        )
    )
    shown: Counter[int] = Counter()
    accounts = Account.objects.filter(code__in=[AccountCode.FX_REALISED, AccountCode.FX_UNREALISED])
    for code, owner, minor in accounts.values_list(
        "code", "owner_id", F("debits_posted") - F("credits_posted")
    ):
        if code == AccountCode.FX_REALISED:
            shown[owner or 0] += minor
        elif minor:
            yield f"importer {owner}: {minor} unrealised is not reversed"
    for importer in sorted(done.keys() | told.keys() | shown.keys()):
        if not done[importer] == told[importer] == shown[importer]:
            yield (
                f"importer {importer}: rates did {done[importer]}, months tell {told[importer]}, "
                f"its account shows {shown[importer]}"
            )
