"""The words in which statements and batches are told."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.web import locale
from fx_settlement.domain.rate_history import Cycle
from fx_settlement.domain.scenario import Choice
from fx_settlement.domain.statement import Component, Statement
from imports.domain.tariffs import Trust

COMPONENTS: Final[dict[Component, Promise]] = {
    Component.GOODS: _("Goods"),
    Component.FREIGHT: _("Freight"),
    Component.INSURANCE: _("Insurance"),
    Component.HANDLING: _("Handling"),
    Component.AGENCY: _("Agency"),
    Component.STORAGE: _("Storage"),
    Component.CURRENCY: _("Wires and conversion"),
    Component.OPERATOR_FEE: _("Operator's fee"),
    Component.LATE_CHARGES: _("Late charges"),
}

TRUST: Final[dict[Trust, Promise]] = {
    Trust.LIST_PRICE: _("list price"),
    Trust.MARKET_REPORT: _("market report"),
    Trust.SECONDARY: _("secondary source"),
    Trust.ASSUMED: _("assumed"),
}

STEPS: Final[dict[str, Promise]] = {
    "lock": _("Lock what is due"),
    "quote": _("Ask the bank for a rate"),
    "approve": _("Approve"),
    "convert": _("Convert"),
    "instruct": _("Send to the bank"),
    "accept": _("Record as accepted"),
    "settle": _("Record as paid"),
    "allocate": _("Share the fees"),
    "close": _("Close"),
    "void": _("Give up"),
}
"""What a button says that takes a batch one step on."""

KINDS: Final[dict[str, Promise]] = {
    "payment": _("Wire"),
    "fee": _("Fee of the wire"),
    "bought": _("Currency bought"),
    "sold": _("Paid for currency"),
    "funding": _("Request"),
    "refund": _("Refund"),
    "claim": _("Insurer's payment for"),
    "deposit": _("Deposit of"),
    "income": _("The operator's own charge or interest"),
}
"""What a movement on a bank account belongs to."""

DOUBTS: Final[dict[str, Promise]] = {
    "nothing-fits": _("nothing waits for it"),
    "several-fit": _("several things fit, none was guessed"),
    "other-amount": _("the amount differs from what was named"),
}

RULES: Final[dict[str, Promise]] = {
    "text": _("reference in the text"),
    "amount": _("amount, currency and day"),
    "by-hand": _("by hand"),
}
"""How a movement was matched, where it was not by a reference of the bank's message."""

REASONS: Final[dict[str, Promise]] = {
    "funding": _("Paid in"),
    "goods": _("Goods"),
    "freight": _("Freight"),
    "insurance": _("Insurance"),
    "handling": _("Handling"),
    "agency": _("Agency"),
    "storage": _("Storage"),
    "wire-fee": _("Fee of the wire"),
    "fx-conversion": _("Bank's margin on the rate"),
    "operator-fee": _("Operator's fee"),
    "refund": _("Paid back"),
    "claim": _("Paid by an insurer"),
    "stock-sale": _("Stock sold or bought in the pool"),
    "suspense": _("Found its owner"),
    "supplier-payment": _("Paid to the supplier"),
    "credit-note": _("Credit note"),
    "commitment": _("Committed to a round"),
    "limit": _("Limit granted or taken back"),
    "late-charge": _("Charge that came late"),
    "late-charge-paid": _("Taken for a charge that came late"),
    "limit-restored": _("Limit free again: the goods are paid"),
}
"""Why money moved on an importer's account."""

REQUEST_KINDS: Final[dict[str, Promise]] = {
    "deposit": _("Deposit"),
    "goods": _("Goods"),
    "charges": _("Charges"),
}

CYCLES: Final[dict[Cycle, Promise]] = {
    Cycle.EACH: _("Every order by itself"),
    Cycle.DAILY: _("Daily"),
    Cycle.WEEKLY: _("Weekly"),
    Cycle.MONTHLY: _("Monthly"),
    Cycle.QUARTERLY: _("Quarterly"),
}

DOCUMENT_KINDS: Final[dict[str, Promise]] = {
    "invoice": _("Invoice"),
    "credit_note": _("Credit note"),
    "adjustment": _("Difference to the invoice"),
    "claim": _("Claim that the supplier does not bear"),
}
"""What is owed to a supplier, or owing by it."""

ACCOUNTS: Final[dict[str, Promise]] = {
    "bank": _("the pool's bank account"),
    "escrow": _("an importer's account in the pool"),
    "supplier-payable": _("what is owed to a supplier"),
    "importer-due": _("what an importer owes of invoices and late charges"),
    "fx-position": _("the exchange of a batch"),
    "service-payable": _("carriers, agents and warehouses"),
    "bank-fees": _("the bank's fees"),
    "operator-income": _("the operator"),
    "tax-trust": _("taxes held in trust"),
    "platform-clearing": _("the shop platform"),
    "guarantee": _("the guarantee with customs"),
    "suspense": _("money whose owner is not known yet"),
    "exposure": _("an importer's limit"),
    "external": _("outside the books"),
}
"""What an account of the ledger stands for."""

OWN_ACCOUNTS: Final[dict[str, Promise]] = {
    "escrow": _("your account in the pool"),
    "importer-due": _("what you owe of invoices and late charges"),
    "exposure": _("your limit"),
}

