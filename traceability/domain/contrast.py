"""Colours and whether text in them can be read (WCAG 2.2, success criterion 1.4.3)."""

import re
from decimal import ROUND_DOWN, Decimal

from core.domain.errors import Phrase, Refusal

ENOUGH = Decimal("4.5")
LIGHT_GROUNDS = ("#ffffff", "#f6f7f9", "#f0f3f6")
DARK_GROUNDS = ("#141b23", "#0d1218", "#1b242e", "#06222a")
"""The backgrounds of public pages, and the ink on a button, in each theme."""

_HEX = re.compile(r"#[0-9a-f]{6}")
_LINEAR_BELOW = Decimal("0.04045")
_WEIGHTS = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))


class NotAColour(Refusal):
    """Raised when a colour is not written as browsers' colour fields write it."""

    code = "not-a-colour"
    reason = "“{value}” is no colour."
    remedy = "Choose a colour, or write it as # and six digits of 0–9 and a–f."


class TooFaint(Refusal):
    """Raised when text in a colour could not be read."""

    code = "colour-too-faint"
    reason = "{colour} has a contrast of {ratio} to 1 against {ground}; {enough} to 1 are needed."
    remedy = "Choose {direction} colour for {theme} backgrounds."


def colour(value: str) -> str:
    """A colour as ``#rrggbb`` in small letters.

    Raises:
        NotAColour: it is none.
    """
    small = value.strip().lower()
    if not _HEX.fullmatch(small):
        raise NotAColour(value=value[:20])
    return small


def luminance(value: str) -> Decimal:
    """How bright a colour is to the eye, from 0 for black to 1 for white."""
    channels = (Decimal(int(value[at : at + 2], 16)) / 255 for at in (1, 3, 5))
    return sum((w * _linear(c) for w, c in zip(_WEIGHTS, channels, strict=True)), Decimal(0))


def _linear(channel: Decimal) -> Decimal:
    if channel <= _LINEAR_BELOW:
        return channel / Decimal("12.92")
    return ((channel + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")


def ratio(one: str, other: str) -> Decimal:
    """The contrast of two colours, from 1 to 21, cut to two decimals."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    exact = (lighter + Decimal("0.05")) / (darker + Decimal("0.05"))
    return exact.quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def readable_on_light(value: str) -> str:
    """A colour whose text can be read on every light background of ours.

    Raises:
        NotAColour: it is none.
        TooFaint: it is too bright.
    """
    return _readable(colour(value), LIGHT_GROUNDS, Phrase("a darker"), Phrase("light"))


def readable_on_dark(value: str) -> str:
    """A colour whose text can be read on every dark background of ours.

    Raises:
        NotAColour: it is none.
        TooFaint: it is too dark.
    """
    return _readable(colour(value), DARK_GROUNDS, Phrase("a brighter"), Phrase("dark"))


def _readable(value: str, grounds: tuple[str, ...], direction: Phrase, theme: Phrase) -> str:
    worst, ground = min((ratio(value, each), each) for each in grounds)
    if worst < ENOUGH:
        raise TooFaint(
            colour=value,
            ratio=worst,
            ground=ground,
            enough=ENOUGH,
            direction=direction,
            theme=theme,
        )
    return value
