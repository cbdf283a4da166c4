"""This stage's entries in the side navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import navigation

navigation.register("settlement:statements", _("Statements"), roles={"importer"}, order=50)
navigation.register("settlement:batches", _("Payments"), roles={"operator"}, order=50)
navigation.register("settlement:accounts", _("Accounts"), roles={"operator"}, order=52)
