"""Photos as a phone takes them, checked and drawn anew so that nothing hidden survives."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from core.domain.errors import Refusal

MOST_BYTES = 12_000_000
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2000
QUALITY = 82
_MAGIC = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


class PhotoNotUsable(Refusal):
    """Raised when a file cannot be a photo of goods."""

    code = "photo-not-usable"
    reason = "The file is no JPEG or PNG picture of at most 12 MB and 60 million pixels."
    remedy = "Take the photo again with the phone's camera and send that."


def as_photo(content: bytes) -> bytes:
    """A photo as a JPEG of at most 2,000 pixels a side, upright, without place and camera data.

    Raises:
        PhotoNotUsable: it is no such picture.
    """
    kind = next((kind for start, kind in _MAGIC.items() if content.startswith(start)), "")
    if not kind or len(content) > MOST_BYTES:
        raise PhotoNotUsable
    try:
        return _drawn_anew(content, kind)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise PhotoNotUsable from None


def _drawn_anew(content: bytes, kind: str) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = Image.open(io.BytesIO(content), formats=[kind])
        if picture.width * picture.height > MOST_PIXELS:
            raise PhotoNotUsable
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
