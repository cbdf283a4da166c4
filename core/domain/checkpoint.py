"""The signed head of the log as text: a C2SP checkpoint inside a C2SP signed note.

Sources: c2sp.org/tlog-checkpoint and c2sp.org/signed-note, both v1.0; signature type 0x01 is
Ed25519.
"""

import base64
import hashlib

ED25519 = b"\x01"


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes that tell keys of one name apart."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """The key as one line that people can hand to a verifier: ``name+id+base64``."""
    tail = base64.b64encode(ED25519 + public_key).decode()
    return f"{name}+{key_id(name, public_key).hex()}+{tail}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text that is signed: origin, size and root, a line each."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signed_note(text: str, name: str, public_key: bytes, signature: bytes) -> str:
    """The text with its signature line."""
    blob = base64.b64encode(key_id(name, public_key) + signature).decode()
    return f"{text}\n— {name} {blob}\n"


def read_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The signed text and its signatures as (name, key id, signature)."""
    text, _, lines = note.partition("\n\n")
    signatures = []
    for line in lines.splitlines():
        _, name, blob = line.split(" ")
        raw = base64.b64decode(blob)
        signatures.append((name, raw[:4], raw[4:]))
    return text + "\n", signatures
