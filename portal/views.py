"""The front page, signing in, and the home page of each role."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import access, clock, notices, second_factor, throttle
from core import health as installation
from core.models import Membership
from core.models.notice import Notice
from core.web.audience import wants_fragment
from imports.domain.shipping import HORIZON
from imports.words import DEPARTURES
from portal import homes, services
from portal.forms import SignInForm
from portal.queries import books as books_queries
from portal.queries.cover import covers
from portal.queries.exits import departure_of, exit_statement

WRONG_AT_MOST = 10
WRONG_WITHIN = timedelta(minutes=15)
LEVELS = (Notice.Level.ALARM, Notice.Level.DUE, Notice.Level.NEWS)


@access.public
def front(request: HttpRequest) -> HttpResponse:
    """What Bondpool is, and where to look up a code; no query, no cookie."""
    return render(request, "portal/front.html")


@access.public
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Whether this installation works, for whatever watches over it: 200, or 503; no cookie."""
    found = installation.look()
    return JsonResponse(found.as_json(), status=200 if found.is_working else 503)


class SignIn(LoginView):
    """Sign in; who is already signed in goes on to the home page."""

    template_name = "portal/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at name and password, unless too many were wrong for this name or from here."""
        for who in self._tried_by():
            throttle.refuse_above(WRONG_AT_MOST, "sign-in", who, window=WRONG_WITHIN)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Count the wrong try against the name and the address, which are kept as digests."""
        for who in self._tried_by():
            throttle.note("sign-in", who, window=WRONG_WITHIN)
        return super().form_invalid(form)

    def _tried_by(self) -> tuple[str, str]:
        name = self.request.POST.get("username", "")[:64].lower()
        return f"name:{name}", f"address:{self.request.META.get('REMOTE_ADDR', '')}"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second step, or to the page asked for in the language chosen before."""
        user: Any = form.get_user()
        throttle.forget("sign-in", self._tried_by()[0])
        if second_factor.is_confirmed(user):
            self.request.session.cycle_key()
            self.request.session["half-signed-in"] = user.pk
            return redirect("second-step")
        response = super().form_valid(form)
        chosen: Any = self.request.GET.get("lang", "")
        if chosen in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax")
        return response


@access.action("portal.home")
def home(request: HttpRequest) -> HttpResponse:
    """What needs the reader's attention today."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    context = homes.context_for(membership)
    return render(request, f"portal/home_{membership.role}.html", context)


@access.action("portal.cover")
@require_safe
def cover(request: HttpRequest) -> HttpResponse:
    """How long the importer's own units last, and what delays cost in days without stock."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    rows = covers(membership.party, clock.today())
    context = {
        "rows": rows,
        "late": sum(row.cover.days_lost > 0 for row in rows),
        "horizon": HORIZON,
    }
    return render(request, "portal/cover.html", context)


@access.action("portal.exit")
@require_safe
def exit_page(request: HttpRequest, importer: int) -> HttpResponse:
    """What remains open with an importer that left: for its operator, and for itself."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    departure = departure_of(importer, seen_by=membership.party)
    if departure is None:
        raise Http404
    found = exit_statement(departure)
    context = {"found": found, "cause": DEPARTURES[departure.cause]}
    return render(request, "portal/exit.html", context)


@access.action("portal.saving")
def saving(request: HttpRequest) -> HttpResponse:
    """The year alone beside pooled: the part of the home page that takes a second."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    is_part = wants_fragment(request)
    context = {**homes.saving(membership.party), "is_part": is_part}
    template = "portal/parts/saving.html" if is_part else "portal/saving.html"
    return render(request, template, context)


@access.action("portal.notices")
@require_safe
def notices_page(request: HttpRequest) -> HttpResponse:
    """What the reader should know or do, most pressing first."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    told = notices.of(membership.user, [membership.party_id])
    levels = [(level, [row for row in told if row.level == level]) for level in LEVELS]
    context = {"levels": levels, "told": told, "unread": any(not row.is_read for row in told)}
    return render(request, "portal/notices.html", context)


@access.action("portal.notices")
@require_POST
def mark_notices_read(request: HttpRequest) -> HttpResponse:
    """Remember that the reader has seen its notices, or one of them."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    mine = {row.notice_id for row in notices.of(membership.user, [membership.party_id])}
    asked = request.POST.get("notice", "")
    seen = {each for each in mine if str(each) == asked} if asked else mine
    notices.mark_read(membership.user, sorted(seen))
    return redirect("notices")


@access.action("portal.books")
@require_http_methods(["GET", "HEAD", "POST"])
def books(request: HttpRequest) -> HttpResponse:
    """Whether every law of the books holds, and the signed head of the fact log."""
    if request.method == "POST":
        services.order_check()
        return redirect("books")
    context = {
        "check": books_queries.last_check(),
        "under_way": books_queries.check_under_way(),
        "head": books_queries.signed_head(),
    }
    return render(request, "portal/books.html", context)


@access.action("portal.jobs")
def jobs(request: HttpRequest) -> HttpResponse:
    """Background work: what waits, runs, was parked, and what was done last."""
    rows = books_queries.work()
    is_moving = any(row.state in ("queued", "running") for row in rows)
    return render(request, "portal/jobs.html", {"rows": rows, "is_moving": is_moving})


@access.action("portal.jobs")
@require_POST
def try_again(request: HttpRequest, job_id: int) -> HttpResponse:
    """Put parked work back into the queue."""
    if not services.try_again(job_id):
        raise Http404
    return redirect("jobs")
