"""Numbers as browsers send them: text that anybody may have typed."""

LONGEST = 18
"""Digits of the largest number that every database can hold."""


def whole(text: str) -> int | None:
    """The whole number that a text of plain digits stands for; None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST
    return int(text) if is_number else None
