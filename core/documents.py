"""Files kept by content: written whole or not at all, never changed."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction

from core import clock, keys
from core.domain.errors import Refusal
from core.models.document import Document
from core.models.party import Party


class DocumentDiffers(Refusal):
    """Raised when a key is stored again with other bytes."""

    code = "document-differs"
    reason = "A document “{key}” is already stored, with other content."
    remedy = "Store the new content under a new key; documents never change."


class DocumentMissing(Refusal):
    """Raised when a stored document's file is gone or was changed."""

    code = "document-missing"
    reason = "The file of document {document} is missing or damaged."
    remedy = "Restore the document folder from the backup."


def store(
    *,
    key: str,
    content: bytes,
    filename: str,
    media_type: str,
    owner: Party | None = None,
    subject: str = "",
    is_sealed: bool = False,
) -> Document:
    """Keep a file under a key. The same key with the same bytes returns what is there.

    ``is_sealed`` encrypts the bytes at rest: for received files that hold personal data.

    Raises:
        DocumentDiffers: the key is taken by other bytes.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    known = Document.objects.filter(key=key).first()
    if known is not None:
        if known.sha256 != sha256:
            raise DocumentDiffers(key=key)
        return known
    data = keys.ring().seal("vault", content, sha256.encode()) if is_sealed else content
    _write(_path(sha256, is_sealed=is_sealed), data)
    with transaction.atomic():
        return Document.objects.create(
            key=key,
            sha256=sha256,
            size=len(content),
            filename=filename,
            media_type=media_type,
            owner_id=owner.pk if owner else None,
            subject=subject,
            is_sealed=is_sealed,
            created_at=clock.now(),
        )


def find(key: str) -> Document | None:
    """The document stored under a key, if any."""
    return Document.objects.filter(key=key).first()


def content(document: Document) -> bytes:
    """The bytes of a document.

    Raises:
        DocumentMissing: the file is gone, or is not what was stored.
    """
    try:
        data = _path(document.sha256, is_sealed=document.is_sealed).read_bytes()
    except FileNotFoundError:
        raise DocumentMissing(document=document.pk) from None
    if document.is_sealed:
        data = keys.ring().unseal("vault", data, document.sha256.encode())
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise DocumentMissing(document=document.pk)
    return data


def _path(sha256: str, *, is_sealed: bool) -> Path:
    name = f"{sha256}.sealed" if is_sealed else sha256
    return Path(settings.DOCUMENT_DIR) / sha256[:2] / name


def _write(path: Path, data: bytes) -> None:
    """Write next to the place, flush to disk, then rename: a reader never sees half a file."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
