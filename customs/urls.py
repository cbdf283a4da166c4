"""Consumer orders, and the batches in which they are declared."""

from django.urls import path

from customs import (
    desk_views,
    entry_views,
    guard_views,
    inspection_views,
    payment_views,
    sheet_views,
    shortage_views,
    views,
)

app_name = "customs"

urlpatterns = [
    path("orders/", views.orders, name="orders"),
    path("orders/<int:pk>/", views.order, name="order"),
    path("orders/upload/", sheet_views.upload, name="upload-orders"),
    path("orders/template.<str:kind>", sheet_views.template, name="orders-template"),
    path("orders/sheets/<int:pk>/", sheet_views.sheet, name="order-sheet"),
    path("orders/sheets/<int:pk>/progress/", sheet_views.progress, name="order-sheet-progress"),
    path("orders/sheets/<int:pk>/take/", sheet_views.take, name="take-order-sheet"),
    path("shortages/", shortage_views.page, name="shortages"),
    path("shortages/<int:pk>/", shortage_views.state, name="state-shortage"),
    path("papers/", desk_views.papers, name="papers"),
    path("papers/split/", payment_views.split, name="split-payment"),
    path("papers/<int:pk>/", desk_views.paper, name="paper"),
    path("papers/<int:pk>/press/<str:step>/", desk_views.press, name="press"),
    path("papers/<int:pk>/refund/", desk_views.refund, name="refund"),
    path(
        "papers/<int:pk>/messages/<int:step>/", desk_views.payment_message, name="payment-message"
    ),
    path("guard/", guard_views.cases, name="guard"),
    path("guard/look/", guard_views.look, name="guard-look"),
    path("guard/<int:pk>/", guard_views.case, name="guard-case"),
    path("guard/<int:pk>/decide/<str:action>/", guard_views.decide, name="guard-decide"),
    path("guard/<int:pk>/report/", guard_views.report, name="guard-report"),
    path("guard/<int:pk>/report.xlsx", guard_views.report_file, name="guard-report-file"),
    path("times/", inspection_views.times, name="times"),
    path("times/release-times.xlsx", inspection_views.times_file, name="times-file"),
    path("inspections/", inspection_views.inspections, name="inspections"),
    path("inspections/<int:pk>/end/", inspection_views.end, name="end-inspection"),
    path("corrections/", desk_views.corrections, name="corrections"),
    path("corrections/ask/<int:pk>/", desk_views.ask, name="ask-correction"),
    path("corrections/<int:pk>/", desk_views.correction, name="correction"),
    path("corrections/<int:pk>/message/", desk_views.correction_message, name="correction-message"),
    path("corrections/<int:pk>/back/", desk_views.back, name="goods-back"),
    path("entries/", entry_views.entries, name="entries"),
    path("entries/<int:pk>/", entry_views.accept, name="accept-entry"),
    path("batches/", views.batches, name="batches"),
    path("batches/declare/", views.declare, name="declare"),
    path("batches/receipts/", views.receipts, name="receipts"),
    path("batches/<int:pk>/", views.batch, name="batch"),
    path("batches/<int:pk>/progress/", views.progress, name="progress"),
    path("batches/<int:pk>/archive/", views.archive, name="archive"),
    path("batches/<int:pk>/again/", views.declare_again, name="declare-again"),
    path("batches/<int:pk>/simulate/", views.simulate, name="simulate"),
]
