"""What all pages of pay and charge need."""

from django.http import HttpRequest, HttpResponse

from core import access
from core.models import Party


def party_of(request: HttpRequest) -> Party:
    """The party in whose name the reader acts."""
    return access.membership_of(request).party  # type: ignore[union-attr]


def download(content: bytes, *, filename: str, media_type: str) -> HttpResponse:
    """A file to be saved under a name."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
