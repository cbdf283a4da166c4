"""Every address of the product with an example, and who of everybody finds something there.

An address that is missing here fails the suite: whoever adds a page says who may see it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.attacks.world import World

IMPORTERS = frozenset({"importer", "stranger"})
OPERATORS = frozenset({"operator", "rival-operator"})
BROKERS = frozenset({"broker", "rival-broker"})
MEMBERS = IMPORTERS | OPERATORS | BROKERS
DECLARERS = OPERATORS | BROKERS
OWNER = frozenset({"importer"})
LEADER = frozenset({"operator"})
ADVISER = frozenset({"broker"})
GIVEN = frozenset({"operator", "broker"})
NOBODY_YET: frozenset[str] = frozenset()
"""Of what the world's objects do not have yet: nobody finds it."""
Way = Callable[[World], str]


@dataclass(frozen=True)
class Page:
    """An address as one object's example: who finds it, and what a form there would send."""

    example: Way
    who: frozenset[str]
    sends: Callable[[World], dict[str, Any]] | None = None
    reads: bool = True


@dataclass(frozen=True)
class Call:
    """An operation of the API on the importer's own object; ``finds`` says who gets it."""

    method: str
    example: Way
    finds: frozenset[str]
    body: dict[str, Any] | None = None


def nothing(_: World) -> dict[str, Any]:
    """A form without fields."""
    return {}


def page(path: str, who: frozenset[str], *fields: str, reads: bool = True, **sends: Any) -> Page:
    """A page; ``{}`` in its path take ids of the world's objects, named by dotted ``fields``."""

    def example(world: World) -> str:
        return path.format(*(_of(world, field) for field in fields))

    def form(world: World) -> dict[str, Any]:
        return {key: value(world) if callable(value) else value for key, value in sends.items()}

    return Page(example, who, form if sends else None, reads)


def action(path: str, who: frozenset[str], *fields: str, **sends: Any) -> Page:
    """An address that takes forms only."""
    made = page(path, who, *fields, reads=False, **sends)
    return made if made.sends else Page(made.example, who, nothing, reads=False)


def _of(world: World, field: str) -> Any:
    found: Any = world
    for name in field.split("."):
        found = getattr(found, name)
    return found


