"""The graph of a lot: for programs, as a picture, and as a page with both and its events."""

from dataclasses import asdict
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from core import access
from core.models import Membership
from traceability import labels, words
from traceability.domain.digital_link import BadDigitalLink, ItemKey, canonical, parse
from traceability.domain.epcis import Issuer
from traceability.forms import GraphForm
from traceability.graph import MOST_HOPS, Direction, Edge, Graph, graph
from traceability.graph_picture import MOST_COLUMNS, is_whole, picture
from warehouse.models import Lot

ACTION = "traceability.graph.see"


@access.action(ACTION)
@require_safe
def lot_graph(request: HttpRequest) -> HttpResponseBase:
    """Events up- and downstream of a lot of the operator's pools; ``epc`` is its Digital Link.

    JSON, or the picture with ``format=svg``.
    """
    membership: Membership = request.membership  # type: ignore[attr-defined]
    item = _item(request.GET.get("epc", ""))
    lots = Lot.objects.filter(
        product__gtin=item.gtin,
        number=item.lot,
        book_item__book__pool__operator_id=membership.party_id,
    )
    if not item.lot or not lots.exists():
        raise Http404
    way = request.GET.get("direction", Direction.BOTH)
    hops = request.GET.get("hops", str(MOST_HOPS))
    if way not in list(Direction) or not (hops.isascii() and hops.isdigit() and len(hops) < 4):
        raise Http404
    found = graph(canonical(ItemKey(item.gtin, lot=item.lot)), direction=way, hops=int(hops))
    if request.GET.get("format") == "svg":
        return HttpResponse(_alone(found), content_type="image/svg+xml")
    return JsonResponse(asdict(found), json_dumps_params={"ensure_ascii": False})


def _item(epc: str) -> ItemKey:
    try:
        return parse(epc)
    except BadDigitalLink:
        raise Http404 from None


@access.action(ACTION)
@require_safe
def graph_page(request: HttpRequest) -> HttpResponse:
    """Where a lot came from and where it went: the picture, and each event in a row."""
    membership: Membership = request.membership  # type: ignore[attr-defined]
    lots = labels.lots_of(membership.party)
    asked = request.GET if "lot" in request.GET else None
    form = GraphForm(asked, lots=lots)
    context: dict[str, object] = {"form": form if lots else None}
    if asked is not None and form.is_valid():
        lot = form.chosen()
        root = canonical(ItemKey(lot.product.gtin, lot=lot.number))
        found = graph(root, direction=form.cleaned_data["direction"])
        context |= {
            "lot": lot,
            "picture": _picture(found),
            "is_whole": is_whole(found) and not found.is_cut,
            "edges": [_row(number, edge) for number, edge in enumerate(found.edges[:200], 1)],
            "drawn": MOST_COLUMNS,
            "as_svg": f"?epc={root}&direction={form.cleaned_data['direction']}&format=svg",
        }
    status = 422 if form.errors else 200
    return render(request, "traceability/graph.html", context, status=status)


def _row(number: int, edge: Edge) -> dict[str, object]:
    return {
        "number": number,
        "title": words.EVENTS.get(edge.kind, edge.kind),
        "at": datetime.fromisoformat(edge.at),
        "position": edge.position,
        "things": [_thing(key) for key in edge.subjects],
    }


def _picture(found: Graph) -> SafeString:
    title = gettext("What {thing} went through, from left to right")
    return picture(found, title.format(thing=_thing(found.root)), _thing, words.EVENTS)


def _alone(found: Graph) -> str:
    """The picture as a file of its own, with the colours that a page's style sheet would give."""
    style = (
        "<style>text{font:12px sans-serif;fill:#333}.chart-grid{stroke:#ddd}"
        ".way{stroke:#1a5fb4;stroke-width:2}.chart-c1{fill:#1a5fb4}"
        ".chart-strong{font-weight:700}</style>"
    )
    drawn = _picture(found).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return drawn.replace("<title>", f"{style}<title>", 1)


def _thing(key: str) -> str:
    """What an identifier stands for, in words: a lot by its number, a pallet, a declaration…"""
    if key.startswith("https://id.gs1.org/00/"):
        return gettext("Pallet {number}").format(number=key.rpartition("/")[2])
    if key.startswith("https://id.gs1.org/01/"):
        return gettext("Lot {number}").format(number=parse(key).lot)
    own = key.removeprefix(Issuer(settings.PUBLIC_HOST).name("", "").rstrip("/"))
    kind, _, number = own.strip("/").rpartition("/")
    said = words.THINGS.get(kind.rpartition("/")[2])
    return str(said).format(number=number) if said else key
