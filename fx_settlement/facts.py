"""The facts that paying and charging add to the log."""

from core import facts

facts.register(
    "fx.obligation.raised",
    fields=("obligation", "order", "importer", "supplier", "kind", "currency", "amount_minor"),
)
facts.register("fx.claim.billed_back", fields=("claim", "order", "amount_minor", "importers"))
facts.register("fx.claim.credited", fields=("claim", "pool", "amount_minor", "importers"))
facts.register("fx.charges.shared", fields=("consignment", "amount_minor", "importers"))
facts.register("fx.late_charge.entered", fields=("late_charge", "pool", "amount_minor", "reverses"))
facts.register("fx.late_charge.dropped", fields=("late_charge", "pool"))
facts.register(
    "fx.late_charge.posted",
    fields=("late_charge", "pool", "amount_minor", "importers", "on_hand_minor", "reverses"),
)
facts.register(
    "fx.month.closed", fields=("month", "importers", "unrealised_minor", "realised_minor")
)
facts.register("fx.batch.locked", fields=("batch", "currency", "foreign_minor", "payments"))
facts.register("fx.batch.converted", fields=("batch", "foreign_minor", "cny_minor", "rate"))
facts.register("fx.batch.settled", fields=("batch", "payments", "fee_minor"))
facts.register("fx.batch.closed", fields=("batch", "fee_minor"))
facts.register("fx.batch.voided", fields=("batch",))
facts.register("fx.storage.charged", fields=("pool", "year", "amount_minor", "importers"))
facts.register("fx.operator_fee.charged", fields=("pool", "amount_minor", "importers"))
facts.register("fx.batch.instructed", fields=("batch", "payments", "requested_on", "sha256"))
facts.register("fx.batch.accepted", fields=("batch",))
facts.register(
    "fx.payment.settled",
    fields=("payment", "batch", "supplier", "currency", "amount_minor", "fee_minor"),
)
facts.register("fx.payment.rejected", fields=("payment", "batch"))
facts.register("fx.account.opened", fields=("account", "pool", "currency"))
facts.register("fx.supplier_account.entered", fields=("account", "supplier", "currency"))
facts.register("fx.supplier_account.confirmed", fields=("account", "supplier", "currency"))
facts.register(
    "fx.funding.requested",
    fields=("request", "importer", "pool", "kind", "amount_minor", "due_on"),
)
facts.register("fx.funding.received", fields=("request", "importer", "pool", "amount_minor"))
facts.register(
    "fx.funding.late",
    fields=("request", "number", "importer", "pool", "missing_minor", "due_on"),
)
facts.register("fx.funding.caught_up", fields=("importer", "pool"))
facts.register("fx.funding.cancelled", fields=("request", "importer", "pool"))
facts.register("fx.refund.asked", fields=("refund", "importer", "pool", "amount_minor"))
facts.register("fx.refund.approved", fields=("refund", "importer", "pool"))
facts.register("fx.refund.declined", fields=("refund", "importer", "pool"))
facts.register("fx.refund.paid", fields=("refund", "importer", "pool", "amount_minor"))
facts.register("fx.bank.read", fields=("message", "kind", "sha256"))
facts.register(
    "fx.statement.accepted", fields=("statement", "account", "currency", "closing_minor")
)
facts.register("fx.statement.set_apart", fields=("statement", "code"))
facts.register("fx.statement.dismissed", fields=("statement",))
facts.register("fx.entry.resolved", fields=("entry", "target"))
facts.register("fx.invoice.recorded", fields=("invoice", "order", "amount_minor", "due_on"))
facts.register("fx.invoice.compared", fields=("invoice", "order", "state", "difference_minor"))
facts.register("fx.invoice.disputed", fields=("invoice", "order"))
facts.register("fx.invoice.released", fields=("invoice", "order", "is_difference_paid"))
facts.register(
    "fx.tier.reviewed", fields=("review", "importer", "event", "tier", "was", "limit_minor")
)
facts.register("fx.appeal.made", fields=("appeal", "importer", "review"))
facts.register("fx.appeal.answered", fields=("appeal", "importer", "review", "state"))
