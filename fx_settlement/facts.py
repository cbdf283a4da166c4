"""The facts that paying and charging add to the log."""

from core import facts

facts.register(
    "fx.obligation.raised",
    fields=("obligation", "order", "importer", "supplier", "kind", "currency", "amount_minor"),
)
facts.register("fx.charges.shared", fields=("consignment", "amount_minor", "importers"))
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
