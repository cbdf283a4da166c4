"""The warehouse's entries in the side navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import navigation

navigation.register("warehouse:stock", _("Stock"), roles={"importer"}, order=30)
navigation.register("warehouse:receipts", _("Receipts"), roles={"operator"}, order=30)
navigation.register("warehouse:parcels", _("Parcels"), roles={"operator"}, order=33)
navigation.register("warehouse:scan", _("Scan"), roles={"operator"}, order=31)
navigation.register("warehouse:claims", _("Claims"), roles={"operator"}, order=32)
navigation.register("warehouse:rules", _("Sharing rules"), roles={"operator"}, order=31)
navigation.register("warehouse:counts", _("Stock counts"), roles={"operator"}, order=34)
navigation.register("warehouse:returns", _("Returns"), roles={"operator"}, order=34)
navigation.register("warehouse:papers", _("Ways out of the book"), roles={"operator"}, order=35)
navigation.register("warehouse:account-book", _("Account book"), roles={"operator"}, order=35)
navigation.register("warehouse:releases", _("Releases"), roles={"importer"}, order=31)
navigation.register("warehouse:lead-releases", _("Releases"), roles={"operator"}, order=36)
navigation.register("warehouse:keeping", _("Age and cover"), roles={"importer"}, order=31)
navigation.register("warehouse:costs", _("Cost of keeping"), roles={"importer"}, order=32)
navigation.register("warehouse:overview", _("Warehouse"), roles={"operator"}, order=29)
navigation.register("warehouse:liens", _("Liens"), roles={"operator"}, order=36)
navigation.register("warehouse:charges", _("Storage charges"), roles={"operator"}, order=36)
navigation.register("warehouse:disposals", _("Disposal"), roles={"operator"}, order=37)
navigation.register("warehouse:closes", _("Book close"), roles={"operator"}, order=38)
