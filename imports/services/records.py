"""Products are registered, and what customs is told of them is submitted and decided."""

import hashlib
from datetime import date
from typing import Any

from django.db import transaction

from core import clock, documents, facts
from core.domain.errors import Refusal
from core.models import Party, Unit
from imports.domain.records import RecordDraft, refuse_incomplete, trade_gtin
from imports.domain.steps import RECORD_STEPS
from imports.models import (
    GoodsImage,
    GoodsRecord,
    GtinRegistration,
    Product,
    ProductFamily,
    Variant,
)
from imports.services.catalogue import add_product

MOST_BYTES = 5_000_000
_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class GtinTaken(Refusal):
    """Raised when a number is registered for another product, now or in the past."""

    code = "gtin-taken"
    reason = "GTIN {gtin} is registered for {sku}; numbers are never given to another product."
    remedy = "Read the number under the bar code again, or ask its owner for a new one."


class SkuTaken(Refusal):
    """Raised when a product with the same SKU exists."""

    code = "sku-taken"
    reason = "SKU {sku} is in the catalogue already."
    remedy = "Choose another SKU, or edit the product that has it."


class RecordWaits(Refusal):
    """Raised when a version of the record waits for the broker already."""

    code = "record-waits"
    reason = "Version {version} of this record waits for the broker."
    remedy = "Wait for the broker's decision; a returned record can be corrected."


class UnitUnknown(Refusal):
    """Raised for a unit that is not in customs' table."""

    code = "customs-unit-unknown"
    reason = "“{unit}” is not a code of customs' unit table."
    remedy = "Give the three digits of the unit, such as 035 for kilogram."


class ReasonMissing(Refusal):
    """Raised when a record is returned without saying why."""

    code = "reason-missing"
    reason = "Whoever submitted the record needs to know what to correct."
    remedy = "Say what is wrong, then return the record."


class NotAnImage(Refusal):
    """Raised for a file that is no picture, or too large."""

    code = "not-an-image"
    reason = "The file is neither a PNG nor a JPEG picture of at most {most} MB."
    remedy = "Save the picture as PNG or JPEG, smaller if need be."


@transaction.atomic
def register_product(
    *, owner: Party, family: str = "", variant: str = "", sku: str, **fields: Any
) -> Product:
    """Record a product with its own GTIN, and its place in a family of variants.

    Raises:
        BadGTIN, BadHSCode, GtinNotForTrade, GtinTaken, SkuTaken, UnitUnknown: nothing was recorded.
    """
    if Product.objects.filter(sku=sku).exists():
        raise SkuTaken(sku=sku)
    _refuse_unknown_units(fields.get("declared_unit", ""), fields.get("statutory_unit", ""))
    number = trade_gtin(fields["gtin"], units=1, level=GtinRegistration.Level.UNIT)
    _refuse_taken(number)
    product = add_product(sku=sku, **fields)
    register_gtin(product, number, owner=owner)
    if family:
        kept, _ = ProductFamily.objects.get_or_create(
            name=family, defaults={"brand": fields.get("brand", "")}
        )
        Variant.objects.create(product=product, family=kept, label=variant or sku)
    return product


@transaction.atomic
def register_gtin(
    product: Product,
    number: str,
    *,
    owner: Party,
    level: str = GtinRegistration.Level.UNIT,
    units: int = 1,
    on: date | None = None,
) -> GtinRegistration:
    """Note whose a GTIN is and what it stands on; registering the same again returns what is there.

    Raises:
        BadGTIN, GtinNotForTrade, PackNeedsUnits, GtinTaken: nothing was registered.
    """
    digits = trade_gtin(number, units=units, level=level)
    known = GtinRegistration.objects.filter(gtin=digits).select_related("product").first()
    if known is not None and known.product_id == product.pk and known.level == level:
        return known
    _refuse_taken(digits, unless=product)
    made = GtinRegistration.objects.create(
        gtin=digits,
        product=product,
        owner=owner,
        level=level,
        units=units,
        registered_on=on or clock.today(),
    )
    data = {"gtin": digits, "product": product.pk, "owner": owner.pk, "level": level}
    facts.append("imports.gtin.registered", subject=f"product:{product.pk}", data=data)
    return made


def _refuse_taken(digits: str, *, unless: Product | None = None) -> None:
    """Decline a number that stands on another product, or on another level of this one."""
    known = GtinRegistration.objects.filter(gtin=digits).select_related("product").first()
    taken = known.product if known else Product.objects.filter(gtin=digits).first()
    if taken is not None and (known is not None or taken != unless):
        raise GtinTaken(gtin=digits, sku=taken.sku)


