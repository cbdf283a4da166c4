"""Files that come in packed: what a ZIP holds, read within bounds."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from core.domain.errors import Refusal

MOST_BYTES = 25_000_000
MOST_FILES = 2_000
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_READ_ERRORS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
"""What the reader of ZIP files raises for one that is damaged, locked or packed another way."""


class PackageTooLarge(Refusal):
    """Raised when a file, or what is packed in it, is more than is read at once."""

    code = "package-too-large"
    reason = "The file holds more than {megabytes} MB or {files} files."
    remedy = "Send it in several parts."


class PackageUnreadable(Refusal):
    """Raised when a ZIP is damaged or locked by a password."""

    code = "package-unreadable"
    reason = "“{name}” is damaged or locked by a password."
    remedy = "Pack the files again without a password."


class FileNotReadable(Refusal):
    """Raised when the file that is to be judged cannot be opened."""

    code = "file-not-readable"
    reason = "The file cannot be read: {why}."
    remedy = "Check the path and the rights of the file."


class PackageEmpty(Refusal):
    """Raised when a ZIP holds no file."""

    code = "package-empty"
    reason = "The package holds no file."
    remedy = "Pack the messages again."


def unpack(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of a ZIP by their names in it, or the one file that it is; folders are passed over.

    Raises:
        PackageTooLarge: it holds more than is read at once.
        PackageUnreadable: it is damaged or locked.
    """
    if len(content) > MOST_BYTES:
        raise _too_large()
    if not content.startswith(_ZIP):
        yield name, content
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from _files(archive)
    except _READ_ERRORS as error:
        raise PackageUnreadable(name=name) from error


def _files(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _too_large()
    left = MOST_BYTES
    for entry in entries:
        with archive.open(entry) as packed:
            content = packed.read(left + 1)
        left -= len(content)
        if left < 0:
            raise _too_large()
        yield entry.filename, content


def _too_large() -> PackageTooLarge:
    return PackageTooLarge(megabytes=MOST_BYTES // 1_000_000, files=MOST_FILES)
