"""Logos as importers upload them, made small and harmless."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from core.domain.errors import Refusal

MOST_BYTES = 200_000
MOST_PIXELS = 4_000_000
MOST_SERVED = 5_000
"""A logo rides on a page that weighs less than 30 kB with everything."""

SIZES = ((240, 72), (200, 60), (160, 48), (120, 36))
COLOURS = (64, 24, 8)
MAGIC = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


class LogoNotUsable(Refusal):
    """Raised when a file cannot be a logo."""

    code = "logo-not-usable"
    reason = "The file is no PNG or JPEG picture of at most 200 kB and four million pixels."
    remedy = "Save the logo as PNG or JPEG, smaller if need be, and upload it again."


class LogoTooDetailed(Refusal):
    """Raised when a logo does not become small enough."""

    code = "logo-too-detailed"
    reason = "The logo holds too much detail to be shown on a page that loads at once."
    remedy = "Upload a plain logo with few colours and no photograph."


def made_small(content: bytes) -> bytes:
    """A logo as a PNG of at most 5,000 bytes, drawn anew so that nothing hidden survives.

    Raises:
        LogoNotUsable: it is no such picture.
        LogoTooDetailed: it cannot be made small enough.
    """
    picture = _opened(content)
    for size in SIZES:
        smaller = picture.copy()
        smaller.thumbnail(size, Image.Resampling.LANCZOS)
        for colours in COLOURS:
            drawn = _as_png(smaller, colours)
            if len(drawn) <= MOST_SERVED:
                return drawn
    raise LogoTooDetailed


def _opened(content: bytes) -> Image.Image:
    kind = next((kind for start, kind in MAGIC.items() if content.startswith(start)), "")
    if not kind or len(content) > MOST_BYTES:
        raise LogoNotUsable
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(content), formats=[kind])
            if picture.width * picture.height > MOST_PIXELS:
                raise LogoNotUsable
            return picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise LogoNotUsable from None


def _as_png(picture: Image.Image, colours: int) -> bytes:
    out = io.BytesIO()
    few = picture.quantize(colours, method=Image.Quantize.FASTOCTREE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