PAGES = {
    "exits/<int:importer>/": page("/exits/{}/", NOBODY_YET, "importer.pk"),
    "imports/plan/": page("/imports/plan/", IMPORTERS),
    "imports/plan/grid/": page("/imports/plan/grid/", IMPORTERS, year="2025"),
    "imports/plan/grid/save/": action("/imports/plan/grid/save/", IMPORTERS),
    "imports/plan/grid/review/": page("/imports/plan/grid/review/", IMPORTERS, seen="x"),
    "imports/plan/grid/discard/": action("/imports/plan/grid/discard/", IMPORTERS, year="2025"),
    "imports/plan/suggestions/": page("/imports/plan/suggestions/", IMPORTERS),
    "imports/plan/suggestions/take/": action(
        "/imports/plan/suggestions/take/", IMPORTERS, year="2025"
    ),
    "imports/plan/template.<str:kind>": page("/imports/plan/template.csv", IMPORTERS),
    "imports/plan/uploads/": page("/imports/plan/uploads/", IMPORTERS, year="2025"),
    "imports/plan/uploads/<int:pk>/": page("/imports/plan/uploads/{}/", OWNER, "upload.pk"),
    "imports/plan/uploads/<int:pk>/publish/": action(
        "/imports/plan/uploads/{}/publish/", OWNER, "upload.pk"
    ),
    "imports/plan/uploads/<int:pk>/faults.<str:kind>": page(
        "/imports/plan/uploads/{}/faults.csv", OWNER, "upload.pk"
    ),
    "imports/plan/orders/": page("/imports/plan/orders/", IMPORTERS),
    "imports/plan/rounds/": page("/imports/plan/rounds/", IMPORTERS),
    "imports/plan/rounds/<int:pk>/": page("/imports/plan/rounds/{}/", OWNER, "committed.round_id"),
    "imports/plan/rounds/<int:pk>/certificate/": page(
        "/imports/plan/rounds/{}/certificate/", OWNER, "committed.round_id"
    ),
    "imports/plan/rounds/<int:pk>/certificate/print/": action(
        "/imports/plan/rounds/{}/certificate/print/", OWNER, "committed.round_id"
    ),
    "imports/plan/rounds/<int:pk>/certificate.pdf": page(
        "/imports/plan/rounds/{}/certificate.pdf", OWNER, "committed.round_id"
    ),
    "imports/plan/rounds/<int:pk>/join/": action(
        "/imports/plan/rounds/{}/join/", OWNER, "committed.round_id"
    ),
    "imports/plan/rounds/<int:pk>/<int:product>/": page(
        "/imports/plan/rounds/{}/{}/",
        OWNER,
        "committed.round_id",
        "committed.product_id",
        units="11",
        tolerance_units="0",
    ),
    "imports/plan/rounds/<int:pk>/<int:product>/top-up/": action(
        "/imports/plan/rounds/{}/{}/top-up/",
        OWNER,
        "committed.round_id",
        "committed.product_id",
        more="1",
    ),
    "imports/rounds/benefit/": page("/imports/rounds/benefit/", OPERATORS),
    "imports/rounds/terms/": page("/imports/rounds/terms/", LEADER, valid_from="x"),
    "imports/rounds/departures/": page(
        "/imports/rounds/departures/",
        LEADER,
        importer=lambda world: str(world.importer.pk),
        cause="left",
    ),
    "imports/rounds/<int:pk>/start-filling/": action(
        "/imports/rounds/{}/start-filling/", LEADER, "round.pk"
    ),
    "imports/rounds/<int:pk>/lock/": action("/imports/rounds/{}/lock/", LEADER, "round.pk"),
    "imports/rounds/": page(
        "/imports/rounds/", OPERATORS, first_month="2026-01-01", last_month="2026-03-01"
    ),
    "imports/rounds/<int:pk>/": page("/imports/rounds/{}/", LEADER, "round.pk"),
    "imports/rounds/<int:pk>/fill/": page("/imports/rounds/{}/fill/", LEADER, "round.pk"),
    "imports/rounds/<int:pk>/consolidate/": action(
        "/imports/rounds/{}/consolidate/", LEADER, "round.pk"
    ),
    "imports/rounds/<int:pk>/place/": action("/imports/rounds/{}/place/", LEADER, "round.pk"),
    "imports/rounds/orders/<int:pk>/": page(
        "/imports/rounds/orders/{}/", LEADER, "awaited.order_id"
    ),
    "imports/rounds/orders/<int:pk>/ship/": action(
        "/imports/rounds/orders/{}/ship/", LEADER, "awaited.order_id", on="2025-05-01"
    ),
    "imports/rounds/consignments/<int:pk>/arrive/": action(
        "/imports/rounds/consignments/{}/arrive/", LEADER, "awaited.pk", on="2025-05-01"
    ),
    "imports/rounds/orders/<int:pk>/link/<slug:step>/": action(
        "/imports/rounds/orders/{}/link/make/", LEADER, "awaited.order_id"
    ),
    "imports/quotes/links/<int:pk>/<slug:step>/": action(
        "/imports/quotes/links/{}/revoke/", LEADER, "quote.invitation_id"
    ),
    "imports/suppliers/contacts/<int:pk>/end/": action(
        "/imports/suppliers/contacts/{}/end/", OPERATORS, "contact.pk"
    ),
    "imports/papers/<int:pk>/": page("/imports/papers/{}/", GIVEN, "order_paper.pk"),
    "imports/certificates/<int:pk>/": page(
        "/imports/certificates/{}/", OPERATORS, "certificate.pk"
    ),
    "imports/products/<int:pk>/certificates/": action(
        "/imports/products/{}/certificates/", OPERATORS, "lot.product_id", kind="x"
    ),
    "imports/rounds/charges/<int:pk>/": page(
        "/imports/rounds/charges/{}/", LEADER, "charge.pk", basis="equal"
    ),
    "imports/products/": page("/imports/products/", MEMBERS),
    "imports/products/new/": page("/imports/products/new/", OPERATORS, sku="x"),
    "imports/products/<int:pk>/": page("/imports/products/{}/", MEMBERS, "lot.product_id"),
    "imports/products/<int:pk>/gtins/": action(
        "/imports/products/{}/gtins/", OPERATORS, "lot.product_id", number="x"
    ),
    "imports/products/<int:pk>/images/": action(
        "/imports/products/{}/images/", OPERATORS, "lot.product_id", caption="x"
    ),
    "imports/products/<int:pk>/record/": page(
        "/imports/products/{}/record/", OPERATORS, "lot.product_id", hs_code="x"
    ),
    "imports/images/<int:pk>/": page("/imports/images/{}/", MEMBERS, "image.pk"),
    "imports/nomenclature/": page("/imports/nomenclature/?q=soap", MEMBERS),
    "imports/suppliers/": page("/imports/suppliers/", OPERATORS, code="x"),
    "imports/suppliers/<int:pk>/": page("/imports/suppliers/{}/", OPERATORS, "supplier.pk"),
    "imports/suppliers/<int:pk>/offer/": page(
        "/imports/suppliers/{}/offer/", OPERATORS, "supplier.pk", currency="USD"
    ),
    "imports/suppliers/<int:pk>/<slug:what>/": action(
        "/imports/suppliers/{}/agreement/", OPERATORS, "supplier.pk", units="x"
    ),
    "imports/rounds/orders/<int:pk>/supplier/": page(
        "/imports/rounds/orders/{}/supplier/", LEADER, "awaited.order_id"
    ),
    "imports/rounds/orders/<int:pk>/papers/": action(
        "/imports/rounds/orders/{}/papers/", LEADER, "awaited.order_id"
    ),
    "imports/rounds/amendments/<int:pk>/<slug:step>/": action(
        "/imports/rounds/amendments/{}/accept/", LEADER, "amendment.pk"
    ),
    "imports/rounds/notices/<int:pk>/ship/": action(
        "/imports/rounds/notices/{}/ship/", LEADER, "notice.pk", on="2025-06-01"
    ),
    "imports/rounds/consignments/<int:pk>/expect/": action(
        "/imports/rounds/consignments/{}/expect/", LEADER, "awaited.pk", on="2025-06-01"
    ),
    "imports/tariffs/": page("/imports/tariffs/", OPERATORS),
    "imports/tariffs/<str:key>/": page("/imports/tariffs/KCN_DOC/", OPERATORS, price="x"),
    "imports/quotes/": page("/imports/quotes/", OPERATORS, lines="x"),
    "imports/quotes/<int:pk>/": page("/imports/quotes/{}/", LEADER, "quotes.pk"),
    "imports/quotes/<int:pk>/award/": action(
        "/imports/quotes/{}/award/", LEADER, "quotes.pk", quote=lambda world: world.quote.pk
    ),
    "imports/records/": page("/imports/records/", DECLARERS),
    "imports/records/<int:pk>/": page("/imports/records/{}/", GIVEN, "record.pk"),
    "imports/records/<int:pk>/confirm/": action(
        "/imports/records/{}/confirm/", ADVISER, "record.pk"
    ),
    "imports/records/<int:pk>/return/": action(
        "/imports/records/{}/return/", ADVISER, "record.pk", remark="unit"
    ),
    "warehouse/stock/": page("/warehouse/stock/", IMPORTERS),
    "warehouse/lots/<int:pk>/": page("/warehouse/lots/{}/", OWNER | LEADER, "lot.pk"),
    "warehouse/receipts/": page("/warehouse/receipts/", OPERATORS),
    "warehouse/receipts/<int:pk>/": page("/warehouse/receipts/{}/", LEADER, "receipt.pk"),
    "warehouse/receipts/<int:pk>/accept/": action(
        "/warehouse/receipts/{}/accept/", LEADER, "receipt.pk"
    ),
    "warehouse/receipts/<int:pk>/allocate/": action(
        "/warehouse/receipts/{}/allocate/", LEADER, "receipt.pk"
    ),
    "warehouse/receipts/count/<int:consignment_id>/": page(
        "/warehouse/receipts/count/{}/", LEADER, "awaited.pk", received_on="2025-05-01"
    ),
    "warehouse/parcels/": page("/warehouse/parcels/", OPERATORS),
    "warehouse/parcels/ship/": action("/warehouse/parcels/ship/", OPERATORS),
    "warehouse/parcels/<int:pk>/": page("/warehouse/parcels/{}/", LEADER, "parcel.pk", scans=""),
    "warehouse/parcels/<int:pk>/ship/": action("/warehouse/parcels/{}/ship/", LEADER, "parcel.pk"),
    "warehouse/rules/": page("/warehouse/rules/", OPERATORS, round="0"),
    "warehouse/papers/": page("/warehouse/papers/", OPERATORS, kind="sample"),
    "warehouse/papers/<int:pk>/": action("/warehouse/papers/{}/", LEADER, "paper.pk", step="x"),
    "warehouse/counts/": page("/warehouse/counts/", OPERATORS),
    "warehouse/counts/plan/": action("/warehouse/counts/plan/", OPERATORS),
    "warehouse/counts/<int:pk>/": page("/warehouse/counts/{}/", LEADER, "count.pk", units="x"),
    "warehouse/counts/<int:pk>/approve/": action(
        "/warehouse/counts/{}/approve/", LEADER, "count.pk", reason="unknown"
    ),
    "warehouse/returns/": page("/warehouse/returns/", OPERATORS, parcel="x"),
    "warehouse/returns/<int:pk>/": action(
        "/warehouse/returns/{}/", LEADER, "back.pk", step="cancel"
    ),
    "warehouse/releases/": page("/warehouse/releases/", IMPORTERS),
    "warehouse/releases/<int:pk>/keep/": action(
        "/warehouse/releases/{}/keep/", IMPORTERS, "release.pk", units="1"
    ),
    "warehouse/releases/<int:pk>/ask/": action(
        "/warehouse/releases/{}/ask/", IMPORTERS, "release.pk"
    ),
    "warehouse/releases/lead/": page("/warehouse/releases/lead/", OPERATORS, cause="unused"),
    "warehouse/releases/terms/": action("/warehouse/releases/terms/", OPERATORS),
    "warehouse/closes/": page("/warehouse/closes/", OPERATORS),
    "warehouse/closes/open/<int:book_id>/": action(
        "/warehouse/closes/open/{}/", LEADER, "close.book_id"
    ),
    "warehouse/closes/<int:pk>/": page("/warehouse/closes/{}/", LEADER, "close.pk"),
    "warehouse/closes/<int:pk>/file/<str:kind>/": page(
        "/warehouse/closes/{}/file/pdf/", LEADER, "close.pk"
    ),
    "warehouse/closes/<int:pk>/<str:step>/": action(
        "/warehouse/closes/{}/finish/", LEADER, "close.pk"
    ),
    "warehouse/disposals/": page("/warehouse/disposals/", OPERATORS),
    "warehouse/disposals/<int:pk>/": page("/warehouse/disposals/{}/", LEADER, "disposal.pk"),
    "warehouse/disposals/<int:pk>/evidence/": action(
        "/warehouse/disposals/{}/evidence/", LEADER, "disposal.pk"
    ),
    "warehouse/disposals/evidence/<int:pk>/": page(
        "/warehouse/disposals/evidence/{}/", LEADER, "evidence.pk"
    ),
    "warehouse/disposals/<int:pk>/<str:step>/": action(
        "/warehouse/disposals/{}/authorise/", LEADER, "disposal.pk"
    ),
    "warehouse/terms/": page("/warehouse/terms/", OPERATORS),
    "warehouse/channels/": page("/warehouse/channels/", IMPORTERS),
    "warehouse/releases/buy/": page("/warehouse/releases/buy/", OPERATORS),
    "warehouse/keeping/": page("/warehouse/keeping/", IMPORTERS),
    "warehouse/costs/": page("/warehouse/costs/", IMPORTERS),
    "warehouse/overview/": page("/warehouse/overview/", OPERATORS),
    "warehouse/charges/": page("/warehouse/charges/", OPERATORS),
    "warehouse/charges/rates/": action("/warehouse/charges/rates/", OPERATORS),
    "warehouse/shelves/": action("/warehouse/shelves/", OPERATORS),
    "warehouse/scan/": page("/warehouse/scan/", OPERATORS),
    "warehouse/scan/away/": page("/warehouse/scan/away/", OPERATORS),
    "warehouse/scan/worker.js": page("/warehouse/scan/worker.js", OPERATORS),
    "warehouse/scan/send/": action("/warehouse/scan/send/", OPERATORS, scans="[]"),
    "warehouse/receipts/lines/<int:pk>/photo/": action(
        "/warehouse/receipts/lines/{}/photo/", LEADER, "claim.receipt_line_id"
    ),
    "warehouse/receipts/lines/<int:pk>/claim/<str:cause>/": action(
        "/warehouse/receipts/lines/{}/claim/short/", LEADER, "claim.receipt_line_id"
    ),
    "warehouse/photos/<int:pk>/": page("/warehouse/photos/{}/", LEADER, "photo.pk"),
    "warehouse/liens/": page("/warehouse/liens/", OPERATORS, units="x"),
    "warehouse/liens/<int:pk>/": action("/warehouse/liens/{}/", LEADER, "lien.pk", step="set"),
    "warehouse/claims/": page("/warehouse/claims/", OPERATORS),
    "warehouse/claims/<int:pk>/answer/": action(
        "/warehouse/claims/{}/answer/", LEADER, "claim.pk", accepted="1"
    ),
    "warehouse/claims/<int:pk>/paper/": page("/warehouse/claims/{}/paper/", LEADER, "claim.pk"),
    "warehouse/account-book/": page("/warehouse/account-book/", OPERATORS),
    "customs/shortages/": page("/customs/shortages/", OPERATORS),
    "customs/shortages/<int:pk>/": action("/customs/shortages/{}/", NOBODY_YET, "close.pk"),
    "customs/orders/": page("/customs/orders/", IMPORTERS),
    "customs/orders/upload/": page("/customs/orders/upload/", IMPORTERS, pool="x"),
    "customs/orders/template.<str:kind>": page("/customs/orders/template.csv", IMPORTERS),
    "customs/orders/sheets/<int:pk>/": page("/customs/orders/sheets/{}/", OWNER, "sheet.pk"),
    "customs/orders/sheets/<int:pk>/progress/": page(
        "/customs/orders/sheets/{}/progress/", OWNER, "sheet.pk"
    ),
    "customs/orders/sheets/<int:pk>/take/": action(
        "/customs/orders/sheets/{}/take/", OWNER, "sheet.pk"
    ),
    "customs/orders/<int:pk>/": page("/customs/orders/{}/", OWNER, "order.pk"),
    "customs/papers/": page("/customs/papers/", DECLARERS),
    "customs/papers/split/": page(
        "/customs/papers/split/", DECLARERS, orders="SH-SECRET-0", transaction_no="X", paid="1.00"
    ),
    "customs/papers/<int:pk>/": page("/customs/papers/{}/", GIVEN, "waiting.pk"),
    "customs/papers/<int:pk>/press/<str:step>/": action(
        "/customs/papers/{}/press/query/", GIVEN, "waiting.pk", key="1"
    ),
    "customs/papers/<int:pk>/refund/": action(
        "/customs/papers/{}/refund/", GIVEN, "waiting.pk", key="1", amount="1.00"
    ),
    "customs/papers/<int:pk>/messages/<int:step>/": page(
        "/customs/papers/{}/messages/{}/", GIVEN, "waiting.pk", "pushed.pk"
    ),
    "customs/guard/": page("/customs/guard/", DECLARERS),
    "customs/guard/look/": action("/customs/guard/look/", DECLARERS),
    "customs/guard/<int:pk>/": page("/customs/guard/{}/", GIVEN, "suspect.pk"),
    "customs/guard/<int:pk>/decide/<str:action>/": action(
        "/customs/guard/{}/decide/uphold/", GIVEN, "suspect.pk", reason="x"
    ),
    "customs/guard/<int:pk>/report/": action("/customs/guard/{}/report/", GIVEN, "suspect.pk"),
    "customs/guard/<int:pk>/report.xlsx": page(
        "/customs/guard/{}/report.xlsx", GIVEN, "suspect.pk"
    ),
    "customs/times/": page("/customs/times/", DECLARERS),
    "customs/times/release-times.<str:kind>": page("/customs/times/release-times.xlsx", DECLARERS),
    "customs/times/parcels.<str:kind>": page(
        "/customs/times/parcels.csv?first=2025-05-01&last=2025-05-02", DECLARERS
    ),
    "customs/inspections/grades/": action(
        "/customs/inspections/grades/", OPERATORS, grade="regular", since="2026-05-01", source="x"
    ),
    "customs/inspections/": page("/customs/inspections/", OPERATORS, office="x", days="7"),
    "customs/inspections/<int:pk>/end/": action(
        "/customs/inspections/{}/end/", LEADER, "inspection.pk"
    ),
    "customs/corrections/": page("/customs/corrections/", DECLARERS),
    "customs/corrections/ask/<int:pk>/": page(
        "/customs/corrections/ask/{}/", GIVEN, "order.declaration.pk", reason="again"
    ),
    "customs/corrections/<int:pk>/": page("/customs/corrections/{}/", GIVEN, "correction.pk"),
    "customs/corrections/<int:pk>/message/": page(
        "/customs/corrections/{}/message/", GIVEN, "correction.pk"
    ),
    "customs/corrections/<int:pk>/back/": action(
        "/customs/corrections/{}/back/", GIVEN, "correction.pk", on="2025-05-02"
    ),
    "customs/entries/": page("/customs/entries/", DECLARERS),
    "customs/entries/<int:pk>/": action(
        "/customs/entries/{}/", GIVEN, "awaited.pk", number="310120251012345678", on="2025-05-01"
    ),
    "customs/zone/": page("/customs/zone/", DECLARERS),
    "customs/zone/in/": action(
        "/customs/zone/in/", GIVEN, consignment=lambda world: world.receipt.consignment_id
    ),
    "customs/zone/out/": action("/customs/zone/out/", GIVEN, pool=lambda world: world.pool.pk),
    "customs/zone/pass/<int:pool>/": page("/customs/zone/pass/{}/", GIVEN, "pool.pk"),
    "customs/zone/<int:pk>/": page("/customs/zone/{}/", GIVEN, "listed.pk"),
    "customs/zone/<int:pk>/share/": page("/customs/zone/{}/share/", GIVEN, "listed.pk"),
    "customs/zone/<int:pk>/message/": page("/customs/zone/{}/message/", GIVEN, "listed.pk"),
    "customs/zone/<int:pk>/cancellation/": page(
        "/customs/zone/{}/cancellation/", GIVEN, "listed.pk"
    ),
    "customs/zone/<int:pk>/print/": page("/customs/zone/{}/print/", GIVEN, "listed.pk"),
    "customs/zone/<int:pk>/print/order/": action(
        "/customs/zone/{}/print/order/", GIVEN, "listed.pk"
    ),
    "customs/zone/<int:pk>/cancel/": action("/customs/zone/{}/cancel/", GIVEN, "listed.pk"),
    "customs/declarations/<int:pk>/mend/": page(
        "/customs/declarations/{}/mend/", GIVEN, "order.declaration.pk"
    ),
    "customs/batches/": page("/customs/batches/", DECLARERS),
    "customs/batches/receipts/": action("/customs/batches/receipts/", DECLARERS, file="x"),
    "customs/batches/declare/": action(
        "/customs/batches/declare/", GIVEN, pool=lambda world: world.pool.pk
    ),
    "customs/batches/<int:pk>/": page("/customs/batches/{}/", GIVEN, "batch.pk"),
    "customs/batches/<int:pk>/progress/": page("/customs/batches/{}/progress/", GIVEN, "batch.pk"),
    "customs/batches/<int:pk>/archive/": page("/customs/batches/{}/archive/", GIVEN, "batch.pk"),
    "customs/batches/<int:pk>/again/": action("/customs/batches/{}/again/", GIVEN, "batch.pk"),
    "customs/batches/<int:pk>/simulate/": action(
        "/customs/batches/{}/simulate/", GIVEN, "batch.pk"
    ),
    "settlement/statement/": page("/settlement/statement/", IMPORTERS),
    "settlement/statement/<int:year>/": page("/settlement/statement/2025/", OWNER),
    "settlement/statement/<int:year>/pdf/": page("/settlement/statement/2025/pdf/", OWNER),
    "settlement/statement/<int:year>/print/": action("/settlement/statement/2025/print/", OWNER),
    "settlement/importers/<str:code>/<int:year>/": page(
        "/settlement/importers/{}/2025/", LEADER, "importer.code"
    ),
    "settlement/batches/": page("/settlement/batches/", OPERATORS),
    "settlement/batches/open/": action(
        "/settlement/batches/open/", LEADER, pool=lambda world: world.pool.pk, currency="USD"
    ),
    "settlement/batches/<int:pk>/": page("/settlement/batches/{}/", LEADER, "settlement.pk"),
    "settlement/batches/<int:pk>/deposit/": action(
        "/settlement/batches/{}/deposit/",
        LEADER,
        "settlement.pk",
        importer=lambda world: world.importer.pk,
        amount="5.00",
        reference="BANK-1",
    ),
    "settlement/batches/<int:pk>/file/<str:version>/": page(
        "/settlement/batches/{}/file/09/", NOBODY_YET, "settlement.pk"
    ),
    "settlement/batches/<int:pk>/ask/": action(
        "/settlement/batches/{}/ask/", LEADER, "settlement.pk"
    ),
    "settlement/batches/<int:pk>/offer/": action(
        "/settlement/batches/{}/offer/",
        LEADER,
        "settlement.pk",
        provider="Bank",
        all_in="7.21",
        hours="1",
    ),
    "settlement/scenario/": page("/settlement/scenario/", OPERATORS),
    "settlement/months/": page("/settlement/months/", OPERATORS),
    "settlement/months/<int:year>/<int:number>/": page("/settlement/months/2024/12/", NOBODY_YET),
    "settlement/months/<int:year>/<int:number>/close/": action(
        "/settlement/months/2090/1/close/", OPERATORS
    ),
    "settlement/bank/": page("/settlement/bank/", OPERATORS),
    "settlement/bank/read/": action("/settlement/bank/read/", OPERATORS),
    "settlement/bank/statements/<int:pk>/": page(
        "/settlement/bank/statements/{}/", LEADER, "apart.pk"
    ),
    "settlement/bank/statements/<int:pk>/again/": action(
        "/settlement/bank/statements/{}/again/", LEADER, "apart.pk"
    ),
    "settlement/bank/statements/<int:pk>/dismiss/": action(
        "/settlement/bank/statements/{}/dismiss/", LEADER, "apart.pk"
    ),
    "settlement/bank/entries/<int:pk>/": page(
        "/settlement/bank/entries/{}/", LEADER, "unmatched.pk", target="income:0", because="x"
    ),
    "settlement/invoices/": page("/settlement/invoices/", OPERATORS),
    "settlement/invoices/<int:pk>/": page("/settlement/invoices/{}/", LEADER, "owing.pk"),
    "settlement/invoices/<int:pk>/record/": action(
        "/settlement/invoices/{}/record/", LEADER, "owing.pk", number="INV-1"
    ),
    "settlement/invoices/<int:pk>/<slug:step>/": action(
        "/settlement/invoices/{}/dispute/", LEADER, "owing.pk", because="x"
    ),
    "settlement/money/": page("/settlement/money/", IMPORTERS),
    "settlement/funding/": page("/settlement/funding/", OPERATORS),
    "settlement/funding/ask/": action("/settlement/funding/ask/", OPERATORS, amount="5.00"),
    "settlement/funding/<int:pk>/cancel/": action(
        "/settlement/funding/{}/cancel/", LEADER, "asked.pk"
    ),
    "settlement/funding/refund/": action("/settlement/funding/refund/", OPERATORS, amount="5"),
    "settlement/funding/refund/<int:pk>/<slug:step>/": action(
        "/settlement/funding/refund/{}/decline/", LEADER, "refund.pk"
    ),
    "settlement/funding/claims/<int:pk>/": action(
        "/settlement/funding/claims/{}/", LEADER, "granted.pk"
    ),
    "settlement/statement/<int:year>/paid/": page("/settlement/statement/2025/paid/", OWNER),
    "settlement/statement/<int:year>/xlsx/": page("/settlement/statement/2025/xlsx/", OWNER),
    "settlement/statement/<int:year>/of/<slug:component>/": page(
        "/settlement/statement/2025/of/goods/", OWNER
    ),
    "settlement/transfers/<int:pk>/": page("/settlement/transfers/{}/", OWNER, "moved.pk"),
    "settlement/exit/": page("/settlement/exit/", IMPORTERS),
    "settlement/exit/print/": action("/settlement/exit/print/", IMPORTERS),
    "settlement/exit/<int:pk>/print/": action("/settlement/exit/{}/print/", LEADER, "importer.pk"),
    "settlement/exit/pdf/": page("/settlement/exit/pdf/", NOBODY_YET),
    "settlement/exit/<int:pk>/pdf/": page("/settlement/exit/{}/pdf/", NOBODY_YET, "importer.pk"),
    "settlement/money/print/": action("/settlement/money/print/", IMPORTERS),
    "settlement/money/pdf/": page("/settlement/money/pdf/", NOBODY_YET),
    "settlement/exit/<int:pk>/": page("/settlement/exit/{}/", LEADER, "importer.pk"),
    "settlement/evidence/": page("/settlement/evidence/", IMPORTERS, make="x"),
    "settlement/evidence/<slug:kind>/": page("/settlement/evidence/csv/", OWNER),
    "settlement/ledger/": page("/settlement/ledger/", OPERATORS),
    "settlement/netting/": page("/settlement/netting/", OPERATORS),
    "settlement/money/invoices/<int:pk>/": page(
        "/settlement/money/invoices/{}/", OWNER, "fee_invoice.pk"
    ),
    "settlement/late-charges/": page("/settlement/late-charges/", OPERATORS),
    "settlement/late-charges/enter/": action(
        "/settlement/late-charges/enter/", OPERATORS, amount="5.00"
    ),
    "settlement/late-charges/<int:pk>/": page("/settlement/late-charges/{}/", LEADER, "late.pk"),
    "settlement/late-charges/<int:pk>/<slug:step>/": action(
        "/settlement/late-charges/{}/drop/", LEADER, "late.pk"
    ),
    "settlement/funding/invoices/<int:pk>/": page(
        "/settlement/funding/invoices/{}/", LEADER, "fee_invoice.pk"
    ),
    "settlement/standing/": page("/settlement/standing/", IMPORTERS),
    "settlement/standing/appeal/": action(
        "/settlement/standing/appeal/", IMPORTERS, because="It was paid."
    ),
    "settlement/tiers/": page("/settlement/tiers/", OPERATORS),
    "settlement/tiers/<int:pk>/": page("/settlement/tiers/{}/", LEADER, "importer.pk"),
    "settlement/tiers/appeals/<int:pk>/": action(
        "/settlement/tiers/appeals/{}/", LEADER, "appeal.pk", verdict="decline", answer="No."
    ),
    "settlement/accounts/": page("/settlement/accounts/", OPERATORS),
    "settlement/accounts/own/": action("/settlement/accounts/own/", OPERATORS, currency="USD"),
    "settlement/accounts/supplier/": action(
        "/settlement/accounts/supplier/", OPERATORS, currency="USD"
    ),
    "settlement/accounts/<int:pk>/confirm/": action(
        "/settlement/accounts/{}/confirm/", LEADER, "entered.pk"
    ),
    "settlement/batches/<int:pk>/<slug:step>/": action(
        "/settlement/batches/{}/lock/",
        LEADER,
        "settlement.pk",
        version=lambda world: world.settlement.version,
    ),
    "home/": page("/home/", MEMBERS),
    "cover/": page("/cover/", IMPORTERS),
    "home/saving/": page("/home/saving/", IMPORTERS),
    "account/": page("/account/", MEMBERS, language="en"),
    "account/password/": page("/account/password/", MEMBERS, password="1"),
    "account/second-factor/": page("/account/second-factor/", MEMBERS, code="000000"),
    "agreement/": page("/agreement/", MEMBERS, agreement=lambda world: world.agreement.pk),
    "members/": page("/members/", MEMBERS, email="not an address"),
    "members/<int:membership_id>/end/": action("/members/{}/end/", OWNER, "colleague.pk"),
    "parties/": page("/parties/", OPERATORS, role="importer"),
    "notices/": page("/notices/", MEMBERS),
    "notices/read/": action("/notices/read/", MEMBERS, notice="x"),
    "api/trace/graph": page(
        "/api/trace/graph?epc=https://id.gs1.org/01/{}/10/{}",
        LEADER,
        "lot.product.gtin",
        "lot.number",
    ),
    "graph/": page("/graph/", OPERATORS),
    "captures/": page("/captures/", IMPORTERS | OPERATORS),
    "recalls/": page("/recalls/", IMPORTERS | OPERATORS),
    "recalls/<int:pk>/": page("/recalls/{}/", OWNER | LEADER, "recall.pk"),
    "recalls/<int:pk>/report.csv": page("/recalls/{}/report.csv", LEADER, "recall.pk"),
    "recalls/<int:pk>/seen/": action("/recalls/{}/seen/", OWNER, "recall.pk"),
    "complaints/": page("/complaints/", MEMBERS),
    "complaints/<int:pk>/": page("/complaints/{}/", LEADER, "complaint.pk", answer=" "),
    "complaints/<int:pk>/photo.jpg": page("/complaints/{}/photo.jpg", LEADER, "complaint.pk"),
    "samples/": page("/samples/", OPERATORS, units="0"),
    "samples/<int:pk>/": page("/samples/{}/", LEADER, "sample.pk", verdict="passed"),
    "labels/": page("/labels/", OPERATORS, units="0"),
    "labels/<int:pk>/": page("/labels/{}/", LEADER, "labels.pk"),
    "labels/<int:pk>/use/": action("/labels/{}/use/", LEADER, "labels.pk", first="0"),
    "labels/<int:pk>/labels.csv": page("/labels/{}/labels.csv", LEADER, "labels.pk"),
    "labels/<int:pk>/sheets-<int:part>.pdf": page("/labels/{}/sheets-1.pdf", LEADER, "labels.pk"),
    "labels/<int:pk>/sheet-<int:sheet>.svg": page("/labels/{}/sheet-1.svg", LEADER, "labels.pk"),
    "links/": page("/links/", OPERATORS, anchor="nothing"),
    "links/<int:pk>/end/": action("/links/{}/end/", LEADER, "kept_link.pk"),
    "brand/": page("/brand/", IMPORTERS, accent="no colour"),
    "standing/choice/": action("/standing/choice/", IMPORTERS, show="no"),
    "shop/": page("/shop/", IMPORTERS),
    "shop/keys/": action("/shop/keys/", IMPORTERS, name="shop"),
    "shop/keys/<int:key_id>/revoke/": action("/shop/keys/{}/revoke/", OWNER, "key.pk"),
    "shop/webhooks/": action("/shop/webhooks/", IMPORTERS, address="x"),
    "shop/webhooks/<int:webhook_id>/end/": action("/shop/webhooks/{}/end/", OWNER, "webhook.pk"),
    "books/": page("/books/", OPERATORS, check="now"),
    "work/": page("/work/", OPERATORS),
    "work/<int:job_id>/again/": action("/work/{}/again/", OPERATORS, "parked.pk"),
    "t/<str:code>/label.svg": page("/t/{}/label.svg", OPERATORS, "code"),
}
"""Pages behind the gate."""

