"""Complaints: a form for consumers without cookies, a list and an answer for who handles them."""

from http import HTTPStatus

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from core import access, clock, documents
from core.domain.errors import Refusal
from core.models import Appointment, Membership, Right
from core.models.party import Role
from core.web.refusals import answer_with, render_refusal
from traceability import complaints as services
from traceability import sampling
from traceability.forms import AnswerForm, ComplaintForm
from traceability.models import Complaint
from traceability.sample_views import SUSPECTED

answer_with(HTTPStatus.TOO_MANY_REQUESTS, services.TooManyComplaints.code)

ACTION = "traceability.complaint.answer"


@access.public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def complain(request: HttpRequest, code: str) -> HttpResponse:
    """A consumer says what is wrong with a unit; without cookie there is no token to ask for."""
    form = ComplaintForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        address = request.META.get("REMOTE_ADDR", "")
        try:
            made = services.complain(code, form.wrong(), at=clock.now(), address=address)
            return redirect(services.public_link(made))
        except services.TooManyComplaints:
            raise
        except Refusal as refusal:
            told = render_refusal(refusal)
            form.add_error(None, f"{told.reason} {told.remedy}")
    status = 422 if form.errors else 200
    context = {"form": form, "code": code[:64]}
    return render(request, "traceability/complain.html", context, status=status)


@access.public
@require_safe
@never_cache
def public_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Where the consumer reads the answer: what it is about, until when, and what was said."""
    context = {"complaint": services.by_link(token)}
    return render(request, "traceability/complaint_answer.html", context)


@access.action(ACTION)
@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    """Complaints that the reader answers for, the open ones first."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    rows = _in_view(membership).order_by("-state", "answer_by_on", "-pk")[:100]
    is_operator = membership.role == Role.OPERATOR
    since = clock.now() - SUSPECTED
    suspects = sampling.suspects(membership.party, since=since) if is_operator else []
    context = {"rows": list(rows), "suspects": suspects, "today": clock.today()}
    return render(request, "traceability/complaints.html", context)


@access.action(ACTION)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint; its answer is entered here, once."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    found = _found(membership, pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        access.need(membership, Right.MANAGE)
        if form.is_valid():
            by = f"user:{membership.user_id}"
            services.answer(found, form.cleaned_data["answer"], by=by)
            return redirect("complaint", pk=pk)
    context = {"form": form, "shown": services.shown(found)}
    status = 422 if form.errors else 200
    return render(request, "traceability/complaint.html", context, status=status)


@access.action(ACTION)
@require_safe
@never_cache
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The photo that came with a complaint."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    found = _found(membership, pk)
    if found.photo is None:
        raise Http404
    return HttpResponse(documents.content(found.photo), content_type="image/jpeg")


def _in_view(membership: Membership) -> QuerySet[Complaint]:
    """What the reader answers for: as seller, as a seller's domestic agent, or as operator."""
    rows = Complaint.objects.select_related("identity__lot__product", "importer", "photo", "person")
    mine = Q(importer_id=membership.party_id)
    if membership.role != Role.IMPORTER:
        clients = Appointment.objects.in_force(clock.today()).filter(
            party_id=membership.party_id, kind=Appointment.Kind.DOMESTIC_AGENT
        )
        mine = Q(importer_id__in=clients.values("importer_id"))
    if membership.role == Role.OPERATOR:
        mine |= Q(operator_id=membership.party_id)
    return rows.filter(mine)


def _found(membership: Membership, pk: int) -> Complaint:
    found: Complaint | None = _in_view(membership).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
