"""The portal's entries in the side navigation."""

from django.utils.translation import gettext_lazy as _

from core.web import navigation

navigation.register("home", _("Overview"), roles={"importer", "operator", "broker"}, order=0)
navigation.register("jobs", _("Background work"), roles={"operator"}, order=85)
navigation.register("books", _("Books and proofs"), roles={"operator"}, order=90)
