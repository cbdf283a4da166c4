"""The page on which one payment is told to pay several orders."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import access
from core.domain.trade import to_minor
from customs import paper_queries, services
from customs.forms import SplitForm

CURRENCY = "CNY"


@access.action("customs.paper.press")
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest) -> HttpResponse:
    """One payment for several orders: each takes its part, and no part is more than is left."""
    party = access.membership_of(request).party  # type: ignore[union-attr]
    in_view = paper_queries.orders_in_view(party)
    form = SplitForm(request.POST if request.method == "POST" else None, in_view=in_view)
    if form.is_valid():
        said = form.cleaned_data
        paid_minor = to_minor(said["paid"], CURRENCY)
        services.split_payment(
            said["company"], said["transaction_no"], paid_minor, list(said["orders"])
        )
        messages.success(request, _("Noted: each order has its part of the payment."))
        return redirect("customs:split-payment")
    context = {"form": form, "rows": paper_queries.splits(party), "currency": CURRENCY}
    return render(
        request, "customs/split_payment.html", context, status=422 if form.errors else 200
    )
