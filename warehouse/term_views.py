"""Pages of terms: what the pool reckons with, what a channel promises, what the pool buys."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import access, clock
from core.domain.errors import Refusal
from core.domain.trade import from_minor, to_minor
from core.models import Party
from core.web import locale
from core.web.refusals import render_refusal
from warehouse import words
from warehouse.domain.ageing import KeepingTerms
from warehouse.domain.ownership import Cause
from warehouse.models import KeepingTerm
from warehouse.queries import terms as queries
from warehouse.services import buying, rules
from warehouse.services.keeping import set_terms
from warehouse.term_forms import HOME, BuyForm, ChannelForm, KeepingTermsForm


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


@access.action("warehouse.terms.set")
@require_http_methods(["GET", "HEAD", "POST"])
def keeping_terms(request: HttpRequest) -> HttpResponse:
    """What the operator's pools reckon with when goods grow old; the form sets it from a day on."""
    operator = _party(request)
    rows = queries.keeping_terms(operator)
    form = KeepingTermsForm(operator, request.POST or None, initial=_initial(rows))
    refused = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            set_terms(told["pool"], form.terms, valid_from=told["valid_from"])
        except Refusal as refusal:
            refused = render_refusal(refusal)
        else:
            messages.success(request, _("The terms are set."))
            return redirect("warehouse:terms")
    context = {"rows": rows, "form": form, "refusal": refused, "usual": KeepingTerms()}
    status = 422 if request.method == "POST" else 200
    return render(request, "warehouse/terms.html", context, status=status)


def _initial(rows: list[KeepingTerm]) -> dict[str, object]:
    """The newest terms, or those that hold where none are set."""
    told = rows[0].as_terms if rows else KeepingTerms()
    amounts = ("return_case", "return_m3", "destroy_case", "destroy_m3")
    fen = {name: from_minor(getattr(told, f"{name}_fen"), HOME) for name in amounts}
    return {**vars(told), **fen, "valid_from": clock.today()}


@access.action("warehouse.channel.set")
@require_http_methods(["GET", "HEAD", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    """How many days of use each shop platform of the importer promises its consumers."""
    importer = _party(request)
    form = ChannelForm(request.POST or None, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        rules.set_life(
            importer,
            told["channel"],
            valid_from=told["valid_from"],
            minimum_days=told["minimum_days"],
        )
        messages.success(request, _("From that day on its orders take no units that keep less."))
        return redirect("warehouse:channels")
    names = dict(queries.channels())
    rows = [(names.get(row.channel, row.channel), row) for row in queries.promises(importer)]
    status = 422 if request.method == "POST" else 200
    return render(request, "warehouse/channels.html", {"rows": rows, "form": form}, status=status)


@access.action("warehouse.release.lead")
@require_http_methods(["GET", "HEAD", "POST"])
def buy(request: HttpRequest) -> HttpResponse:
    """Take over what an importer who leaves, or gave its goods up, has on the shelves."""
    operator = _party(request)
    form = BuyForm(operator, request.POST or None, initial={"request_key": uuid4().hex})
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            made = buying.buy_in(_purchase(form))
        except Refusal as refusal:
            refused = render_refusal(refusal)
        else:
            paid = locale.money(made.amount_minor, _currency(form))
            messages.success(request, _("Bought for %(amount)s.") % {"amount": paid})
            return redirect("warehouse:buy")
    context = {
        "form": form,
        "refusal": refused,
        "rows": [(words.SALE_CAUSES[row.cause], row) for row in queries.bought_in(operator)],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "warehouse/buy.html", context, status=status)


def _purchase(form: BuyForm) -> buying.Purchase:
    told = form.cleaned_data
    holding = told["holding"]
    return buying.Purchase(
        lot=holding.lot,
        seller=holding.owner,
        units=told["units"],
        cause=Cause(told["cause"]),
        discount_minor=to_minor(told["discount"], _currency(form)),
        request_key=f"buy:{holding.pk}:{told['request_key']}",
    )


def _currency(form: BuyForm) -> str:
    pool = form.cleaned_data["holding"].lot.receipt_line.receipt.consignment.pool
    return str(pool.currency)
