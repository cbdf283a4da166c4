"""Where money is paid from and to: the pool's accounts, and suppliers' accounts under four eyes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from core import access
from core.models import Party, Pool
from fx_settlement import queries, services
from fx_settlement.forms import BankAccountForm, SupplierAccountForm
from fx_settlement.views.common import party_of


@access.action("settlement.account.view")
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts in use, those that wait for a second person, and forms for new ones."""
    return _shown(request)


def _shown(
    request: HttpRequest,
    *,
    own: BankAccountForm | None = None,
    supplier: SupplierAccountForm | None = None,
) -> HttpResponse:
    operator, is_faulty = party_of(request), own is not None or supplier is not None
    pools, suppliers = queries.pools_led_by(operator), queries.supplier_choices()
    context = {
        "own": queries.bank_account_rows(operator),
        "suppliers": queries.supplier_account_rows(operator),
        "me": request.user.pk,
        "own_form": own or BankAccountForm(pools=pools, auto_id="own_%s"),
        "supplier_form": supplier or SupplierAccountForm(suppliers=suppliers, auto_id="sup_%s"),
    }
    status = 422 if is_faulty else 200
    return render(request, "settlement/accounts.html", context, status=status)


@access.action("settlement.account.change")
@require_POST
def add_own(request: HttpRequest) -> HttpResponse:
    """Enter the account from which a pool pays a currency."""
    pools = queries.pools_led_by(party_of(request))
    form = BankAccountForm(request.POST, pools=pools, auto_id="own_%s")
    if not form.is_valid():
        return _shown(request, own=form)
    given = dict(form.cleaned_data)
    pool = get_object_or_404(Pool, pk=given.pop("pool"))
    services.add_bank_account(pool, given.pop("currency"), **given)
    messages.success(request, gettext("The account is entered."))
    return redirect("settlement:accounts")


@access.action("settlement.account.change")
@require_POST
def add_supplier(request: HttpRequest) -> HttpResponse:
    """Enter where a supplier wants to be paid."""
    form = SupplierAccountForm(request.POST, suppliers=queries.supplier_choices(), auto_id="sup_%s")
    if not form.is_valid():
        return _shown(request, supplier=form)
    given = dict(form.cleaned_data)
    supplier = get_object_or_404(Party, pk=given.pop("supplier"))
    services.add_supplier_account(
        party_of(request),
        supplier,
        given.pop("currency"),
        by=request.user,  # type: ignore[arg-type]
        **given,
    )
    messages.success(request, gettext("The account waits for a second person."))
    return redirect("settlement:accounts")


@access.action("settlement.account.change")
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person's word for a supplier's account."""
    account = get_object_or_404(queries.accounts_to_confirm(party_of(request)), pk=pk)
    services.confirm_supplier_account(account, by=request.user)  # type: ignore[arg-type]
    messages.success(request, gettext("The account is confirmed; suppliers are paid there now."))
    return redirect("settlement:accounts")
