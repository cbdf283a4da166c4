"""Personal data: kept here alone, encrypted under a key of each person's own."""

from django.db import models
from django.db.models import Q


class Person(models.Model):
    """A natural person. Destroying ``wrapped_key`` erases the person beyond recovery."""

    wrapped_key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    masked = models.JSONField(default=dict)
    kept_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(wrapped_key__isnull=True, sealed__isnull=True),
                name="an_erased_person_has_no_data",
            )
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class PersonIndex(models.Model):
    """Blind index: finds a person by the keyed digest of a field, not by the field."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="index")
    field = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name_plural = "person index"
        constraints = [
            models.UniqueConstraint(fields=["field", "digest"], name="one_person_per_field_value")
        ]

    def __str__(self) -> str:
        return f"person {self.person_id} {self.field}"
