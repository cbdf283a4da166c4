"""Choices of the reader that no role decides."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core import access

A_YEAR = 365 * 24 * 3600


@access.public
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie; any other word forgets it and follows the device."""
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(wanted if safe else "/")
    theme = request.POST.get("theme", "")
    if theme in ("light", "dark"):
        response.set_cookie("theme", theme, max_age=A_YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
