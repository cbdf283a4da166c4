"""Actions of the prove stage."""

from core import access
from core.models.party import Role

access.register(
    {
        "traceability.brand.set": {Role.IMPORTER},
        "traceability.complaint.answer": {Role.IMPORTER, Role.OPERATOR, Role.BROKER},
        "traceability.graph.see": {Role.OPERATOR},
        "traceability.labels.order": {Role.OPERATOR},
        "traceability.labels.print": {Role.OPERATOR},
        "traceability.links.keep": {Role.OPERATOR},
        "traceability.recall.acknowledge": {Role.IMPORTER},
        "traceability.recall.open": {Role.OPERATOR},
        "traceability.samples.draw": {Role.OPERATOR},
        "traceability.repository.see": {Role.IMPORTER, Role.OPERATOR},
        "traceability.recall.see": {Role.IMPORTER, Role.OPERATOR},
    }
)
