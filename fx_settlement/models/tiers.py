"""How importers stand: dated weights, every review with its reasons, and appeals against one."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from core.models import Importer, User
from core.tenancy import Owned
from core.triggers import append_only, keeps
from fx_settlement.domain.tiers import Bound, Event, Step, Terms


class TierTerms(models.Model):
    """From a day on: weights of the score, bounds of the tiers, and limits, with their source.

    ``steps`` holds one object per tier: ``tier``, ``score_from``, ``events_from`` and
    ``turnover_percent``.
    """

    key = models.CharField(max_length=40, unique=True)
    valid_from = models.DateField(unique=True)
    source = models.CharField(max_length=300)
    trust = models.CharField(max_length=16)
    on_time_percent = models.PositiveSmallIntegerField()
    accuracy_percent = models.PositiveSmallIntegerField()
    losses_percent = models.PositiveSmallIntegerField()
    refusals_percent = models.PositiveSmallIntegerField()
    z = models.DecimalField(max_digits=6, decimal_places=4)
    founding_minor = models.BigIntegerField(help_text="fen, before anything is known")
    stock_percent = models.PositiveSmallIntegerField()
    steps = models.JSONField()

    class Meta:
        verbose_name_plural = "tier terms"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    on_time_percent=100
                    - F("accuracy_percent")
                    - F("losses_percent")
                    - F("refusals_percent")
                ),
                name="weights_of_a_score_are_a_hundred",
            ),
            models.CheckConstraint(
                condition=Q(founding_minor__gte=0, stock_percent__lte=100, z__gt=0),
                name="a_limit_is_never_below_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def terms(self) -> Terms:
        """The row as the domain reads it."""
        steps = (
            Step(s["tier"], Decimal(s["score_from"]), s["events_from"], s["turnover_percent"])
            for s in self.steps
        )
        return Terms(
            on_time_percent=self.on_time_percent,
            accuracy_percent=self.accuracy_percent,
            losses_percent=self.losses_percent,
            refusals_percent=self.refusals_percent,
            z=self.z,
            founding_minor=self.founding_minor,
            stock_percent=self.stock_percent,
            steps=tuple(steps),
        )


class TierReview(Owned):
    """An importer's tier and limit from a day on, and every figure they follow from.

    ``about`` names what was looked at, such as a quarter or a request, so that each counts once.
    ``was`` is the tier before. Points have two decimals; amounts are fen.
    """

    event = models.CharField(max_length=10, choices=[(e.value, e.value) for e in Event])
    about = models.CharField(max_length=40)
    on = models.DateField()
    terms = models.ForeignKey(TierTerms, models.PROTECT, related_name="+")
    was = models.PositiveSmallIntegerField(null=True)
    tier = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField(help_text="closes in a row above the tier")
    due = models.PositiveIntegerField()
    on_time = models.PositiveIntegerField()
    accuracy = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    loss_ratio = models.DecimalField(max_digits=7, decimal_places=4)
    refusal_ratio = models.DecimalField(max_digits=5, decimal_places=4)
    points_on_time = models.DecimalField(max_digits=5, decimal_places=2)
    points_accuracy = models.DecimalField(max_digits=5, decimal_places=2)
    points_losses = models.DecimalField(max_digits=5, decimal_places=2)
    points_refusals = models.DecimalField(max_digits=5, decimal_places=2)
    settled_minor = models.BigIntegerField()
    stock_minor = models.BigIntegerField()
    deposit_minor = models.BigIntegerField()
    late_minor = models.BigIntegerField()
    limit_minor = models.BigIntegerField()
    bound = models.CharField(max_length=10, choices=[(b.value, b.value) for b in Bound])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["importer", "event", "about"], name="an_event_is_reviewed_once"
            ),
            models.CheckConstraint(
                condition=Q(tier__gte=1, tier__lte=5), name="a_tier_is_one_to_five"
            ),
            models.CheckConstraint(
                condition=Q(was__isnull=True) | Q(tier__lte=F("was") + 1) | Q(event="appeal"),
                name="a_tier_rises_by_one_at_most",
            ),
            models.CheckConstraint(
                condition=Q(on_time__lte=F("due")), name="no_more_is_on_time_than_was_due"
            ),
            models.CheckConstraint(
                condition=Q(limit_minor__gte=0, late_minor__gte=0),
                name="a_reviewed_limit_is_never_below_nothing",
            ),
        ]
        indexes = [models.Index(fields=["importer", "-id"], name="latest_reviews_first")]

    def __str__(self) -> str:
        return f"{self.importer_id} {self.on}: tier {self.tier}"

    @property
    def score(self) -> Decimal:
        """The whole score, of 100."""
        return (
            self.points_on_time + self.points_accuracy + self.points_losses + self.points_refusals
        )


class TierAppeal(Owned):
    """What an importer says against a review, once, and what the operator answers, once."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        GRANTED = "granted", "Granted"
        DECLINED = "declined", "Declined"

    review = models.OneToOneField(TierReview, models.PROTECT, related_name="appeal")
    because = models.CharField(max_length=600)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=600, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_by__isnull=True, answer="")
                | Q(~Q(state="open"), ~Q(answer=""), answered_by__isnull=False),
                name="an_answered_appeal_says_why",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("made_by")),
                name="nobody_answers_its_own_appeal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.state}"


class DeclarationCount(models.Model):
    """How many of an importer's declarations customs released and refused, as the log told."""

    importer = models.OneToOneField(Importer, models.PROTECT, related_name="+")
    released = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.importer_id} {self.released}/{self.refused}"


append_only("fx_settlement_tierreview")
keeps("fx_settlement_tierterms", "key", "valid_from", "founding_minor")
keeps("fx_settlement_tierappeal", "importer_id", "review_id", "because", "made_by_id")
