"""Notes of evidence: what they sign, and what is no note."""

from base64 import b64encode
from datetime import date
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.domain.checkpoint import key_id, verifier_key
from fx_settlement.domain.evidence import (
    EvidenceRow,
    NoteNotValid,
    digest_in,
    note_of,
    note_text,
    public_key_of,
    signatures_in,
)

NAME = "pool.example/log"


@pytest.fixture
def signer():
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def public(signer):
    return signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@pytest.fixture
def note(signer, public):
    text = note_text("kowhai", date(2025, 3, 10), b"file")
    return note_of(text, NAME, [(public, signer.sign(text.encode()))])


def test_a_note_names_the_file_by_its_digest_and_carries_the_signature(note, signer, public):
    assert digest_in(note) == sha256(b"file").hexdigest()
    signed, [(name, kid, raw)] = signatures_in(note)

    assert (name, kid) == (NAME, key_id(NAME, public))
    signer.public_key().verify(raw, signed)


def test_a_verifier_s_line_is_its_name_and_key(public):
    assert public_key_of(verifier_key(NAME, public)) == (NAME, public)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        "name+00000000+AAAA",
        "name+zz+%%%",
        f"{NAME}+00000000+{b64encode(bytes([1]) + bytes(32)).decode()}",
    ],
)
def test_what_is_no_verifier_s_line_is_refused(line):
    with pytest.raises(NoteNotValid):
        public_key_of(line)


@pytest.mark.parametrize("text", ["", "x\n" * 9, "bondpool evidence v1\na\nb\nmd5 0\n\n"])
def test_what_is_no_note_is_refused(text):
    with pytest.raises(NoteNotValid):
        digest_in(text)


def test_a_row_is_written_as_its_columns_are_headed():
    row = EvidenceRow("stock", date(2025, 3, 10), "L-1", "powder", 5, amount_cny="12.00")

    assert row.cells == ("stock", "2025-03-10", "L-1", "powder", "5", "", "", "12.00")
    assert EvidenceRow("tier", None, "", "").cells == ("tier", "", "", "", "", "", "", "")
