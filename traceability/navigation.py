"""The prove stage's entry in the side navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import navigation

navigation.register("brand", _("Trace page"), roles={"importer"}, order=70)
navigation.register("recalls", _("Recalls"), roles={"operator", "importer"}, order=75)
navigation.register("resolver-links", _("Identifiers"), roles={"operator"}, order=78)
navigation.register("label-batches", _("Labels"), roles={"operator"}, order=77)
navigation.register("captures", _("Event repository"), roles={"operator", "importer"}, order=77)
navigation.register("samples", _("Samples"), roles={"operator"}, order=76)
navigation.register(
    "complaints", _("Complaints"), roles={"operator", "importer", "broker"}, order=76
)
navigation.register("graph", _("Up- and downstream"), roles={"operator"}, order=79)
