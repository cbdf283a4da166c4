"""Public addresses: short ones for people, GS1 Digital Links for symbols, one for programs."""

from django.urls import path, re_path, register_converter

from traceability import (
    brand_views,
    complaint_views,
    graph_views,
    label_views,
    log_views,
    passport_views,
    recall_views,
    resolver_views,
    sample_views,
    views,
)
from traceability.epcis import pages
from traceability.paths import CompressedLink, EighteenDigits, FourteenDigits

register_converter(FourteenDigits, "digits14")
register_converter(EighteenDigits, "digits18")
register_converter(CompressedLink, "compressed")

urlpatterns = [
    path("brand/", brand_views.brand, name="brand"),
    path("brand/<int:importer_id>/<str:version>.css", brand_views.stylesheet, name="brand-styles"),
    path("brand/<int:importer_id>/<str:version>.png", brand_views.logo, name="brand-logo"),
    path("log/checkpoint", log_views.checkpoint, name="log-checkpoint"),
    path("log/keys", log_views.keys, name="log-keys"),
    path("log/check", log_views.check, name="log-check"),
    path("log/tile/<path:path>", log_views.tile, name="log-tile"),
    path("captures/", pages.captures, name="captures"),
    path("recalls/", recall_views.recalls, name="recalls"),
    path("recalls/<int:pk>/", recall_views.recall, name="recall"),
    path("recalls/<int:pk>/report.csv", recall_views.report, name="recall-report"),
    path("recalls/<int:pk>/seen/", recall_views.acknowledge, name="recall-seen"),
    path("trace", views.find, name="trace-find"),
    path("t/<str:code>", views.code_page, name="trace"),
    path("t/<str:code>/pin", views.code_pin, name="trace-pin"),
    path("t/<str:code>/label.svg", views.label_symbol, name="trace-label"),
    path("t/<str:code>/proof.tlog-proof", views.code_proof, name="trace-proof"),
    path("graph/", graph_views.graph_page, name="graph"),
    path("api/trace/graph", graph_views.lot_graph, name="trace-graph"),
    path("api/trace/<str:code>", views.code_as_json, name="trace-json"),
    path("t/<str:code>/passport", passport_views.unit_passport, name="unit-passport"),
    path("passport/<digits14:gtin>", passport_views.passport, name="passport"),
    path("passport/<digits14:gtin>/<path:lot>", passport_views.passport, name="lot-passport"),
    path("p/00/<digits18:sscc>", passport_views.pallet_page, name="pallet"),
    path("p/<digits14:gtin>", resolver_views.goods_page, name="goods"),
    path("p/<digits14:gtin>/<path:lot>", resolver_views.goods_page, name="goods-lot"),
    path("api/goods/<digits14:gtin>", resolver_views.goods_as_json, name="goods-json"),
    path(
        "api/goods/<digits14:gtin>/<path:lot>", resolver_views.goods_as_json, name="goods-lot-json"
    ),
    path("complaints/", complaint_views.complaints, name="complaints"),
    path("complaints/<int:pk>/", complaint_views.complaint, name="complaint"),
    path("complaints/<int:pk>/photo.jpg", complaint_views.photo, name="complaint-photo"),
    path("samples/", sample_views.samples, name="samples"),
    path("samples/<int:pk>/", sample_views.sample, name="sample"),
    path("answers/<str:token>", complaint_views.public_answer, name="complaint-answer"),
    path("t/<str:code>/complain", complaint_views.complain, name="trace-complain"),
    path("labels/", label_views.batches, name="label-batches"),
    path("labels/<int:pk>/", label_views.batch, name="label-batch"),
    path("labels/<int:pk>/use/", label_views.use, name="label-use"),
    path("labels/<int:pk>/labels.csv", label_views.as_csv, name="label-csv"),
    path("labels/<int:pk>/sheets-<int:part>.pdf", label_views.as_pdf, name="label-pdf"),
    path("labels/<int:pk>/sheet-<int:sheet>.svg", label_views.as_svg, name="label-svg"),
    path("links/", resolver_views.kept_links, name="resolver-links"),
    path("links/<int:pk>/end/", resolver_views.end_link, name="resolver-link-end"),
    path(".well-known/gs1resolver", resolver_views.description, name="resolver-description"),
    path(".well-known/gs1resolver-context.jsonld", resolver_views.context, name="resolver-context"),
    re_path(r"^(?P<path>\d{2,4}/.+)$", resolver_views.resolve, name="resolve"),
    path("<compressed:path>", resolver_views.resolve, name="resolve-compressed"),
]
