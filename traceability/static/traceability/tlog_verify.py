#!/usr/bin/env python3
"""Checks a .tlog-proof file or a checkpoint offline. Needs Python 3.9 and cryptography, no more.

    python3 tlog_verify.py FILE --vkey KEY [--leaf LEAF] [--witness KEY …] [--quorum N]

KEY is a line ``name+id+base64`` or a file of such lines. Exit 0: holds. Exit 1: does not.
Formats: c2sp.org/tlog-proof@v1, tlog-checkpoint, signed-note, tlog-cosignature; tree: RFC 9162.
This file stands alone on purpose: read it, keep it, and trust nobody's copy of the answer.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any, Iterable, Sequence, Tuple  # noqa: UP035

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Key = Tuple[str, bytes, int, bytes]  # noqa: UP006
"""Name, id, signature type and public key."""

Signature = Tuple[str, bytes, bytes]  # noqa: UP006
"""Name, key id and signature."""

FIRST_LINE = "c2sp.org/tlog-proof@v1"
SIGNATURE, COSIGNATURE = 1, 4


class Fails(Exception):
    """What does not hold, in words."""


def once(text: str) -> bytes:
    """The bytes of base64 text in its one form."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Fails(f"“{text[:50]}” is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Fails(f"“{text[:50]}” is not base64 in its one form")
    return raw


def a_hash(text: str) -> bytes:
    """Thirty-two bytes of base64."""
    raw = once(text)
    if len(raw) != 32:
        raise Fails(f"“{text[:50]}” is no hash")
    return raw


