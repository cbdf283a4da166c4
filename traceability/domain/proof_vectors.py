"""Judges Merkle proofs written as JSON, in the form that transparency-dev publishes vectors.

An inclusion proof has ``leafIdx``, ``treeSize``, ``leafHash`` and ``root``; a consistency proof has
``size1``, ``size2``, ``root1`` and ``root2``; both have ``proof``, a list that may be null. Hashes
are base64, as Go writes bytes, or hexadecimal.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from core.domain.merkle import consistency_holds, inclusion_holds

HASH_BYTES = 32
LARGEST = 2**64 - 1
"""Sizes and places are unsigned numbers of 64 bits."""

_HEX = re.compile(r"[0-9a-fA-F]{64}")


class Unreadable(ValueError):
    """Raised for a case that is no proof, with the field at fault."""


def holds(case: Any) -> bool:
    """Whether the proof of a case holds. What ``wantErr`` says of it is not looked at.

    Raises:
        Unreadable: the case is neither kind of proof, or a field has another form.
    """
    if not isinstance(case, Mapping):
        raise Unreadable("the case is no object")
    if "leafIdx" in case or "leafHash" in case:
        return _includes(case)
    if "size1" in case or "size2" in case:
        return _extends(case)
    raise Unreadable("neither leafIdx nor size1 is given")


def _includes(case: Mapping[str, Any]) -> bool:
    leaf, root = _bytes(case, "leafHash"), _bytes(case, "root")
    index, size, proof = _number(case, "leafIdx"), _number(case, "treeSize"), _proof(case)
    if not _are_hashes(leaf, root, *proof):
        return False
    return inclusion_holds(index=index, size=size, leaf=leaf, proof=proof, root_hash=root)


def _extends(case: Mapping[str, Any]) -> bool:
    old_root, new_root = _bytes(case, "root1"), _bytes(case, "root2")
    old, new, proof = _number(case, "size1"), _number(case, "size2"), _proof(case)
    if not _are_hashes(old_root, new_root, *proof):
        return False
    return consistency_holds(old=old, new=new, old_root=old_root, new_root=new_root, proof=proof)


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _number(case: Mapping[str, Any], name: str) -> int:
    value = case.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise Unreadable(f"{name} is no whole number of 64 bits")
    return value


def _proof(case: Mapping[str, Any]) -> list[bytes]:
    values = case.get("proof")
    if values is None:
        return []
    if not isinstance(values, list):
        raise Unreadable("proof is no list")
    return [_decoded(value, f"proof[{place}]") for place, value in enumerate(values)]


def _bytes(case: Mapping[str, Any], name: str) -> bytes:
    """The bytes of a field; a null, as Go writes no bytes, gives none."""
    if name not in case:
        raise Unreadable(f"{name} is missing")
    return b"" if case[name] is None else _decoded(case[name], name)


def _decoded(value: Any, name: str) -> bytes:
    if not isinstance(value, str):
        raise Unreadable(f"{name} is no text")
    if _HEX.fullmatch(value):
        return bytes.fromhex(value)
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(f"{name} is neither base64 nor hexadecimal") from None