PUBLIC = {
    "": page("/", MEMBERS),
    "sign-in/": page("/sign-in/", MEMBERS, username="x", password="y"),
    "sign-out/": action("/sign-out/", MEMBERS),
    "sign-in/second/": page("/sign-in/second/", MEMBERS, code="000000"),
    "join/<str:token>/": page("/join/{}/", MEMBERS, "invitation", username="x", password="1"),
    "forgotten/": page("/forgotten/", MEMBERS, email="x@example.com"),
    "new-password/<str:token>/": page("/new-password/{}/", MEMBERS, "reset", password="1"),
    "imports/answer/quote/<str:token>/": page(
        "/imports/answer/quote/{}/", MEMBERS, "quote_token", lines="x"
    ),
    "imports/answer/order/<str:token>/": page(
        "/imports/answer/order/{}/", MEMBERS, "order_token", do="propose"
    ),
    "inspection/<str:token>/": page("/inspection/{}/", MEMBERS, "inspection_link"),
    "inspection/<str:token>/stock/": page("/inspection/{}/stock/", MEMBERS, "inspection_link"),
    "inspection/<str:token>/stock/<int:pk>/": page(
        "/inspection/{}/stock/{}/", MEMBERS, "inspection_link", "lot.pk"
    ),
    "inspection/<str:token>/declarations/": page(
        "/inspection/{}/declarations/", MEMBERS, "inspection_link"
    ),
    "inspection/<str:token>/declarations/<int:pk>/": page(
        "/inspection/{}/declarations/{}/", MEMBERS, "inspection_link", "order.declaration.pk"
    ),
    "inspection/<str:token>/release-times/": page(
        "/inspection/{}/release-times/", MEMBERS, "inspection_link"
    ),
    "inspection/<str:token>/evidence.zip": page(
        "/inspection/{}/evidence.zip?first=2025-05-01&last=2025-05-31", MEMBERS, "inspection_link"
    ),
    "language/": action("/language/", MEMBERS, language="en"),
    "theme/": action("/theme/", MEMBERS, theme="dark"),
    "brand/<int:importer_id>/<str:version>.css": page("/brand/{}/none.css", MEMBERS, "importer.pk"),
    "brand/<int:importer_id>/<str:version>.png": page("/brand/{}/none.png", MEMBERS, "importer.pk"),
    "health/": page("/health/", MEMBERS),
    "standing/": page("/standing/", MEMBERS),
    "t/<str:code>/proof.tlog-proof": page("/t/{}/proof.tlog-proof", MEMBERS, "code"),
    "log/checkpoint": page("/log/checkpoint", MEMBERS),
    "log/keys": page("/log/keys", MEMBERS),
    "log/check": page("/log/check", MEMBERS),
    "log/tile/<path:path>": page("/log/tile/0/000.p/1", MEMBERS),
    "trace": page("/trace", MEMBERS),
    "t/<str:code>/complain": page("/t/{}/complain", MEMBERS, "code", kind="none"),
    "answers/<str:token>": page("/answers/{}", MEMBERS, "answer_link"),
    "t/<str:code>/pin": action("/t/{}/pin", MEMBERS, "code", pin="1"),
    "t/<str:code>": page("/t/{}", MEMBERS, "code"),
    "api/trace/<str:code>": page("/api/trace/{}", MEMBERS, "code"),
    "t/<str:code>/passport": page("/t/{}/passport", MEMBERS, "code"),
    "passport/<digits14:gtin>": page("/passport/{}", MEMBERS, "lot.product.gtin"),
    "passport/<digits14:gtin>/<path:lot>": page(
        "/passport/{}/{}", MEMBERS, "lot.product.gtin", "lot.number"
    ),
    "p/00/<digits18:sscc>": page("/p/00/{}", MEMBERS, "pallet.code"),
    "p/<digits14:gtin>": page("/p/{}", MEMBERS, "lot.product.gtin"),
    "p/<digits14:gtin>/<path:lot>": page("/p/{}/{}", MEMBERS, "lot.product.gtin", "lot.number"),
    "api/goods/<digits14:gtin>": page("/api/goods/{}", MEMBERS, "lot.product.gtin"),
    "api/goods/<digits14:gtin>/<path:lot>": page(
        "/api/goods/{}/{}", MEMBERS, "lot.product.gtin", "lot.number"
    ),
    ".well-known/gs1resolver": page("/.well-known/gs1resolver", MEMBERS),
    ".well-known/gs1resolver-context.jsonld": page(
        "/.well-known/gs1resolver-context.jsonld", MEMBERS
    ),
    r"^(?P<path>\d{2,4}/.+)$": page("/01/{}?linkType=linkset", MEMBERS, "lot.product.gtin"),
    "<compressed:path>": page("/AQnYUc1gmkIXDU-iun?linkType=linkset", MEMBERS),
    "epcis/nextPageToken/<path:token>": Page(
        lambda _: "/epcis/nextPageToken/x", MEMBERS, reads=False
    ),
    "epcis/soap": Page(lambda _: "/epcis/soap", MEMBERS, reads=False),
    "api/v1/openapi.json": page("/api/v1/openapi.json", MEMBERS),
    "api/v1/docs/": page("/api/v1/docs/", MEMBERS),
}
"""Pages that anybody may open."""

