"""Papers of orders, suppliers and products, handed to those who may; each reading is recorded."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from core import access, documents
from core.models import Document, Role
from imports import services
from imports.models import Certificate, ShippingPaper
from imports.round_views import party_of


@access.action("imports.papers.read")
@require_safe
def order_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper of an order, for the pool's operator and its broker."""
    rows = ShippingPaper.objects.select_related("document", "order__round__pool")
    paper = get_object_or_404(rows, pk=pk)
    pool = paper.order.round.pool
    if party_of(request).pk not in (pool.operator_id, pool.broker_id):
        raise Http404
    content = documents.content(paper.document)
    services.note_paper_read(paper)
    return _file(paper.document, content)


@access.action("imports.products.see")
@require_safe
def certificate_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper of a certificate: of a product for every member, of a supplier for operators."""
    rows = Certificate.objects.select_related("document").exclude(document=None)
    if access.membership_of(request).role != Role.OPERATOR:  # type: ignore[union-attr]
        rows = rows.exclude(product=None)
    certificate = get_object_or_404(rows, pk=pk)
    document: Document = certificate.document  # type: ignore[assignment]
    content = documents.content(document)
    services.note_certificate_read(certificate)
    return _file(document, content)


def _file(document: Document, content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type=document.media_type)
    disposition = content_disposition_header(as_attachment=True, filename=document.filename)
    answer["Content-Disposition"] = disposition or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
