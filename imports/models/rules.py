"""Lists of the authorities as dated rows: the positive list, trade measures, Chinese names."""

from django.db import models
from django.db.models import F, Q


class PositiveListLine(models.Model):
    """A line of one edition of the positive list, with its remarks as worded.

    Columns are those of ``imports/data/positive_list.csv``; a code of fewer than eight digits is
    a heading of which the line itself is not known.
    """

    code = models.CharField(max_length=8)
    name_zh = models.CharField(max_length=300)
    remark = models.TextField(blank=True)
    edition = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_before = models.DateField(null=True)
    source = models.CharField(max_length=300)
    trust = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "edition"], name="an_edition_lists_a_code_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_before__isnull=True) | Q(valid_before__gt=F("valid_from")),
                name="an_edition_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^\d{4}(\d{2}){0,2}$"),
                name="a_listed_code_has_four_to_eight_digits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.edition}"


class TradeMeasureLine(models.Model):
    """A trade measure over an HS code or prefix, for one origin or (empty) all."""

    class Kind(models.TextChoices):
        TARIFF_QUOTA = "tariff_quota", "tariff quota"
        REMEDY = "remedy", "trade remedy"
        SUSPENDED = "suspended", "suspended concession"
        RETALIATION = "retaliation", "retaliatory duty"

    code = models.CharField(max_length=10)
    origin = models.CharField(max_length=2, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    valid_from = models.DateField()
    valid_before = models.DateField(null=True)
    source = models.CharField(max_length=300)
    trust = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "origin", "kind", "valid_from"],
                name="a_measure_starts_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.origin} {self.kind}"


class GoodsWord(models.Model):
    """A word by which people look for goods, with the HS code or prefix that it leads to.

    Names of lines come from the tariff and the positive list, everyday words from the house.
    """

    word = models.CharField(max_length=300)
    code = models.CharField(max_length=8)
    is_name = models.BooleanField(help_text="the name of the line itself, and no everyday word")
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["word", "code"], name="a_word_leads_to_a_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.word} {self.code}"