@transaction.atomic
def submit_record(product: Product, *, zone_code: str, draft: RecordDraft) -> GoodsRecord:
    """Submit the next version of a product's goods record in a zone; a broker decides.

    Raises:
        BadHSCode, ElementsIncomplete, StatutoryWeightDiffers, UnitUnknown, RecordWaits: nothing
            was submitted.
    """
    Product.objects.select_for_update().get(pk=product.pk)
    refuse_incomplete(draft, net_weight_g=product.net_weight_g)
    _refuse_unknown_units(draft.declared_unit, draft.statutory_unit, draft.second_unit)
    earlier = GoodsRecord.objects.filter(product=product, zone_code=zone_code)
    latest = earlier.order_by("-version").first()
    if latest is not None and latest.state == GoodsRecord.State.SUBMITTED:
        raise RecordWaits(version=latest.version)
    fields = {**draft.__dict__, "elements": [list(pair) for pair in draft.elements]}
    record = GoodsRecord.objects.create(
        product=product,
        zone_code=zone_code,
        version=latest.version + 1 if latest else 1,
        submitted_at=clock.now(),
        **fields,
    )
    _note(record, "submitted")
    return record


@transaction.atomic
def confirm_record(record: GoodsRecord) -> GoodsRecord:
    """A broker confirms a submitted record: it replaces the one in force, and the product follows.

    Raises:
        StepNotAllowed: the record was decided before; nothing changed.
    """
    in_force = GoodsRecord.objects.filter(
        product_id=record.product_id,
        zone_code=record.zone_code,
        state=GoodsRecord.State.CONFIRMED,
    )
    RECORD_STEPS.next(record.state, "confirm")
    in_force.update(state=RECORD_STEPS.next(GoodsRecord.State.CONFIRMED, "supersede"))
    _decide(record, "confirm")
    Product.objects.filter(pk=record.product_id).update(
        **{name: getattr(record, name) for name in _TOLD_OF_THE_PRODUCT}
    )
    return record


_TOLD_OF_THE_PRODUCT = (
    "hs_code", "name_zh", "model_zh", "origin", "declared_unit", "statutory_unit",
    "statutory_qty_per_unit", "second_unit", "second_qty_per_unit", "shelf_life_days",
)  # fmt: skip


@transaction.atomic
def return_record(record: GoodsRecord, *, remark: str) -> GoodsRecord:
    """A broker sends a submitted record back and says what to correct.

    Raises:
        ReasonMissing, StepNotAllowed: nothing changed.
    """
    if not remark.strip():
        raise ReasonMissing
    return _decide(record, "return", remark=remark.strip()[:500])


def _decide(record: GoodsRecord, action: str, *, remark: str = "") -> GoodsRecord:
    """Take a record one step on; of two that try at once exactly one succeeds."""
    state, now = RECORD_STEPS.next(record.state, action), clock.now()
    rows = GoodsRecord.objects.filter(pk=record.pk, state=record.state)
    if not rows.update(state=state, decided_at=now, remark=remark):
        record.refresh_from_db()
        RECORD_STEPS.next(record.state, action)
    record.refresh_from_db()
    _note(record, state)
    return record


def _note(record: GoodsRecord, what: str) -> None:
    data = {
        "record": record.pk,
        "product": record.product_id,
        "zone": record.zone_code,
        "version": record.version,
        "hs_code": record.hs_code,
    }
    facts.append(f"imports.record.{what}", subject=f"product:{record.product_id}", data=data)


def _refuse_unknown_units(*codes: str) -> None:
    wanted = {code for code in codes if code}
    known = set(Unit.objects.filter(code__in=wanted).values_list("code", flat=True))
    for code in sorted(wanted - known):
        raise UnitUnknown(unit=code)


def add_image(product: Product, *, content: bytes, caption: str) -> GoodsImage:
    """Keep a picture of a product; the same picture again returns what is there.

    Raises:
        NotAnImage: nothing was kept.
    """
    kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), "")
    if not kind or len(content) > MOST_BYTES:
        raise NotAnImage(most=MOST_BYTES // 1_000_000)
    digest = hashlib.sha256(content).hexdigest()
    document = documents.store(
        key=f"imports.product:{product.pk}/{digest}",
        content=content,
        filename=f"{product.sku}.{kind.rpartition('/')[2]}",
        media_type=kind,
        subject=f"product:{product.pk}",
    )
    image, _ = GoodsImage.objects.get_or_create(
        document=document,
        defaults={"product": product, "caption": caption[:80], "added_at": clock.now()},
    )
    return image
