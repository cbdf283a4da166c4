"""An importer sets up its trace page without code; what consumers load stays small and safe."""

import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from core import tenancy
from core.models import Membership
from traceability import branding, logos
from traceability.branding import Look
from traceability.domain import contrast
from traceability.models import Branding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_scan_day")]

LOOK = Look("#7a1f5c", "#f0a3d2", "Mon–Fri 9–17", "周一至周五9–17时", "https://kowhai.example/")


def picture(kind="PNG", size=(600, 200)):
    drawn = Image.new("RGB", size, "#7a1f5c")
    ImageDraw.Draw(drawn).ellipse((40, 40, 160, 160), fill="#ffd166")
    out = io.BytesIO()
    drawn.save(out, kind)
    return out.getvalue()


@pytest.fixture
def branded(way):
    """The code of a sold unit whose importer has set up its page."""
    with tenancy.acting_for(way.importer):
        branding.set_look(way.importer, LOOK, picture())
    way.sell(way.codes[0])
    return way.codes[0]


@pytest.fixture
def as_importer(client, importer_user):
    client.force_login(importer_user)
    return client


def entered(**more):
    return {
        "accent_light": "#7a1f5c",
        "accent_dark": "#f0a3d2",
        "contact_en": "Mon–Fri 9–17",
        "contact_zh": "",
        "web": "https://kowhai.example/",
        **more,
    }


def test_contrast_is_that_of_the_guideline():
    assert contrast.ratio("#000000", "#ffffff") == Decimal("21.00")
    assert contrast.ratio("#767676", "#ffffff") == Decimal("4.54")
    assert contrast.ratio("#777777", "#ffffff") == Decimal("4.47")
    assert contrast.ratio("#0b5f73", "#0b5f73") == Decimal("1.00")


def test_a_colour_that_is_too_faint_is_refused_with_its_ratio():
    with pytest.raises(contrast.TooFaint) as refused:
        contrast.readable_on_light("#FFCC00")

    assert refused.value.params["ratio"] == Decimal("1.35")
    assert refused.value.params["ground"] == "#f0f3f6"
    with pytest.raises(contrast.TooFaint):
        contrast.readable_on_dark("#0b5f73")


@pytest.mark.parametrize("value", ["red", "#12345", "#1234567", "url(x)", "#12345g", ""])
def test_what_is_no_colour_is_refused(value):
    with pytest.raises(contrast.NotAColour):
        contrast.colour(value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_is_drawn_anew_and_small(kind):
    small = logos.made_small(picture(kind))

    drawn = Image.open(io.BytesIO(small))
    assert (drawn.format, drawn.size) == ("PNG", (216, 72))
    assert len(small) <= 5_000


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x89PNG\r\n\x1a\nnot really",
        b"GIF89a",
        b"",
        picture() + b"0" * 200_000,
    ],
)
def test_what_is_no_small_png_or_jpeg_is_refused(content):
    with pytest.raises(logos.LogoNotUsable):
        logos.made_small(content)


def test_a_picture_of_too_many_pixels_is_refused_unopened():
    with pytest.raises(logos.LogoNotUsable):
        logos.made_small(picture(size=(2_001, 2_000)))


def test_the_page_of_a_sold_unit_wears_its_importers_look(client, branded, way):
    page = client.get(f"/t/{branded}").content.decode()

    assert f'href="/brand/{way.importer.pk}/' in page
    assert "Mon–Fri 9–17" in page
    assert 'href="https://kowhai.example/" rel="noopener nofollow"' in page
    assert "周一至周五9–17时" in client.get(f"/t/{branded}?lang=zh-hans").content.decode()


def test_the_page_of_a_unit_that_nobody_bought_wears_none(client, branded, way):
    assert "/brand/" not in client.get(f"/t/{way.codes[1]}").content.decode()


def test_a_branded_page_with_everything_weighs_less_than_30_kb(client, branded):
    for language in ("en", "zh-hans"):
        answer = client.get(f"/t/{branded}?lang={language}")
        page = answer.content
        static = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page.decode()))
        brand = set(re.findall(r'(?:href|src)="(/brand/[^"]+)"', page.decode()))
        weight = sum(Path(finders.find(name)).stat().st_size for name in static)
        weight += sum(len(client.get(address).content) for address in brand)

        assert len(brand) == 2
        assert len(page) + weight < 30_000
        assert "<script" not in page.decode()
        assert not answer.cookies


def test_styles_and_logo_are_served_without_a_cookie_and_kept_for_good(client, branded, way):
    page = client.get(f"/t/{branded}").content.decode()
    sheet, logo = sorted(set(re.findall(r'(?:href|src)="(/brand/[^"]+)"', page)))
    sheet, logo = (sheet, logo) if sheet.endswith(".css") else (logo, sheet)

    styles, drawn = client.get(sheet), client.get(logo)

    assert "--accent: light-dark(#7a1f5c, #f0a3d2)" in styles.content.decode()
    assert drawn.content.startswith(b"\x89PNG")
    for answer in (styles, drawn):
        assert "immutable" in answer["Cache-Control"]
        assert not answer.cookies
    assert client.get("/brand/999999/x.css").status_code == 404
    assert client.get("/brand/999999/x.png").status_code == 404


def test_an_importer_sets_up_its_page_with_a_form(as_importer, importer):
    file = SimpleUploadedFile("logo.png", picture(), "image/png")

    answer = as_importer.post("/brand/", entered(logo=file))

    assert answer.status_code == 302
    with tenancy.acting_for(importer):
        kept = Branding.objects.get()
    assert (kept.accent_light, kept.contact_en, kept.logo is not None) == (
        "#7a1f5c",
        "Mon–Fri 9–17",
        True,
    )
    assert 'value="#7a1f5c"' in as_importer.get("/brand/").content.decode()


def test_a_faint_colour_is_answered_at_its_field_and_nothing_is_kept(as_importer, importer):
    answer = as_importer.post("/brand/", entered(accent_light="#ffcc00"))

    assert answer.status_code == 422
    assert "has a contrast of 1.35 to 1" in answer.content.decode()
    with tenancy.acting_for(importer):
        assert not Branding.objects.exists()


def test_a_drawing_that_could_hold_a_program_is_answered_at_the_logo(as_importer, importer):
    file = SimpleUploadedFile("logo.svg", b"<svg/>", "image/svg+xml")

    answer = as_importer.post("/brand/", entered(logo=file))

    assert "The file is no PNG or JPEG picture" in answer.content.decode()


def test_only_https_addresses_are_linked(as_importer):
    answer = as_importer.post("/brand/", entered(web="javascript:alert(1)"))

    assert answer.status_code == 422


def test_a_member_without_the_right_changes_nothing(as_importer, importer, importer_user):
    Membership.objects.filter(user=importer_user).update(rights=["plan"])

    assert as_importer.post("/brand/", entered()).status_code == 403
    with tenancy.acting_for(importer):
        assert not Branding.objects.exists()
