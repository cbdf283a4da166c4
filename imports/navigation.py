"""Plan and buy in the side navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import navigation

navigation.register("imports:plan", _("Forecast"), roles={"importer"}, order=10)
navigation.register("imports:own_rounds", _("Rounds"), roles={"importer"}, order=15)
navigation.register("imports:orders", _("Orders"), roles={"importer"}, order=20)
navigation.register("imports:products", _("Catalogue"), roles={"importer", "operator"}, order=25)
navigation.register("imports:suppliers", _("Suppliers"), roles={"operator"}, order=26)
navigation.register("imports:tariffs", _("Tariffs"), roles={"operator"}, order=27)
navigation.register("imports:records", _("Goods records"), roles={"broker"}, order=25)
navigation.register("imports:rounds", _("Rounds and orders"), roles={"operator"}, order=10)
