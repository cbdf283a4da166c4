"""Suppliers: addresses, offers that are revised and never rewritten, certificates, agreements."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from djmoney.money import Money

from core import clock, documents, facts, numbering
from core.domain.errors import Refusal
from core.domain.trade import from_minor, minor_units
from core.models import Document, Party, Pool
from imports.domain.supply import Break, postcode
from imports.models import (
    BlanketAgreement,
    Certificate,
    Product,
    SupplierAddress,
    SupplierOffer,
)
from imports.services.catalogue import add_offer
from imports.services.supplier_links import add_contact

MOST_BYTES = 10_000_000
Start = SupplierAddress.Kind


class OfferNotLater(Refusal):
    """Raised when an offer is to be replaced from a day on which it did not hold yet."""

    code = "offer-not-later"
    reason = "The offer holds from {valid_from}; it cannot be replaced from {day}."
    remedy = "Choose a later day; what held in the past stays as it was."


class NotAPaper(Refusal):
    """Raised for a file that is no PDF or picture, or too large."""

    code = "not-a-paper"
    reason = "The file is neither a PDF nor a PNG or JPEG picture of at most {most} MB."
    remedy = "Save the paper as PDF, and try again."


@transaction.atomic
def add_supplier(*, code: str, name: str, name_zh: str, email: str, **address: Any) -> Party:
    """Record a supplier with its registered address, and who is written to there.

    Raises:
        PostcodeWrong: nothing was recorded.
    """
    supplier = Party.objects.create(
        kind=Party.Kind.SUPPLIER,
        code=code,
        name=name,
        name_zh=name_zh,
        country=address["country"],
    )
    if email:
        language = "zh-hans" if supplier.country == "CN" else "en"
        add_contact(supplier, email=email, language=language)
    set_address(supplier, kind=Start.REGISTERED, valid_from=clock.today(), **address)
    return supplier


@transaction.atomic
def set_address(
    supplier: Party, *, kind: str, valid_from: date, country: str, **parts: str
) -> SupplierAddress:
    """Record where a supplier is from a day on; the registered address is also its party's.

    Raises:
        PostcodeWrong: nothing was recorded.
    """
    code = postcode(parts["postcode"], country) if parts.get("postcode") else ""
    made = SupplierAddress.objects.create(
        supplier_id=supplier.pk,
        kind=kind,
        country=country,
        valid_from=valid_from,
        **{**parts, "postcode": code},
    )
    if kind == Start.REGISTERED:
        town = f"{made.town} {made.province}".strip()
        Party.objects.filter(pk=supplier.pk).update(
            street=made.street, town=town[:70], postcode=code, country=country
        )
    return made


def prices_of(breaks: Iterable[Break], currency: str) -> dict[int, Money]:
    """Price breaks as offers take them."""
    minor_units(currency)
    return {
        each.from_units: Money(from_minor(each.price_minor, currency), currency) for each in breaks
    }


@transaction.atomic
def enter_offer(
    *, supplier: Party, product: Product, breaks: Iterable[Break], currency: str, **terms: Any
) -> SupplierOffer:
    """Record an offer; one of the same supplier and product that still holds ends where it starts.

    Raises:
        OfferNotLater: the earlier offer starts on that day or later; nothing changed.
        BadMoney, NoLane, UnknownCurrency: nothing was recorded.
    """
    day = terms["valid_from"]
    earlier = SupplierOffer.objects.filter(supplier_id=supplier.pk, product=product)
    later = earlier.filter(valid_from__gte=day).order_by("valid_from").first()
    if later is not None:
        raise OfferNotLater(valid_from=later.valid_from, day=day)
    holding = Q(valid_before__isnull=True) | Q(valid_before__gt=day)
    ended = list(earlier.filter(holding).values_list("pk", flat=True))
    earlier.filter(pk__in=ended).update(valid_before=day)
    made = add_offer(
        supplier=supplier,
        product=product,
        currency=currency,
        prices=prices_of(breaks, currency),
        **terms,
    )
    data = {
        "offer": made.pk,
        "supplier": supplier.pk,
        "product": product.pk,
        "from": day.isoformat(),
        "ended": ended,
    }
    facts.append("imports.offer.entered", subject=f"offer:{made.pk}", data=data)
    return made


@transaction.atomic
def keep_certificate(
    *,
    kind: str,
    number: str,
    issuer: str,
    issued_on: date,
    expires_on: date | None,
    supplier: Party | None = None,
    product: Product | None = None,
    content: bytes = b"",
) -> Certificate:
    """Record a certificate of a supplier or a product, with the paper itself if there is one.

    Raises:
        NotAPaper: nothing was recorded.
    """
    made = Certificate.objects.create(
        kind=kind,
        supplier_id=supplier.pk if supplier else None,
        product=product,
        number=number,
        issuer=issuer,
        issued_on=issued_on,
        expires_on=expires_on,
        document=keep_paper(content, key="imports.certificate") if content else None,
    )
    data = {
        "certificate": made.pk,
        "supplier": made.supplier_id,
        "product": made.product_id,
        "expires": expires_on.isoformat() if expires_on else "",
    }
    facts.append("imports.certificate.kept", subject=f"certificate:{made.pk}", data=data)
    return made


_PAPERS = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}


def keep_paper(content: bytes, *, key: str) -> Document:
    """Keep a paper as it came; the same bytes under the same key are kept once.

    Sealed: names of persons may stand on it.

    Raises:
        NotAPaper: neither PDF nor picture, or too large; nothing was kept.
    """
    found = next((kind for start, kind in _PAPERS.items() if content.startswith(start)), None)
    if found is None or len(content) > MOST_BYTES:
        raise NotAPaper(most=MOST_BYTES // 1_000_000)
    media_type, ending = found
    digest = hashlib.sha256(content).hexdigest()
    return documents.store(
        key=f"{key}:{digest}",
        content=content,
        filename=f"{digest[:12]}.{ending}",
        media_type=media_type,
        is_sealed=True,
    )


def note_certificate_read(certificate: Certificate) -> None:
    """Record that the one who acts took the paper of a certificate."""
    data = {"certificate": certificate.pk, "document": certificate.document_id}
    facts.append("imports.certificate.read", subject=f"certificate:{certificate.pk}", data=data)


@transaction.atomic
def agree(
    *,
    pool: Pool,
    supplier: Party,
    product: Product | None,
    units: int | None,
    currency: str,
    value_minor: int | None,
    valid_from: date,
    valid_before: date,
) -> BlanketAgreement:
    """Record units of a product, or a value, agreed with a supplier for a time."""
    made = BlanketAgreement.objects.create(
        pool=pool,
        supplier_id=supplier.pk,
        number=numbering.next_number("BA", valid_from.year),
        product=product,
        units=units,
        currency=currency if value_minor else "",
        value_minor=value_minor,
        valid_from=valid_from,
        valid_before=valid_before,
    )
    data = {"agreement": made.pk, "supplier": supplier.pk, "number": made.number}
    facts.append("imports.agreement.made", subject=f"agreement:{made.pk}", data=data)
    return made
