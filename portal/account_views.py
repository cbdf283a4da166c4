"""Joining, passwords, the second factor, one's own account, and a party's members."""

from datetime import timedelta

import segno
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, accounts, clock, second_factor, throttle
from core.domain.errors import Refusal
from core.models import Agreement, Membership, Right, User
from core.web.numbers import whole
from portal import account_forms as forms
from portal import members
from portal.queries.standing import public_record

ASKED_AT_MOST = 5
ASKED_WITHIN = timedelta(minutes=15)
HALF_SIGNED_IN = "half-signed-in"


@access.public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation and sign in."""
    invitation = accounts.invitation_of(token)
    form = forms.JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = accounts.join(invitation, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            login(request, user)
            return redirect("home")
    return render(request, "portal/join.html", {"form": form, "party": invitation.party})


@access.public
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a reset link; the answer is the same whether the address is known or not."""
    form = forms.ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = request.META.get("REMOTE_ADDR", "")
        throttle.refuse_above(ASKED_AT_MOST, "forgotten", address, window=ASKED_WITHIN)
        throttle.note("forgotten", address, window=ASKED_WITHIN)
        accounts.order_reset(form.cleaned_data["email"])
        return render(request, "portal/forgotten.html", {"is_sent": True})
    return render(request, "portal/forgotten.html", {"form": form})


@access.public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by a link from a letter."""
    form = forms.NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.reset(token, form.cleaned_data["password"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The new password is set. Sign in with it."))
            return redirect("sign-in")
    return render(request, "portal/new_password.html", {"form": form})


@access.public
@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The second step of signing in: digits of the authenticator, or a spare code."""
    pending = request.session.get(HALF_SIGNED_IN)
    user = User.objects.filter(pk=pending, is_active=True).first() if pending else None
    if user is None:
        return redirect("sign-in")
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.check(user, form.cleaned_data["code"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            del request.session[HALF_SIGNED_IN]
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("home")
    return render(request, "portal/second_step.html", {"form": form})


@access.action("portal.account")
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: language, password, second factor."""
    user = _user(request)
    form = forms.AccountForm(request.POST or None, initial={"language": user.language})
    if request.method == "POST" and form.is_valid():
        User.objects.filter(pk=user.pk).update(language=form.cleaned_data["language"])
        response = redirect("account")
        response.set_cookie("django_language", form.cleaned_data["language"], samesite="Lax")
        return response
    context = {
        "form": form,
        "has_second_factor": second_factor.is_confirmed(user),
        "needs_second_factor": second_factor.is_required(user),
    }
    return render(request, "portal/account.html", context)


@access.action("portal.account")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; this session goes on, every other one ends."""
    form = forms.NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _user(request)
        try:
            accounts.set_password(user, form.cleaned_data["password"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            user.save(update_fields=["password"])
            update_session_auth_hash(request, user)
            messages.success(request, _("The password is changed; other devices are signed out."))
            return redirect("account")
    return render(request, "portal/change_password.html", {"form": form})


@access.action("portal.account")
@never_cache
@require_http_methods(["GET", "POST"])
def set_up_second_factor(request: HttpRequest) -> HttpResponse:
    """Scan the QR with an authenticator and confirm with its digits; spare codes show once."""
    user = _user(request)
    if second_factor.is_confirmed(user):
        return redirect("account")
    if request.method == "POST" and not second_factor.is_begun(user):
        return redirect("second-factor")
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            spare = second_factor.confirm(user, form.cleaned_data["code"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return render(request, "portal/spare_codes.html", {"spare": spare})
        address = second_factor.pending_address(user)
    else:
        address = second_factor.begin(user)
    picture = segno.make(address, error="m").svg_inline(scale=4, border=2, svgclass="qr")
    return render(
        request, "portal/second_factor.html", {"form": form, "qr": picture, "address": address}
    )


@access.action("portal.members")
@require_http_methods(["GET", "POST"])
def members_page(request: HttpRequest) -> HttpResponse:
    """Who acts for one's own party; invite more, if one has the right to."""
    membership = _membership(request)
    form = forms.InviteForm(request.POST or None, initial={"language": translation.get_language()})
    if request.method == "POST":
        access.need(membership, Right.MANAGE)
        if form.is_valid():
            members.invite_colleague(membership, form.cleaned_data)
            messages.success(request, _("The invitation is on its way."))
            return redirect("members")
    context = {"members": members.of_party(membership.party_id), "form": form}
    context |= {"may_manage": access.has(membership, Right.MANAGE), "me": membership.pk}
    return render(request, "portal/members.html", context)


@access.action("portal.members")
@require_POST
def end_membership(request: HttpRequest, membership_id: int) -> HttpResponse:
    """End a colleague's part at once."""
    mine = _membership(request)
    access.need(mine, Right.MANAGE)
    other = get_object_or_404(Membership, pk=membership_id, party_id=mine.party_id, is_active=True)
    accounts.end_membership(other)
    return redirect("members")


@access.action("portal.parties")
@require_http_methods(["GET", "POST"])
def parties(request: HttpRequest) -> HttpResponse:
    """The pool's parties with what is missing before they may trade; invite a new one."""
    form = forms.NewMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            members.bring_in(form.cleaned_data, by=_user(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The party is entered and its first user invited."))
            return redirect("parties")
    return render(request, "portal/parties.html", {"form": form, "parties": members.parties()})


@access.action("portal.agreement")
@require_http_methods(["GET", "POST"])
def agreement(request: HttpRequest) -> HttpResponse:
    """The pool's agreement: read it, accept it."""
    membership = _membership(request)
    if request.method == "POST":
        access.need(membership, Right.MANAGE)
        version = get_object_or_404(Agreement, pk=whole(request.POST.get("agreement", "")))
        accounts.accept(version, party=membership.party, user=_user(request))
        messages.success(request, _("The agreement is accepted."))
        return redirect("agreement")
    rows = members.agreements(membership.party)
    context = {"rows": rows, "may_accept": access.has(membership, Right.MANAGE)}
    context |= {"on_record": membership.party_id in accounts.parties_on_record()}
    context |= {"with_tier": membership.party_id in accounts.parties_with_tier()}
    context |= {"may_show": any(r.accepted_at and r.agreement.shows_standing for r in rows)}
    return render(request, "portal/agreement.html", context)


@access.public
@never_cache
@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """The public record: parties whose agreement lets anyone read it."""
    context = {"rows": public_record(), "today": clock.today()}
    return render(request, "portal/standing.html", context)


@access.action("portal.standing")
@require_POST
def choose_standing(request: HttpRequest) -> HttpResponse:
    """Put one's own party on the public record, or take it off at once."""
    membership = _membership(request)
    show = request.POST.get("show")
    accounts.choose_standing(
        membership.party,
        is_shown=show in ("yes", "tier"),
        with_tier=show == "tier",
        user=membership.user,
    )
    return redirect("agreement")


def _membership(request: HttpRequest) -> Membership:
    found = access.membership_of(request)
    assert found is not None, "the gate lets members only through"  # noqa: S101
    return found


def _user(request: HttpRequest) -> User:
    return _membership(request).user
