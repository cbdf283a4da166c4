"""Statements of importers, batches of the operator."""

from django.urls import path

from fx_settlement.views import accounts, batches, statements

app_name = "settlement"

urlpatterns = [
    path("statement/", statements.statements, name="statements"),
    path("statement/<int:year>/", statements.statement, name="statement"),
    path("statement/<int:year>/pdf/", statements.statement_pdf, name="statement-pdf"),
    path("statement/<int:year>/print/", statements.print_statement, name="print-statement"),
    path("importers/<str:code>/<int:year>/", statements.statement_of, name="statement-of"),
    path("batches/", batches.batches, name="batches"),
    path("batches/open/", batches.open_batch, name="open-batch"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("batches/<int:pk>/file/<str:version>/", batches.payment_file, name="payment-file"),
    path("batches/<int:pk>/offer/", batches.record_offer, name="record-offer"),
    path("batches/<int:pk>/deposit/", batches.record_deposit, name="record-deposit"),
    path("batches/<int:pk>/<slug:step>/", batches.take_step, name="step"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/own/", accounts.add_own, name="add-own-account"),
    path("accounts/supplier/", accounts.add_supplier, name="add-supplier-account"),
    path("accounts/<int:pk>/confirm/", accounts.confirm, name="confirm-account"),
]
