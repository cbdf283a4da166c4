"""One spelling for data that is hashed: JSON with sorted keys and no spaces, in UTF-8.

Equal to RFC 8785 for what facts may hold: strings, whole numbers, booleans, null, lists, objects.
"""

import hashlib
import json
from typing import Any


def canonical(data: Any) -> bytes:
    """The canonical bytes of plain data; floating-point numbers are a TypeError."""
    _refuse_floats(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_floats(data: Any) -> None:
    if isinstance(data, float):
        raise TypeError(f"{data!r} has no exact spelling; use a whole number or a string")
    if isinstance(data, dict):
        for value in data.values():
            _refuse_floats(value)
    elif isinstance(data, list | tuple):
        for value in data:
            _refuse_floats(value)


def digest(data: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()