def a_number(text: str) -> int:
    """A decimal number below 2^64 without leading zeroes."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,19}", text) or int(text) >= 2**64:
        raise Fails(f"“{text[:50]}” is no number")
    return int(text)


def read_proof(text: str) -> tuple[int, list[bytes], str, bytes]:
    """Index, hashes, checkpoint and extra data of a proof file."""
    body, found, checkpoint = text.partition("\n\n")
    lines = body.split("\n")
    if lines.pop(0) != FIRST_LINE or not found:
        raise Fails(f"the file does not start with {FIRST_LINE}")
    extra = once(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else b""
    if not lines or not lines[0].startswith("index "):
        raise Fails("the line with the index is missing")
    return a_number(lines[0][6:]), [a_hash(line) for line in lines[1:]], checkpoint, extra


def read_checkpoint(note: str) -> tuple[str, str, int, bytes, list[Signature]]:
    """Signed text, origin, size, root and signatures of a checkpoint."""
    text, found, lines = note.rpartition("\n\n")
    if (
        not found
        or not text
        or not lines.endswith("\n")
        or re.search(r"[\x00-\x09\x0b-\x1f]", note)
    ):
        raise Fails("the checkpoint is malformed")
    parts = text.split("\n")
    if len(parts) < 3 or not all(parts):
        raise Fails("the checkpoint does not name origin, size and root")
    signatures = []
    for line in lines[:-1].split("\n"):
        match = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        raw = once(match.group(2)) if match else b""
        if match is None or len(raw) < 5:
            raise Fails("a signature line is malformed")
        signatures.append((match.group(1), raw[:4], raw[4:]))
    return text + "\n", parts[0], a_number(parts[1]), a_hash(parts[2]), signatures


def read_key(line: str) -> Key:
    """Name, id, signature type and Ed25519 key of a verifier key."""
    name, _, rest = line.partition("+")
    stated, _, blob = rest.partition("+")
    raw = once(blob)
    if not name or len(raw) != 33 or raw[0] not in (SIGNATURE, COSIGNATURE):
        raise Fails("the verifier key is no Ed25519 key of name, id and base64")
    if hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != stated:
        raise Fails("the id of the verifier key does not fit its name and key")
    return name, bytes.fromhex(stated), raw[0], raw[1:]


def keys_of(values: Iterable[str]) -> list[Key]:
    """The keys of lines and of files of lines."""
    lines = []
    for value in values:
        file = Path(value)
        text = file.read_text(encoding="utf-8-sig") if file.is_file() else value
        lines += text.strip().splitlines()
    return [read_key(line.strip()) for line in lines if line.strip()]


def verifies(key: Key, signature: bytes, text: str) -> bool:
    """Whether a signature, or a cosignature with its time, is of the key."""
    message = text.encode()
    if key[2] == COSIGNATURE:
        at = int.from_bytes(signature[:8], "big")
        if len(signature) != 72 or at >= 2**63:
            return False
        message, signature = f"cosignature/v1\ntime {at}\n{text}".encode(), signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key[3]).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def signed_by(key: Key, text: str, signatures: Iterable[Signature]) -> bool:
    """Whether the key signed; a false signature in its name is an error."""
    results = [verifies(key, s, text) for name, kid, s in signatures if (name, kid) == key[:2]]
    if not all(results):
        raise Fails(f"a signature of {key[0]} is false")
    return bool(results)


def root_of(leaf: bytes, index: int, size: int, hashes: Iterable[bytes]) -> bytes | None:
    """The root that leaf and hashes give (RFC 9162, 2.1.3.2); None for a false number of hashes."""
    if index >= size:
        return None
    current, position, last = hashlib.sha256(b"\x00" + leaf).digest(), index, size - 1
    for sibling in hashes:
        if last == 0:
            return None
        if position % 2 or position == last:
            current = hashlib.sha256(b"\x01" + sibling + current).digest()
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            current = hashlib.sha256(b"\x01" + current + sibling).digest()
        position, last = position >> 1, last >> 1
    return current if last == 0 else None


def check_head(checkpoint: str, keys: Sequence[Key], witnesses: Sequence[Key], quorum: int) -> Any:
    """Origin, size, root and witnesses of a checkpoint that its log signed."""
    signed, origin, size, root, signatures = read_checkpoint(checkpoint)
    ours = [key for key in keys if key[0] == origin and key[2] == SIGNATURE]
    if not ours:
        raise Fails(f"the head is of {origin}, no key given is")
    results = [signed_by(key, signed, signatures) for key in ours]
    if not any(results):
        raise Fails("the head is not signed by the key")
    watching = [key for key in witnesses if key[2] == COSIGNATURE]
    seen = sorted({key[0] for key in watching if signed_by(key, signed, signatures)})
    if len(seen) < quorum:
        raise Fails(f"{len(seen)} of the {quorum} witnesses asked for cosigned the head")
    return origin, size, root, seen


def check(
    text: str,
    keys: Sequence[Key],
    leaf: bytes | None = None,
    witnesses: Sequence[Key] = (),
    quorum: int = 0,
) -> dict[str, Any]:
    """What a file proves, as a dictionary.

    Raises:
        Fails: it proves nothing, with the part that fails.
    """
    is_proof = text.startswith("c2sp.org/tlog-proof")
    index, hashes, checkpoint, extra = read_proof(text) if is_proof else (0, [], text, b"")
    origin, size, root, seen = check_head(checkpoint, keys, witnesses, quorum)
    found = {"ok": True, "origin": origin, "size": size, "witnesses": seen}
    if is_proof:
        if root_of(extra if leaf is None else leaf, index, size, hashes) != root:
            raise Fails("the leaf is not in the tree at that place")
        found["index"] = index
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status of the command line."""
    parser = argparse.ArgumentParser(description="Checks a proof of the log offline.")
    parser.add_argument("file")
    parser.add_argument("--vkey", action="append", required=True)
    parser.add_argument("--leaf")
    parser.add_argument("--witness", action="append", default=[])
    parser.add_argument("--quorum", type=int, default=0)
    given = parser.parse_args(arguments)
    try:
        text = Path(given.file).read_bytes().decode("utf-8-sig")
        leaf = Path(given.leaf).read_bytes() if given.leaf else None
        keys, witnesses = keys_of(given.vkey), keys_of(given.witness)
        found = check(text, keys, leaf, witnesses, given.quorum)
    except (Fails, OSError, UnicodeDecodeError) as fault:
        found = {"ok": False, "error": str(fault)}
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
