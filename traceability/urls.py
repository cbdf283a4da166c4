"""Public addresses: short ones for people, GS1 Digital Links for symbols, one for programs."""

from django.urls import path, re_path

from traceability import views

urlpatterns = [
    path("trace", views.find, name="trace-find"),
    path("t/<str:code>", views.code_page, name="trace"),
    path("t/<str:code>/label.svg", views.label_symbol, name="trace-label"),
    path("t/<str:code>/proof.tlog-proof", views.code_proof, name="trace-proof"),
    path("api/trace/<str:code>", views.code_as_json, name="trace-json"),
    re_path(r"^01/(?P<gtin>\d{14})/21/(?P<code>[^/]+)/?$", views.code_page, name="trace-unit"),
    re_path(
        r"^01/(?P<gtin>\d{14})/10/(?P<lot>[^/]+)/21/(?P<code>[^/]+)/?$",
        views.code_page,
        name="trace-unit-of-lot",
    ),
]
