"""Forecasts, rounds, purchase orders and consignments."""

from django.urls import path

from imports import (
    catalogue_views,
    commitment_views,
    grid_views,
    round_views,
    suggestion_views,
    upload_views,
    views,
)

app_name = "imports"

urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("plan/grid/", grid_views.grid, name="grid"),
    path("plan/grid/save/", grid_views.save, name="grid-save"),
    path("plan/grid/review/", grid_views.review, name="grid-review"),
    path("plan/grid/discard/", grid_views.discard, name="grid-discard"),
    path("plan/suggestions/", suggestion_views.page, name="suggestions"),
    path("plan/suggestions/take/", suggestion_views.take, name="take-suggestions"),
    path("plan/template.<str:kind>", views.template, name="template"),
    path("plan/uploads/", upload_views.upload, name="upload"),
    path("plan/uploads/<int:pk>/", upload_views.uploaded, name="uploaded"),
    path("plan/uploads/<int:pk>/publish/", upload_views.publish, name="upload-publish"),
    path("plan/uploads/<int:pk>/faults.<str:kind>", upload_views.faults, name="upload-faults"),
    path("plan/orders/", views.own_orders, name="orders"),
    path("plan/rounds/", commitment_views.own_rounds, name="own_rounds"),
    path("plan/rounds/<int:pk>/", commitment_views.own_round, name="own_round"),
    path("plan/rounds/<int:pk>/join/", commitment_views.join, name="join"),
    path("plan/rounds/<int:pk>/<int:product>/", commitment_views.line, name="line"),
    path("plan/rounds/<int:pk>/<int:product>/top-up/", commitment_views.top_up, name="top_up"),
    path("rounds/departures/", round_views.departures, name="departures"),
    path("rounds/<int:pk>/start-filling/", round_views.start_filling, name="start_filling"),
    path("rounds/<int:pk>/lock/", round_views.lock, name="lock"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<int:pk>/", round_views.round_page, name="round"),
    path("rounds/<int:pk>/fill/", round_views.fill, name="fill"),
    path("rounds/<int:pk>/consolidate/", round_views.consolidate, name="consolidate"),
    path("rounds/<int:pk>/place/", round_views.place, name="place"),
    path("rounds/orders/<int:pk>/", views.order, name="order"),
    path("rounds/orders/<int:pk>/ship/", views.ship, name="ship"),
    path("rounds/consignments/<int:pk>/arrive/", views.arrive, name="arrive"),
    path("products/", catalogue_views.products, name="products"),
    path("products/new/", catalogue_views.new_product, name="product-new"),
    path("products/<int:pk>/", catalogue_views.product, name="product"),
    path("products/<int:pk>/gtins/", catalogue_views.add_gtin, name="gtin-add"),
    path("products/<int:pk>/images/", catalogue_views.add_image, name="image-add"),
    path("products/<int:pk>/record/", catalogue_views.submit_record, name="record-submit"),
    path("images/<int:pk>/", catalogue_views.image, name="image"),
    path("nomenclature/", catalogue_views.nomenclature, name="nomenclature"),
    path("records/", catalogue_views.records, name="records"),
    path("records/<int:pk>/", catalogue_views.record, name="record"),
    path("records/<int:pk>/confirm/", catalogue_views.confirm_record, name="record-confirm"),
    path("records/<int:pk>/return/", catalogue_views.return_record, name="record-return"),
]
