"""Forecasts, rounds, purchase orders and consignments."""

from django.urls import path

from imports import grid_views, round_views, upload_views, views

app_name = "imports"

urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("plan/grid/", grid_views.grid, name="grid"),
    path("plan/grid/save/", grid_views.save, name="grid-save"),
    path("plan/grid/review/", grid_views.review, name="grid-review"),
    path("plan/grid/discard/", grid_views.discard, name="grid-discard"),
    path("plan/template.<str:kind>", views.template, name="template"),
    path("plan/uploads/", upload_views.upload, name="upload"),
    path("plan/uploads/<int:pk>/", upload_views.uploaded, name="uploaded"),
    path("plan/uploads/<int:pk>/publish/", upload_views.publish, name="upload-publish"),
    path("plan/uploads/<int:pk>/faults.<str:kind>", upload_views.faults, name="upload-faults"),
    path("plan/orders/", views.own_orders, name="orders"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<int:pk>/", round_views.round_page, name="round"),
    path("rounds/<int:pk>/fill/", round_views.fill, name="fill"),
    path("rounds/<int:pk>/consolidate/", round_views.consolidate, name="consolidate"),
    path("rounds/<int:pk>/place/", round_views.place, name="place"),
    path("rounds/orders/<int:pk>/", views.order, name="order"),
    path("rounds/orders/<int:pk>/ship/", views.ship, name="ship"),
    path("rounds/consignments/<int:pk>/arrive/", views.arrive, name="arrive"),
]
