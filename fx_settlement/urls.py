"""Statements of importers, batches of the operator."""

from django.urls import path

from fx_settlement import views

app_name = "settlement"

urlpatterns = [
    path("statement/", views.statements, name="statements"),
    path("statement/<int:year>/", views.statement, name="statement"),
    path("statement/<int:year>/pdf/", views.statement_pdf, name="statement-pdf"),
    path("statement/<int:year>/print/", views.print_statement, name="print-statement"),
    path("importers/<str:code>/<int:year>/", views.statement_of, name="statement-of"),
    path("batches/", views.batches, name="batches"),
    path("batches/open/", views.open_batch, name="open-batch"),
    path("batches/<int:pk>/", views.batch, name="batch"),
    path("batches/<int:pk>/deposit/", views.record_deposit, name="record-deposit"),
    path("batches/<int:pk>/<slug:step>/", views.take_step, name="step"),
]
