"""Statements of importers, batches of the operator."""

from django.urls import path

from fx_settlement.views import (
    accounts,
    bank,
    batches,
    invoices,
    money,
    scenario,
    statements,
    tiers,
)

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
    path("batches/<int:pk>/ask/", batches.ask_banks, name="ask-banks"),
    path("batches/<int:pk>/offer/", batches.record_offer, name="record-offer"),
    path("batches/<int:pk>/deposit/", batches.record_deposit, name="record-deposit"),
    path("batches/<int:pk>/<slug:step>/", batches.take_step, name="step"),
    path("scenario/", scenario.scenario, name="scenario"),
    path("bank/", bank.bank, name="bank"),
    path("bank/read/", bank.read_file, name="read-bank-file"),
    path("bank/statements/<int:pk>/", bank.bank_statement, name="bank-statement"),
    path("bank/statements/<int:pk>/again/", bank.try_again, name="try-statement-again"),
    path("bank/statements/<int:pk>/dismiss/", bank.dismiss, name="dismiss-statement"),
    path("bank/entries/<int:pk>/", bank.resolve, name="resolve-entry"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<int:pk>/", invoices.invoice, name="invoice"),
    path("invoices/<int:pk>/record/", invoices.record, name="record-invoice"),
    path("invoices/<int:pk>/<slug:step>/", invoices.decide, name="decide-invoice"),
    path("money/", money.money, name="money"),
    path("funding/", money.funding, name="funding"),
    path("funding/ask/", money.ask, name="ask-for-funding"),
    path("funding/<int:pk>/cancel/", money.cancel_request, name="cancel-funding"),
    path("funding/refund/", money.ask_refund, name="ask-refund"),
    path("funding/refund/<int:pk>/<slug:step>/", money.refund_step, name="refund-step"),
    path("standing/", tiers.tier, name="tier"),
    path("standing/appeal/", tiers.appeal, name="appeal"),
    path("tiers/", tiers.tiers, name="tiers"),
    path("tiers/<int:pk>/", tiers.tier_of, name="tier-of"),
    path("tiers/appeals/<int:pk>/", tiers.answer, name="answer-appeal"),
    path("funding/claims/<int:pk>/", money.receive_claim, name="receive-claim"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/own/", accounts.add_own, name="add-own-account"),
    path("accounts/supplier/", accounts.add_supplier, name="add-supplier-account"),
    path("accounts/<int:pk>/confirm/", accounts.confirm, name="confirm-account"),
]
