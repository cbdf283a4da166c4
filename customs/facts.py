"""The facts that declaring adds to the log: ids and codes, never a person."""

from core import facts

facts.register("customs.order.taken", {"order", "declaration", "tax_minor"})
facts.register("customs.declaration.declared", {"declaration", "batch", "cop_no"})
_ANSWERED = {"declaration", "order", "cop_no", "dispatch", "invt_no", "error_code"}
facts.register("customs.declaration.accepted", _ANSWERED)
facts.register("customs.declaration.released", _ANSWERED)
facts.register("customs.declaration.refused", _ANSWERED)
facts.register("customs.batch.built", {"batch", "declarations", "document"})
facts.register("customs.batch.downloaded", {"batch", "document"})