ALONE, POOLED = _("Alone"), _("In the pool")


def name_of_choice(choice: Choice) -> str:
    """A way of batching: its cycle, or both where they differ."""
    if choice.convert is choice.pay:
        return str(CYCLES[choice.pay])
    said = gettext("Convert: %(convert)s, pay: %(pay)s")
    names = {"convert": str(CYCLES[choice.convert]), "pay": str(CYCLES[choice.pay])}
    return said % {key: name.lower() for key, name in names.items()}


def certain_parts(fee_minor: int, margin_minor: int) -> dict[str, int]:
    """What a way of batching costs for certain, by part."""
    return {gettext("Fees of the wires"): fee_minor, gettext("Bank's margin"): margin_minor}


def reach(mean_bps: Decimal, sd_bps: Decimal) -> tuple[int, int, int]:
    """A mean with its spread on both sides, in tenths of a basis point."""
    low, middle, high = (
        int(each * 10) for each in (mean_bps - sd_bps, mean_bps, mean_bps + sd_bps)
    )
    return low, middle, high


def drift_names() -> list[str]:
    """The columns of drift's table."""
    return [gettext("Mean less spread"), gettext("Mean"), gettext("Mean plus spread")]


def name_of(statement: Statement) -> str:
    """The importer's name in the language in force."""
    if locale.language() == "zh-hans" and statement.importer_name_zh:
        return statement.importer_name_zh
    return statement.importer_name


def account_name(code: str, *, is_own: bool) -> str:
    """What an account is called to the importer who reads."""
    names = OWN_ACCOUNTS if is_own and code in OWN_ACCOUNTS else ACCOUNTS
    return str(names.get(code, code))


def headline(statement: Statement) -> str:
    """The saving in one sentence."""
    minor = statement.saving.minor
    params = {
        "amount": locale.money(abs(minor), statement.currency),
        "share": locale.percent(share_saved(statement)),
    }
    if minor < 0:
        return gettext("The pool cost %(amount)s more than buying alone") % params
    return gettext("The pool saved %(amount)s, %(share)s of the cost alone") % params


def range_line(statement: Statement) -> str:
    """The range of the saving, and why it is one."""
    params = {
        "low": locale.money(statement.saving.low, statement.currency),
        "high": locale.money(statement.saving.high, statement.currency),
    }
    return (
        gettext(
            "Between %(low)s and %(high)s, as prices with a range and stock left over are taken"
        )
        % params
    )


def share_saved(statement: Statement) -> Decimal:
    """The saving as a share of the cost alone; 0 where nothing was bought."""
    alone = statement.alone.minor
    return abs(Decimal(statement.saving.minor)) / alone if alone else Decimal(0)


def reasons_of(made: Statement) -> list[tuple[str, int]]:
    """The reasons of the difference in words, with their fen."""
    reasons = made.reasons
    return [
        (gettext("Minimum and fixed charges avoided"), reasons.minimum_charges_minor),
        (gettext("Price tiers reached together"), reasons.price_tiers_minor),
        (gettext("Packs and minimum orders not left over"), reasons.minimum_orders_minor),
    ]


def notes_of(made: Statement) -> list[str]:
    """How to read the figures: what “alone” means, and how far they can be trusted."""
    simulated = gettext("A demonstration: the trade behind these figures is simulated.")
    late = gettext(
        "Late charges stand in the pool only: nobody knows whether they would have come alone."
    )
    notes = [
        *([simulated] if made.is_simulated else []),
        gettext(
            "In the pool: what the ledger shows that was paid, the operator's fee included. "
            "Alone: the same units in the same months, bought by the importer at its own price "
            "tier, in whole packs and minimum orders, shipped by the cheapest way and paid by its "
            "own wires."
        ),
        gettext(
            "Storage and the exchange rate are taken as equal on both sides. "
            "Consumer taxes are in neither."
        ),
        *([late] if made.line(Component.LATE_CHARGES).pooled_minor else []),
        gettext("The figures alone are trusted as far as their worst row: %(trust)s.")
        % {"trust": TRUST[made.trust]},
    ]
    if made.old_rows:
        keys = ", ".join(row.key for row in made.old_rows)
        notes.append(gettext("Older than 24 months when used: %(keys)s.") % {"keys": keys})
    return notes


def named_target(target: str, names: Mapping[str, str]) -> str:
    """What a movement belongs to, in words."""
    kind = target.partition(":")[0]
    word = str(KINDS.get(kind, kind))
    return f"{word} {names.get(target, '')}".strip()


def told_rule(rule: str) -> str:
    """How a movement was matched: a name of the bank's message as it is, else in words."""
    return str(RULES.get(rule, rule))


def told_fault(fault: Mapping[str, Any], currency: str) -> str:
    """How an invoice's line differs, with both figures."""
    expected, found = fault["expected"], fault["found"]
    if fault["kind"] == "price":
        said = gettext("%(expected)s were agreed, %(found)s are billed")
        return said % {
            "expected": locale.money(expected, currency),
            "found": locale.money(found, currency),
        }
    if fault["kind"] == "not-invoiced":
        return gettext("not billed")
    said = gettext("%(expected)s units arrived, %(found)s are billed")
    return said % {"expected": locale.number(expected), "found": locale.number(found)}
