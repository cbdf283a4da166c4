"""Public addresses: short ones for people, GS1 Digital Links for symbols, one for programs."""

from django.urls import path, re_path

from traceability import brand_views, graph_views, log_views, recall_views, views

urlpatterns = [
    path("brand/", brand_views.brand, name="brand"),
    path("brand/<int:importer_id>/<str:version>.css", brand_views.stylesheet, name="brand-styles"),
    path("brand/<int:importer_id>/<str:version>.png", brand_views.logo, name="brand-logo"),
    path("log/checkpoint", log_views.checkpoint, name="log-checkpoint"),
    path("log/keys", log_views.keys, name="log-keys"),
    path("log/check", log_views.check, name="log-check"),
    path("log/tile/<path:path>", log_views.tile, name="log-tile"),
    path("recalls/", recall_views.recalls, name="recalls"),
    path("recalls/<int:pk>/", recall_views.recall, name="recall"),
    path("recalls/<int:pk>/report.csv", recall_views.report, name="recall-report"),
    path("recalls/<int:pk>/seen/", recall_views.acknowledge, name="recall-seen"),
    path("trace", views.find, name="trace-find"),
    path("t/<str:code>", views.code_page, name="trace"),
    path("t/<str:code>/label.svg", views.label_symbol, name="trace-label"),
    path("t/<str:code>/proof.tlog-proof", views.code_proof, name="trace-proof"),
    path("api/trace/graph", graph_views.lot_graph, name="trace-graph"),
    path("api/trace/<str:code>", views.code_as_json, name="trace-json"),
    re_path(r"^01/(?P<gtin>\d{14})/21/(?P<code>[^/]+)/?$", views.code_page, name="trace-unit"),
    re_path(
        r"^01/(?P<gtin>\d{14})/10/(?P<lot>[^/]+)/21/(?P<code>[^/]+)/?$",
        views.code_page,
        name="trace-unit-of-lot",
    ),
]
