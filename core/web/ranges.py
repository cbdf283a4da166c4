"""Files in pieces: a download that broke off goes on where it stopped (RFC 9110, section 14)."""

import re

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

_ONE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def span(header: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last that a range asks for; None where it asks nothing.

    Several ranges at once, and what is no range, ask nothing: the whole file is sent. An empty
    span is one that the file does not have.
    """
    found = _ONE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return max(size - int(found[2]), 0), size
    first = int(found[1])
    before = min(int(found[2]) + 1, size) if found[2] else size
    if found[2] and int(found[2]) < first:
        return None
    return (first, before) if first < size else (size, size)


def download(
    request: HttpRequest, content: bytes, *, filename: str, media_type: str, etag: str
) -> HttpResponse:
    """A file to be saved, or the piece of it that is asked for.

    ``etag`` names the bytes: a piece is sent only while the file is the one the reader began.
    """
    mark, size = f'"{etag}"', len(content)
    wanted = span(request.headers.get("Range", ""), size)
    if request.headers.get("If-Range", mark) != mark:
        wanted = None
    status, piece = 200, content
    if wanted is not None:
        first, before = wanted
        status, piece = (206, content[first:before]) if first < before else (416, b"")
    response = HttpResponse(piece, content_type=media_type, status=status)
    if wanted is not None:
        shown = f"{wanted[0]}-{wanted[1] - 1}" if status == 206 else "*"
        response["Content-Range"] = f"bytes {shown}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = mark
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    response["Content-Disposition"] = disposition or "attachment"
    return response
