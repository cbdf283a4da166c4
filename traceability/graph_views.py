"""The graph of a lot for programs: where it came from and where it went."""

from dataclasses import asdict

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from core import access
from core.models import Membership
from traceability.domain.digital_link import BadDigitalLink, ItemKey, canonical, parse
from traceability.graph import MOST_HOPS, Direction, graph
from warehouse.models import Lot


@access.action("traceability.graph.see")
@require_safe
def lot_graph(request: HttpRequest) -> JsonResponse:
    """Events up- and downstream of a lot of the operator's pools; ``epc`` is its Digital Link."""
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
    return JsonResponse(asdict(found), json_dumps_params={"ensure_ascii": False})


def _item(epc: str) -> ItemKey:
    try:
        return parse(epc)
    except BadDigitalLink:
        raise Http404 from None
