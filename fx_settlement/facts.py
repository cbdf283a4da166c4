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
