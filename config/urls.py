"""All addresses of the product, one line per room."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from core import access
from core.web.views import set_theme

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", access.public(set_language), name="set_language"),
    path("theme/", set_theme, name="set-theme"),
    path("imports/", include("imports.urls")),
    path("warehouse/", include("warehouse.urls")),
    path("customs/", include("customs.urls")),
    path("inspection/", include("customs.inspection_urls")),
    path("settlement/", include("fx_settlement.urls")),
    path("api/v1/", include("portal.api.urls")),
    path("epcis/", include("traceability.epcis.urls")),
    path("", include("portal.urls")),
    path("", include("traceability.urls")),
]

handler400 = "core.web.errors.bad_request"
handler403 = "core.web.errors.forbidden"
handler404 = "core.web.errors.not_found"
handler500 = "core.web.errors.server_error"
