"""What members are told: in the app, and by letter where it matters."""

from django.db import models

from core.models.party import Party
from core.models.user import User


class Notice(models.Model):
    """Something a party should know or do; words are rendered in the reader's language.

    ``params`` are ids, numbers and dates for the words; ``address`` is the page to act on.
    """

    class Level(models.TextChoices):
        NEWS = "news", "News"
        DUE = "due", "To be done"
        ALARM = "alarm", "At once"

    party = models.ForeignKey(Party, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=48)
    level = models.CharField(max_length=5, choices=Level.choices)
    params = models.JSONField(default=dict)
    address = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120, unique=True)
    due_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["party", "-made_at"],
                name="open_notices_by_party",
                condition=models.Q(settled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.party_id}"


class NoticeRead(models.Model):
    """Who has seen a notice, and when."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="readings")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "user"], name="a_user_reads_a_notice_for_the_first_time_once"
            )
        ]

    def __str__(self) -> str:
        return f"notice {self.notice_id} read by {self.user_id}"