SHOPS = frozenset({"importer", "stranger"})
CALLS = {
    "api/v1/statements/<year>": [Call("GET", lambda _: "/api/v1/statements/2025", OWNER)],
    "api/v1/forecasts/<year>": [
        Call("GET", lambda _: "/api/v1/forecasts/2025", SHOPS),
        Call("PUT", lambda _: "/api/v1/forecasts/2025", SHOPS, {"lines": []}),
    ],
    "api/v1/orders": [
        Call("GET", lambda _: "/api/v1/orders", SHOPS),
        Call("POST", lambda _: "/api/v1/orders", SHOPS, {}),
    ],
    "api/v1/order-batches": [Call("POST", lambda _: "/api/v1/order-batches", SHOPS, {})],
    "api/v1/orders/<order_no>": [
        Call("GET", lambda world: f"/api/v1/orders/{world.order.order_no}", OWNER)
    ],
    "api/v1/orders/<order_no>/cancel": [
        Call("POST", lambda world: f"/api/v1/orders/{world.waiting.order_no}/cancel", OWNER, {})
    ],
    "api/v1/quotes": [Call("POST", lambda _: "/api/v1/quotes", SHOPS, {})],
    "api/v1/stock": [Call("GET", lambda _: "/api/v1/stock", SHOPS)],
    "api/v1/products": [Call("GET", lambda _: "/api/v1/products", SHOPS)],
    "api/v1/notices": [Call("GET", lambda _: "/api/v1/notices", SHOPS)],
    "api/v1/webhooks": [
        Call("GET", lambda _: "/api/v1/webhooks", SHOPS),
        Call("POST", lambda _: "/api/v1/webhooks", SHOPS, {}),
    ],
    "api/v1/webhooks/<webhook_id>": [
        Call("DELETE", lambda world: f"/api/v1/webhooks/{world.webhook.pk}", OWNER)
    ],
}
"""Operations of the API, behind keys."""


