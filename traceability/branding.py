"""An importer's look: what is set, what its pages show, and the stylesheet behind it."""

import hashlib
from dataclasses import dataclass

from django.db import transaction

from core import clock, documents, tenancy
from core.models import Document, Party
from traceability import logos
from traceability.domain import contrast
from traceability.domain.page import Brand, Named
from traceability.models import Branding, Passport

SHEET = """:root {{ --accent: light-dark({light}, {dark}); --accent-strong: var(--accent); }}
.brandline {{ border-top: 4px solid var(--accent); }}
.brandline img {{ display: block; max-width: 240px; max-height: 72px; margin-bottom: 8px; }}
"""


@dataclass(frozen=True)
class Look:
    """What an importer sets: colours as ``#rrggbb``, contact lines, and a web address."""

    accent_light: str
    accent_dark: str
    contact_en: str = ""
    contact_zh: str = ""
    web: str = ""


@transaction.atomic
def set_look(importer: Party, look: Look, logo: bytes | None = None) -> Branding:
    """Keep an importer's look; without a new ``logo`` the earlier one stays.

    Raises:
        NotAColour, TooFaint: text in the colour could not be read; nothing is kept.
        LogoNotUsable, LogoTooDetailed: the file is no logo; nothing is kept.
    """
    fields = {
        "accent_light": contrast.readable_on_light(look.accent_light),
        "accent_dark": contrast.readable_on_dark(look.accent_dark),
        "contact_en": look.contact_en,
        "contact_zh": look.contact_zh,
        "web": look.web,
        "changed_at": clock.now(),
    }
    if logo is not None:
        fields["logo"] = _keep(importer, logos.made_small(logo))
    kept: Branding = Branding.objects.update_or_create(importer_id=importer.pk, defaults=fields)[0]
    Passport.objects.filter(importer_id=importer.pk).delete()
    return kept


def _keep(importer: Party, content: bytes) -> Document:
    digest = hashlib.sha256(content).hexdigest()
    return documents.store(
        key=f"traceability.logo:{importer.pk}/{digest}",
        content=content,
        filename="logo.png",
        media_type="image/png",
        owner=importer,
        subject=f"party:{importer.pk}",
    )


def look_of(importer: Party) -> Branding:
    """An importer's look, or Bondpool's own where none is set. One query."""
    found = Branding.objects.filter(importer_id=importer.pk).select_related("logo").first()
    return found or Branding(importer_id=importer.pk)


def brand_of(importer_id: int) -> Brand | None:
    """What the pages of an importer's units show; None where nothing is set. One query."""
    rows = Branding.objects.filter(importer_id=importer_id).select_related("logo")
    found = rows.first()
    if found is None:
        return None
    return Brand(
        importer_id=importer_id,
        version=_version(found),
        has_logo=found.logo_id is not None,
        contact=Named(found.contact_en, found.contact_zh),
        web=found.web,
    )


def _version(look: Branding) -> str:
    """Changes with everything a browser may have kept."""
    logo = look.logo.sha256 if look.logo else ""
    return hashlib.sha256(f"{_sheet(look)}{logo}".encode()).hexdigest()[:12]


def _sheet(look: Branding) -> str:
    return SHEET.format(light=look.accent_light, dark=look.accent_dark)


def stylesheet(importer_id: int) -> str | None:
    """The styles of an importer's pages; None where nothing is set."""
    with tenancy.as_operator("a consumer's page takes its styles", actor="public"):
        found = Branding.objects.filter(importer_id=importer_id).first()
    return _sheet(found) if found else None


def logo(importer_id: int) -> bytes | None:
    """An importer's logo as PNG; None where there is none."""
    with tenancy.as_operator("a consumer's page takes its logo", actor="public"):
        rows = Branding.objects.filter(importer_id=importer_id, logo__isnull=False)
        found = rows.select_related("logo").first()
    return documents.content(found.logo) if found and found.logo else None
