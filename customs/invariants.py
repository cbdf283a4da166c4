"""The laws of declaring, each proven from two independent sides."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import reduce
from operator import or_

from django.db.models import F, Q, Sum
from django.db.models.functions import ExtractYear

from core import clock
from core.domain.chart import AccountCode
from core.invariants import invariant
from core.models import Account
from customs import territories
from customs.domain.corrections import LATE, OPEN, SETTLED, collected_part
from customs.domain.states import DECLARED, DRAFT, LET_GO, LIVE, REFUSED, after_answers
from customs.models import (
    AnnualUse,
    Attempt,
    ConsumerOrder,
    CorrectionLine,
    CustomsReceipt,
    Declaration,
    DeclarationLine,
    ListedGoods,
    Load,
    PersonQuantity,
)
from warehouse.models import DispatchLine

TAKING_UP = sorted(LIVE | {DRAFT})


@invariant(
    "customs.annual_use_equals_orders",
    "What a person has used of a year is the sum of the person's live orders of that year.",
)
def annual_use_equals_orders() -> Iterator[str]:
    """Totals against declarations that take up the year. Two queries."""
    live = Declaration.objects.filter(_is_counted(), state__in=TAKING_UP)
    bought = {
        (person, year): value
        for person, year, value in live.values_list(
            "order__buyer_id", ExtractYear("order__ordered_at")
        )
        .annotate(total=Sum(F("dutiable_minor") - F("returned_value_minor")))
        .order_by()
    }
    for use in AnnualUse.objects.order_by("pk"):
        expected = bought.pop((use.person_id, use.year), 0)
        if use.used_minor != expected:
            yield f"person {use.person_id} in {use.year}: {use.used_minor}, orders give {expected}"
    for (person, year), value in sorted(bought.items()):
        yield f"person {person} in {year}: no total, orders give {value}"


@invariant(
    "customs.person_quantities_equal_orders",
    "What a person has used of a listed quantity is what the person's live orders of a year hold.",
)
def person_quantities_equal_orders() -> Iterator[str]:
    """Totals against lines that take up a quantity, less what came back. Three queries."""
    held: Counter[tuple[int, int, str]] = Counter()
    lines = DeclarationLine.objects.exclude(quota_hs="")
    key = ("declaration__order__buyer_id", ExtractYear("declaration__order__ordered_at"))
    live = lines.filter(declaration__state__in=TAKING_UP)
    for person, year, hs, total in (
        live.values_list(*key, "quota_hs")
        .annotate(total=Sum(F("units") * F("quota_per_unit")))
        .order_by()
    ):
        held[person, year, hs] += total
    back = CorrectionLine.objects.filter(correction__state=SETTLED, line__in=live)
    for person, year, hs, total in (
        back.values_list(
            "line__declaration__order__buyer_id",
            ExtractYear("line__declaration__order__ordered_at"),
            "line__quota_hs",
        )
        .annotate(total=Sum(F("units") * F("line__quota_per_unit")))
        .order_by()
    ):
        held[person, year, hs] -= total
    for row in PersonQuantity.objects.order_by("pk"):
        expected = held.pop((row.person_id, row.year, row.hs), 0)
        if row.used != expected:
            yield f"person {row.person_id} in {row.year}, {row.hs}: {row.used}, not {expected}"
    for (person, year, hs), amount in sorted(held.items()):
        if amount:
            yield f"person {person} in {year}, {hs}: no total, orders hold {amount}"


def _is_counted() -> Q:
    """Declarations of pools in territories that count what a person buys in a year."""
    today = clock.today()
    counting = [
        territory.code
        for territory in territories.TERRITORIES.values()
        if territory.person_year_limit_minor(today) is not None
    ]
    ports = (Q(order__pool__port__istartswith=code) for code in counting)
    return reduce(or_, ports, Q(pk__in=()))


@invariant(
    "customs.released_is_dispatched",
    "Every released declaration has one dispatch order of exactly its goods, and no other has any.",
)
def released_is_dispatched() -> Iterator[str]:
    """Declared units against dispatched ones, by declaration and product. Three queries."""
    declared: dict[int, Counter[int]] = defaultdict(Counter)
    rows = Declaration.objects.filter(state__in=sorted(LET_GO))
    for dispatch, product, units in (
        rows.values_list("dispatch_order_id", "lines__product_id")
        .annotate(Sum("lines__units"))
        .order_by()
    ):
        declared[dispatch][product] = units
    sent: dict[int, Counter[int]] = defaultdict(Counter)
    ours = Declaration.objects.filter(dispatch_order__isnull=False).values("dispatch_order_id")
    for dispatch, product, units in (
        DispatchLine.objects.filter(order__in=ours)
        .values_list("order_id", "product_id")
        .annotate(Sum("units"))
        .order_by()
    ):
        sent[dispatch][product] = units
    for dispatch in sorted(declared.keys() | sent.keys()):
        if declared[dispatch] != sent[dispatch]:
            found, due = dict(sent[dispatch]), dict(declared[dispatch])
            yield f"dispatch {dispatch}: units by product {found}, declared {due}"


@invariant(
    "customs.tax_in_trust_equals_orders",
    "The taxes in trust for an importer are those of its orders neither cancelled nor paid over.",
)
def tax_in_trust_equals_orders() -> Iterator[str]:
    """Trust accounts against orders and returns. Three queries."""
    owed = ConsumerOrder.objects.exclude(state=ConsumerOrder.State.CANCELLED).filter(
        declaration__remitted_on__isnull=True
    )
    expected = Counter(dict(owed.values_list("importer_id").annotate(Sum("tax_minor")).order_by()))
    expected.subtract(_given_back())
    accounts = Account.objects.filter(code=AccountCode.TAX_TRUST)
    in_trust = dict(
        accounts.values_list("owner_id")
        .annotate(total=Sum(F("credits_posted") - F("debits_posted")))
        .order_by()
    )
    for importer in sorted(expected.keys() | in_trust.keys()):
        if expected.get(importer, 0) != in_trust.get(importer, 0):
            found, due = in_trust.get(importer, 0), expected.get(importer, 0)
            yield f"importer {importer}: {found} in trust, orders give {due}"


def _given_back() -> Counter[int]:
    """Collected taxes of goods that came back in time, by importer, where none were paid over."""
    rows = Declaration.objects.filter(returned_tax_minor__gt=0, remitted_on__isnull=True)
    given: Counter[int] = Counter()
    for row in rows.select_related("order"):
        given[row.importer_id] += collected_part(
            row.order.tax_minor, row.tax_minor, row.returned_tax_minor
        )
    return given


@invariant(
    "customs.returns_add_up",
    "What a declaration got back is the sum of its settled returns, line by line and in value.",
)
def returns_add_up() -> Iterator[str]:
    """Returned units and values against the requests. Two queries."""
    units = (
        CorrectionLine.objects.filter(correction__state__in=sorted(OPEN | {SETTLED, LATE}))
        .values_list("line_id")
        .annotate(Sum("units"))
        .order_by()
    )
    back = dict(units)
    for line_id, found in (
        DeclarationLine.objects.filter(returned_units__gt=0)
        .values_list("pk", "returned_units")
        .order_by()
    ):
        if back.pop(line_id, 0) != found:
            yield f"line {line_id}: {found} units come back, requests give another number"
    for line_id, due in sorted(back.items()):
        yield f"line {line_id}: requests give {due} units, none come back"
    settled = Declaration.objects.filter(corrections__kind="return", corrections__state=SETTLED)
    for number, found, due in settled.values_list("cop_no", "returned_value_minor").annotate(
        Sum("corrections__value_minor")
    ):
        if found != due:
            yield f"{number}: {found} of value came back, its returns give {due}"


@invariant(
    "customs.guarantees_stand_for_declarations",
    "What is held on the guarantees is the tax of the declarations that customs has not answered.",
)
def guarantees_stand_for_declarations() -> Iterator[str]:
    """Open holds against declarations with customs. Two queries."""
    with_customs = Declaration.objects.filter(state__in=sorted(LIVE - LET_GO))
    tax = F("duty_minor") + F("consumption_tax_minor") + F("vat_minor")
    due = with_customs.aggregate(total=Sum(tax))["total"] or 0
    accounts = Account.objects.filter(code=AccountCode.GUARANTEE)
    held = accounts.aggregate(total=Sum("debits_pending"))["total"] or 0
    if held != due:
        yield f"{held} are held on guarantees, declarations with customs give {due}"


@invariant(
    "customs.vehicles_carry_their_lists",
    "What vehicles were given of a shared list is the sum of the loads that their passes hold.",
)
def vehicles_carry_their_lists() -> Iterator[str]:
    """Counters beside lines against loads. Two queries."""
    names = ("units", "gross_g", "net_g")
    rows = Load.objects.filter(is_held=True).values_list("goods_id").order_by()
    held = {goods: sums for goods, *sums in rows.annotate(*(Sum(name) for name in names))}
    for row in ListedGoods.objects.order_by("pk"):
        counted = [row.loaded_units, row.loaded_gross_g, row.loaded_net_g]
        due = held.get(row.pk, [0, 0, 0])
        if counted != due:
            yield f"list {row.paper_id}, line {row.line_no}: {counted} loaded, passes hold {due}"


@invariant(
    "customs.numbers_have_no_gaps",
    "The numbers of declarations run from 1 without a gap in every year.",
)
def numbers_have_no_gaps() -> Iterator[str]:
    """Numbers of all attempts, by year. One query."""
    serials: dict[str, list[int]] = defaultdict(list)
    for number in Attempt.objects.values_list("cop_no", flat=True):
        series, _, serial = number.rpartition("-")
        serials[series].append(int(serial))
    for series, found in sorted(serials.items()):
        missing = sorted(set(range(1, max(found) + 1)) - set(found))
        if missing:
            yield f"{series}: {missing[0]} is missing"


@invariant(
    "customs.states_follow_answers",
    "The state of every attempt is what the answers of customs to it add up to.",
)
def states_follow_answers() -> Iterator[str]:
    """States against the fold of receipts, in the order of their arrival. Two queries."""
    heard: dict[int, list[str]] = defaultdict(list)
    receipts = CustomsReceipt.objects.order_by("pk").values_list("attempt_id", "status")
    for attempt_id, status in receipts:
        heard[attempt_id].append(_meaning(status))
    for attempt in Attempt.objects.order_by("pk"):
        expected = after_answers(DECLARED, heard[attempt.pk])
        if attempt.state != expected:
            yield f"{attempt.cop_no}: {attempt.state}, answers give {expected}"


def _meaning(status: str) -> str:
    """The state that a status leads to in the territories in use."""
    for territory in territories.TERRITORIES.values():
        if status in territory.return_codes:
            return territory.return_codes[status].state
    return REFUSED
