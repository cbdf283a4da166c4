"""The portal's entries in the side navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import navigation
from portal import notices

navigation.register("home", _("Overview"), roles={"importer", "operator", "broker"}, order=0)
navigation.register(
    "notices",
    _("Notices"),
    roles={"importer", "operator", "broker"},
    order=5,
    badge=notices.waiting,
)
navigation.register("cover", _("Days of cover"), roles={"importer"}, order=35)
navigation.register("jobs", _("Background work"), roles={"operator"}, order=85)
navigation.register("books", _("Books and proofs"), roles={"operator"}, order=90)
navigation.register("parties", _("Parties"), roles={"operator"}, order=80)
navigation.register("shop", _("Shop connection"), roles={"importer"}, order=88)
navigation.register("members", _("Members"), roles={"importer", "operator", "broker"}, order=92)
navigation.register("agreement", _("Agreement"), roles={"importer", "broker"}, order=94)
navigation.register("account", _("My account"), roles={"importer", "operator", "broker"}, order=96)
