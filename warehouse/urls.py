"""Stock, lots, receipts and the account book."""

from django.urls import path

from warehouse import (
    claim_views,
    count_views,
    keeping_views,
    paper_views,
    release_views,
    return_views,
    rule_views,
    scan_views,
    views,
)

app_name = "warehouse"

urlpatterns = [
    path("keeping/", keeping_views.keeping, name="keeping"),
    path("costs/", keeping_views.costs, name="costs"),
    path("overview/", keeping_views.overview, name="overview"),
    path("charges/", keeping_views.pool_charges, name="charges"),
    path("stock/", views.stock, name="stock"),
    path("lots/<int:pk>/", views.lot, name="lot"),
    path("receipts/", views.receipts, name="receipts"),
    path("receipts/<int:pk>/", views.receipt, name="receipt"),
    path("receipts/<int:pk>/allocate/", views.allocate, name="allocate"),
    path("receipts/count/<int:consignment_id>/", views.count, name="count"),
    path("parcels/", views.parcels, name="parcels"),
    path("parcels/ship/", views.ship_picked, name="ship-picked"),
    path("parcels/<int:pk>/", views.parcel, name="parcel"),
    path("parcels/<int:pk>/ship/", views.ship, name="ship"),
    path("rules/", rule_views.round_rules, name="rules"),
    path("papers/", paper_views.papers, name="papers"),
    path("papers/<int:pk>/", paper_views.step, name="paper-step"),
    path("counts/", count_views.counts, name="counts"),
    path("counts/plan/", count_views.plan, name="plan-counts"),
    path("counts/<int:pk>/", count_views.sheet, name="count-sheet"),
    path("counts/<int:pk>/approve/", count_views.approve, name="approve-count"),
    path("returns/", return_views.returns, name="returns"),
    path("returns/<int:pk>/", return_views.step, name="return-step"),
    path("releases/", release_views.releases, name="releases"),
    path("releases/<int:pk>/keep/", release_views.keep, name="keep"),
    path("releases/<int:pk>/ask/", release_views.ask, name="ask"),
    path("releases/lead/", release_views.lead, name="lead-releases"),
    path("releases/terms/", release_views.set_terms, name="release-terms"),
    path("scan/", scan_views.scan, name="scan"),
    path("scan/send/", scan_views.send, name="scan-send"),
    path("receipts/lines/<int:pk>/photo/", claim_views.add_photo, name="add-photo"),
    path("receipts/lines/<int:pk>/claim/<str:cause>/", claim_views.make, name="make-claim"),
    path("photos/<int:pk>/", claim_views.photo, name="photo"),
    path("claims/", claim_views.claims, name="claims"),
    path("claims/<int:pk>/answer/", claim_views.answer, name="answer-claim"),
    path("claims/<int:pk>/paper/", claim_views.paper, name="claim-paper"),
    path("account-book/", views.account_book, name="account-book"),
]
