"""The passport of a product, a lot or a unit: who answers, what it is, which papers it has."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q

from core import tenancy
from imports.models import Certificate, Product
from traceability import goods
from traceability.domain.digital_link import ItemKey, canonical
from traceability.domain.page import Named
from traceability.goods import GoodsPage
from warehouse.models import Lot

CONTEXT: Final = {
    "@vocab": "https://schema.org/",
    "gs1": "https://gs1.org/voc/",
    "gs1:productionDate": {"@type": "http://www.w3.org/2001/XMLSchema#date"},
    "gs1:expirationDate": {"@type": "http://www.w3.org/2001/XMLSchema#date"},
}


@dataclass(frozen=True)
class Holder:
    """The economic operator who keeps the goods: its name and registrations."""

    name: Named
    country: str
    uscc: str
    customs_code: str


@dataclass(frozen=True)
class Paper:
    """A certificate of the product that holds, or held, with its last day."""

    kind: str
    number: str
    issuer: str
    issued_on: date
    expires_on: date | None


@dataclass(frozen=True)
class ProductPassport:
    """What anybody may read; ``level`` is model, batch or item, as the identifier is fine."""

    level: str
    identifier: str
    goods: GoodsPage
    hs_code: str
    gross_weight_g: int
    holder: Holder | None
    papers: tuple[Paper, ...]


def passport(
    gtin: str, lot_number: str = "", serial: str = "", *, at: datetime
) -> ProductPassport | None:
    """The passport of a product, or of one of its lots or units; None for what is not ours.

    Three queries more than the page of the goods.
    """
    page = goods.goods_page(gtin, lot_number, at=at)
    if page is None:
        return None
    with tenancy.as_operator("anybody reads a product's passport", actor="public"):
        product = Product.objects.get(gtin=gtin)
        return ProductPassport(
            level="item" if serial else "batch" if lot_number else "model",
            identifier=canonical(ItemKey(gtin, lot=lot_number, serial=serial)),
            goods=page,
            hs_code=product.hs_code,
            gross_weight_g=product.gross_weight_g,
            holder=_holder(product, lot_number) if lot_number else None,
            papers=_papers(product, at.date()),
        )


def _holder(product: Product, lot_number: str) -> Holder | None:
    rows = Lot.objects.filter(product=product, number=lot_number).order_by("pk")
    lot = rows.select_related("book_item__book__pool__operator").first()
    if lot is None:
        return None
    party = lot.book_item.book.pool.operator
    return Holder(Named(party.name, party.name_zh), party.country, party.uscc, party.customs_code)


def _papers(product: Product, today: date) -> tuple[Paper, ...]:
    """Certificates of the product itself that hold on a day, the newest first."""
    rows = Certificate.objects.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
    held = rows.filter(product=product).order_by("-issued_on", "-pk")[:20]
    return tuple(
        Paper(row.kind, row.number, row.issuer, row.issued_on, row.expires_on) for row in held
    )


def as_linked_data(found: ProductPassport, *, page: str) -> dict[str, Any]:
    """The passport as JSON-LD in the words of schema.org and of GS1."""
    told, lot = found.goods, found.goods.lot
    said: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": found.identifier,
        "@type": ["IndividualProduct" if found.level == "item" else "Product", "gs1:Product"],
        "url": page,
        "gtin14": told.gtin,
        "name": _both(told.product),
        "brand": {"@type": "Brand", "name": told.brand},
        "countryOfOrigin": _both(told.origin),
        "weight": {"@type": "QuantitativeValue", "value": told.net_weight_g, "unitCode": "GRM"},
        "gs1:grossWeight": {"value": found.gross_weight_g, "unitCode": "GRM"},
        "hasCertification": [_certification(paper) for paper in found.papers],
        "additionalProperty": _more(found),
    }
    if lot is not None:
        said["gs1:hasBatchLotNumber"] = lot.number
        said["gs1:productionDate"] = lot.produced_on and lot.produced_on.isoformat()
        said["gs1:expirationDate"] = lot.expires_on and lot.expires_on.isoformat()
        said["itemLocation"] = {"@type": "Place", "name": _both(lot.zone)}
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def _more(found: ProductPassport) -> list[dict[str, Any]]:
    """What neither vocabulary has a word of its own for."""
    said: list[tuple[str, Any]] = [("level", found.level), ("HS code", found.hs_code)]
    said += [("recall", recall.number) for recall in found.goods.recalls]
    if found.holder is not None:
        known = [x for x in (found.holder.uscc, found.holder.customs_code) if x]
        operator = {
            "@type": "Organization",
            "name": _both(found.holder.name),
            "address": {"addressCountry": found.holder.country},
            "identifier": known,
        }
        said.append(("economic operator", operator))
    return [{"@type": "PropertyValue", "name": name, "value": value} for name, value in said]


def _both(name: Named) -> list[dict[str, str]]:
    """A name with the language of each spelling."""
    spoken = (("en", name.en), ("zh-Hans", name.zh))
    return [{"@value": text, "@language": tag} for tag, text in spoken if text]


def _certification(paper: Paper) -> dict[str, Any]:
    said = {
        "@type": "Certification",
        "name": paper.kind,
        "certificationIdentification": paper.number,
        "issuedBy": {"@type": "Organization", "name": paper.issuer},
        "datePublished": paper.issued_on.isoformat(),
        "expires": paper.expires_on.isoformat() if paper.expires_on else "",
    }
    return {name: value for name, value in said.items() if value}
