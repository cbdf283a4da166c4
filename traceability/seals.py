"""Seals of ready answers: a row that somebody changed in the database is not shown."""

from datetime import date
from hmac import compare_digest

from core import keys

SEAL = 32
"""Characters of a seal, which stands before the text."""


def sealed(text: str, lot_id: int, order_id: int, on: date) -> str:
    """A ready answer with its seal before it, so that a change in the database is noticed."""
    place = f"passport\0{lot_id}/{order_id}/{on}\0".encode()
    return keys.ring().hmac("index", place + text.encode()).hex()[:SEAL] + text


def opened(body: str, lot_id: int, order_id: int, on: date) -> str | None:
    """The ready answer under a seal; None where text, lot, dispatch or day are others."""
    text = body[SEAL:]
    return (
        text if compare_digest(body.encode(), sealed(text, lot_id, order_id, on).encode()) else None
    )