def _asks(path: str, who: frozenset[str] = OWNER) -> Call:
    return Call("GET", lambda world: f"/epcis/{path.format(world=world)}", who)


REPOSITORY = {
    "epcis/": [_asks("", SHOPS)],
    "epcis/capture": [
        _asks("capture", SHOPS),
        Call("POST", lambda _: "/epcis/capture", SHOPS, {}),
    ],
    "epcis/capture/<str:value>": [_asks("capture/{world.capture.capture_id}")],
    "epcis/events": [_asks("events", SHOPS), Call("POST", lambda _: "/epcis/events", SHOPS, {})],
    "epcis/events/<path:value>": [_asks("events/urn:uuid:world")],
    "epcis/queries": [_asks("queries", SHOPS), Call("POST", lambda _: "/epcis/queries", SHOPS, {})],
    "epcis/queries/<str:name>": [
        _asks("queries/world"),
        Call("DELETE", lambda _: "/epcis/queries/world", OWNER),
    ],
    "epcis/queries/<str:name>/events": [_asks("queries/world/events")],
    "epcis/queries/<str:name>/subscriptions": [
        _asks("queries/world/subscriptions"),
        Call("POST", lambda _: "/epcis/queries/world/subscriptions", OWNER, {}),
    ],
    "epcis/queries/<str:name>/subscriptions/<str:value>": [
        _asks("queries/world/subscriptions/{world.told.subscription_id}"),
        Call(
            "DELETE",
            lambda world: f"/epcis/queries/world/subscriptions/{world.told.subscription_id}",
            OWNER,
        ),
    ],
}
"""The event repository, behind keys."""

OF_EVENTS = {
    "eventTypes": "https://ns.example.com/Tasting",
    "epcs": "urn:world:unit",
    "bizSteps": "https://ns.example.com/tasting",
    "bizLocations": "urn:world:place",
    "readPoints": "urn:world:point",
    "dispositions": "https://ns.example.com/tasty",
}
"""A member of each collection, which only an event of the importer names."""

for _kind, _member in OF_EVENTS.items():
    REPOSITORY[f"epcis/{_kind}"] = [_asks(_kind, SHOPS)]
    REPOSITORY[f"epcis/{_kind}/<path:value>"] = [_asks(f"{_kind}/{_member}")]
    REPOSITORY[f"epcis/{_kind}/<path:value>/events"] = [_asks(f"{_kind}/{_member}/events")]

KEYED = {**CALLS, **REPOSITORY}
"""Everything that a key opens."""
