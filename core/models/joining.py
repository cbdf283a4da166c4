"""How members join: invitations, and agreements that are read and accepted."""

from django.db import models
from django.db.models import F, Q

from core.models.party import Party, Pool, Role, all_rights
from core.models.user import User
from core.models.vault import Person
from core.triggers import append_only


class Invitation(models.Model):
    """An invitation to act for a party; its link is signed by the key ring, not stored."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, default="en")
    rights = models.JSONField(default=all_rights)
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    accepted_by = models.OneToOneField(User, models.PROTECT, null=True, related_name="invitation")
    accepted_at = models.DateTimeField(null=True)
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True)
                | Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="an_invitation_is_accepted_by_someone_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("made_at")), name="an_invitation_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.party_id}"


class Agreement(models.Model):
    """One version of a pool's rules, in both languages; a new version is a new row."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    text_zh = models.TextField()
    in_force_from = models.DateField()
    shows_standing = models.BooleanField(
        default=False, help_text="members agree that their standing is on the public record"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "version"], name="a_pool_has_a_version_of_its_agreement_once"
            )
        ]

    def __str__(self) -> str:
        return f"agreement {self.version} of pool {self.pool_id}"


class Acceptance(models.Model):
    """Who accepted which version for which party, with the digest of the text that was shown."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="acceptances")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    text_sha256 = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "party"], name="a_party_accepts_a_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_id} accepted {self.agreement_id}"


class StandingChoice(models.Model):
    """Whether a party lets its standing be read by anyone; its newest choice holds."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="standing_choices")
    is_shown = models.BooleanField()
    with_tier = models.BooleanField(default=False, help_text="its tier may be read as well")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.party_id} {'shows' if self.is_shown else 'hides'} its standing"


for _table in ("core_agreement", "core_acceptance", "core_standingchoice"):
    append_only(_table)
