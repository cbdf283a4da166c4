"""Pages of declaring: an importer's orders, a broker's batches."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import access, documents, vault
from core.models import Party
from core.web.numbers import whole
from core.web.ranges import download
from core.web.refusals import render_refusal
from customs import queries, services, words
from customs.domain.packages import MOST_BYTES
from customs.forms import ReceiptsForm
from customs.models import DeclarationBatch


def _party(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def _batch(request: HttpRequest, pk: int) -> DeclarationBatch:
    """A batch that was given to the reader; anybody else gets 404."""
    rows = queries.visible_batches(_party(request)).select_related("job", "archive", "pool")
    return get_object_or_404(rows, pk=pk)


@access.action("customs.order.view")
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The importer's orders with their papers and what customs did with them."""
    rows = queries.orders(_party(request), before=whole(request.GET.get("before", "")))
    context = {
        "rows": [(row, words.error(row.error_code)) for row in rows],
        "figures": queries.order_figures(_party(request)),
        "older": rows[-1].order_id if len(rows) == queries.ORDERS_ON_A_PAGE else None,
    }
    return render(request, "customs/orders.html", context)


@access.action("customs.order.view")
@require_safe
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: its papers, how its taxes were assessed, and the answers of customs."""
    found = get_object_or_404(queries.order_in_view(), pk=pk)
    declaration = found.declaration
    context = {
        "order": found,
        "declaration": declaration,
        "lines": declaration.lines.select_related("product").order_by("line_no"),
        "buyer": vault.masked(found.buyer),
        "steps": words.steps(declaration.assessment),
        "answers": [
            (row, words.status(row.status), words.error(row.error_code))
            for row in queries.answers(declaration)
        ],
    }
    return render(request, "customs/order.html", context)


@access.action("customs.batch.view")
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """The batches in view, the orders that wait to be declared, a place to put receipts."""
    return render(request, "customs/batches.html", _batches(request, ReceiptsForm()))


def _batches(request: HttpRequest, form: ReceiptsForm) -> dict[str, Any]:
    return {
        "rows": queries.batches(_party(request)),
        "waiting": queries.waiting(_party(request)),
        "most": services.MOST_IN_A_BATCH,
        "form": form,
    }


@access.action("customs.receipts.upload")
@require_POST
def receipts(request: HttpRequest) -> HttpResponse:
    """Take a file of receipts and say what became of each answer in it.

    Of a file that is too large no more is read than shows it to be so.
    """
    form = ReceiptsForm(request.POST, request.FILES)
    received = None
    if form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read(MOST_BYTES + 1)
        received = services.receive_file(_party(request), file.name, content)
    context = {
        **_batches(request, form if received is None else ReceiptsForm()),
        "received": received,
        "faults": [
            (refused.name, render_refusal(refused.refusal))
            for refused in (received.refused if received else ())
        ],
    }
    return render(request, "customs/batches.html", context)


@access.action("customs.batch.view")
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: its files, its declarations, and what was refused and why."""
    found = _batch(request, pk)
    rows = queries.declarations(found)
    groups = queries.refusals(rows)
    context = {
        "batch": found,
        "rows": rows,
        "refusals": [(group, words.error(group.error_code)) for group in groups],
        "open_refusals": sum(group.open_count for group in groups),
        "released": sum(row.state in ("released", "closed") for row in rows),
        "refused": sum(group.count for group in groups),
        "waiting": sum(row.state == "declared" for row in rows),
        "answering": queries.is_being_answered(found),
    }
    return render(request, "customs/batch.html", context)


@access.action("customs.batch.view")
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the files of a batch are: the part of its page that renews itself."""
    return render(request, "customs/parts/files.html", {"batch": _batch(request, pk)})


@access.action("customs.batch.download")
@require_safe
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """All files of a batch as one ZIP; who took it stands in the log."""
    found = get_object_or_404(
        queries.visible_batches(_party(request)).filter(archive__isnull=False), pk=pk
    )
    document = services.hand_over(found)
    return download(
        request,
        documents.content(document),
        filename=document.filename,
        media_type=document.media_type,
        etag=document.sha256,
    )


@access.action("customs.batch.declare")
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Declare the oldest waiting orders of a pool as one batch."""
    wanted = whole(request.POST.get("pool", ""))
    pool = get_object_or_404(queries.pools(_party(request)), pk=wanted)
    chosen = queries.orders_to_declare(pool, services.MOST_IN_A_BATCH)
    if not chosen:
        return redirect("customs:batches")
    key = f"pool:{pool.pk}/from:{chosen[0].pk}"
    made = services.declare_batch(pool, chosen, request_key=key)
    return redirect("customs:batch", pk=made.pk)


@access.action("customs.batch.declare")
@require_POST
def declare_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare what was refused again, all of it or one reason's, as a batch of its own."""
    found = _batch(request, pk)
    chosen = queries.orders_to_declare_again(found, request.POST.get("error_code"))
    key = f"batch:{found.pk}/again/{len(chosen)}/{chosen[0].pk if chosen else 0}"
    made = services.declare_batch(found.pool, chosen, request_key=key)
    return redirect("customs:batch", pk=made.pk)


@access.action("customs.batch.simulate")
@require_POST
def simulate(request: HttpRequest, pk: int) -> HttpResponse:
    """Have simulated customs answer a demonstration's batch."""
    services.order_simulated_answers(_batch(request, pk))
    return redirect("customs:batch", pk=pk)
