"""The entries of declaring in the side navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import navigation

navigation.register("customs:orders", _("Consumer orders"), roles={"importer"}, order=60)
navigation.register("customs:batches", _("Declarations"), roles={"broker", "operator"}, order=60)
navigation.register("customs:papers", _("Three papers"), roles={"broker", "operator"}, order=61)
navigation.register("customs:guard", _("Personal use"), roles={"broker", "operator"}, order=63)
navigation.register("customs:times", _("Release times"), roles={"broker", "operator"}, order=64)
navigation.register("customs:inspections", _("Inspections"), roles={"operator"}, order=65)
navigation.register(
    "customs:entries", _("Entries into the zone"), roles={"broker", "operator"}, order=59
)
navigation.register(
    "customs:zone", _("Lists and gate passes"), roles={"broker", "operator"}, order=63
)
navigation.register(
    "customs:corrections", _("Withdrawals and returns"), roles={"broker", "operator"}, order=62
)
navigation.register("customs:shortages", _("Tax on shortages"), roles={"operator"}, order=63)
