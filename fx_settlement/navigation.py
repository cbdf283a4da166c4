"""This stage's entries in the side navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import navigation

navigation.register("settlement:statements", _("Statements"), roles={"importer"}, order=50)
navigation.register("settlement:batches", _("Payments"), roles={"operator"}, order=50)
navigation.register("settlement:money", _("Account"), roles={"importer"}, order=51)
navigation.register("settlement:invoices", _("Invoices"), roles={"operator"}, order=50)
navigation.register("settlement:bank", _("Bank"), roles={"operator"}, order=51)
navigation.register("settlement:funding", _("Money in"), roles={"operator"}, order=51)
navigation.register("settlement:late-charges", _("Late charges"), roles={"operator"}, order=51)
navigation.register("settlement:months", _("Months"), roles={"operator"}, order=52)
navigation.register("settlement:accounts", _("Accounts"), roles={"operator"}, order=52)
navigation.register("settlement:tier", _("Tier and limit"), roles={"importer"}, order=52)
navigation.register("settlement:tiers", _("Tiers and limits"), roles={"operator"}, order=52)
navigation.register("settlement:ledger", _("Ledger"), roles={"operator"}, order=53)
