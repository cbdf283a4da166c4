"""Draws the warehouse's papers: claims, filings of the account book, plans of disposal."""

from django.utils.translation import gettext as _

from core.pdf import Facts, Heading, Pdf, Prose, flow, render
from core.pdf.flow import Block
from core.web import locale
from warehouse import words
from warehouse.models import Claim


def claim_paper(claim: Claim, photos: int) -> Pdf:
    """A claim as a letter with its figures, in the language in force."""
    line = claim.receipt_line
    bought = line.order_line
    consignment = line.receipt.consignment
    title = _("Claim %(number)s") % {"number": claim.number}
    blocks: list[Block] = [
        Heading(title, size=18),
        Prose(f"{claim.party.name} · {locale.day(claim.made_on)}"),
        Facts(
            (
                (_("Amount claimed"), locale.money(claim.amount_minor, claim.currency)),
                (_("Units"), locale.number(claim.units)),
                (_("Cause"), str(words.CAUSES[claim.cause])),
                (_("Price per unit"), locale.money(bought.unit_price_minor, claim.currency)),
            )
        ),
        Heading(_("What was counted")),
        Facts(
            (
                (_("Product"), bought.product.name),
                (_("GTIN"), bought.product.gtin),
                (_("Order"), bought.order.number),
                (_("Consignment"), consignment.number),
                (_("Received"), locale.day(line.receipt.received_on)),
                (_("Expected"), locale.number(line.expected)),
                (_("Good"), locale.number(line.good)),
                (_("Damaged"), locale.number(line.damaged)),
                (_("Held back"), locale.number(line.quarantined)),
                (_("Short"), locale.number(line.short)),
                (_("Over"), locale.number(line.over)),
                (_("Photos kept"), locale.number(photos)),
            )
        ),
        Prose(
            _(
                "Please credit the amount or answer with your findings. The photos are kept and "
                "are sent on request."
            )
        ),
    ]
    return render(flow(title, blocks, footer=claim.number))
