"""Draws an invoice of the operator's service."""

from django.utils.translation import gettext as _

from core.models import Party
from core.pdf import Align, Column, Facts, Heading, Pdf, Prose, Rows, flow, render
from core.pdf.flow import Block
from core.web import locale
from fx_settlement.models import FeeInvoice

HOME = "CNY"


def print_fee_invoice(made: FeeInvoice, importer: Party) -> Pdf:
    """An invoice as a file, in the language in force."""
    operator = made.pool.operator
    title = _("Invoice %(number)s") % {"number": made.number}
    pool = made.pool.name_zh if locale.language() == "zh-hans" else made.pool.name
    blocks: list[Block] = [
        Heading(title, size=20),
        Facts(
            [
                (_("Billed by"), _name(operator)),
                (_("Billed to"), _name(importer)),
                (_("Pool"), pool),
                (_("Issued on"), locale.day(made.issued_on)),
            ],
            columns=2,
        ),
        Rows(
            (Column(_("For"), 70), Column(_("Amount"), 30, Align.RIGHT)),
            [
                (
                    _("Operator's fee, as charged to the account"),
                    locale.money(made.amount_minor, HOME),
                ),
                (_("Total"), locale.money(made.amount_minor, HOME)),
            ],
            total=True,
        ),
        Prose(
            _(
                "It was taken from the importer's account in the pool; nothing is to be paid. The "
                "statement of the year shows it beside what was saved. A tax invoice is issued "
                "apart, by the operator's own system."
            )
        ),
    ]
    return render(flow(title, blocks, header=_name(operator), footer=made.number))


def _name(party: Party) -> str:
    return (party.name_zh if locale.language() == "zh-hans" else "") or party.name
