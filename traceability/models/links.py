"""Links that the operator keeps for identifiers, beside those that follow from the records."""

from django.db import models
from django.db.models import Q

from core.models import Party


class ResolverLink(models.Model):
    """One link of an identifier: where it leads, what it is, in which language."""

    operator = models.ForeignKey(Party, models.PROTECT, related_name="+")
    anchor = models.CharField(max_length=200, help_text="canonical path, as /414/5060917510004")
    relation = models.CharField(max_length=40, help_text="term of the GS1 Web Vocabulary, as pip")
    href = models.URLField(max_length=400)
    title = models.CharField(max_length=120)
    hreflang = models.CharField(max_length=20, blank=True)
    media_type = models.CharField(max_length=60, blank=True)
    is_default = models.BooleanField(default=False)
    kept_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["anchor"],
                condition=Q(is_default=True, ended_at__isnull=True),
                name="an_identifier_has_one_default_link",
            ),
            models.UniqueConstraint(
                fields=["anchor", "relation", "href", "hreflang"],
                condition=Q(ended_at__isnull=True),
                name="a_link_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(anchor__startswith="/") & Q(href__startswith="https://"),
                name="a_link_leads_from_a_path_to_a_safe_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.anchor} {self.relation}"
