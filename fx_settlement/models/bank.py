"""What came from the bank: files, statements believed or not, and where each movement went."""

from django.db import models
from django.db.models import Q

from core.models import Document, Party, User
from core.triggers import keeps
from fx_settlement.models.accounts import BankAccount


class BankMessage(models.Model):
    """A file from the bank, read once however often it comes."""

    class State(models.TextChoices):
        APPLIED = "applied", "Applied"
        QUARANTINED = "quarantined", "Set apart"

    operator = models.ForeignKey(Party, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, help_text="pain.002, camt.053, camt.054 or mt940")
    sha256 = models.CharField(max_length=64)
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.APPLIED)
    fault_code = models.CharField(max_length=60, blank=True)
    fault = models.JSONField(default=dict)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "sha256"], name="a_file_from_the_bank_is_read_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class AccountStatement(models.Model):
    """A statement of one account; what is set apart books nothing.

    Accepted statements of an account form a chain: each opens where the one it follows closed.
    A notification has no balances; it tells early and proves nothing.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        QUARANTINED = "quarantined", "Set apart"
        DISMISSED = "dismissed", "Dismissed"

    message = models.ForeignKey(BankMessage, models.PROTECT, related_name="statements")
    account = models.ForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    place = models.PositiveIntegerField(help_text="in its file, from 0")
    account_number = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    number = models.CharField(max_length=40, blank=True)
    closed_on = models.DateField(null=True)
    is_notification = models.BooleanField(default=False)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64)
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    state = models.CharField(max_length=12, choices=State.choices)
    fault_code = models.CharField(max_length=60, blank=True)
    fault = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_number", "fingerprint"],
                condition=Q(state="accepted"),
                name="a_statement_is_booked_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | Q(is_notification=True)
                | Q(account__isnull=False, opening_minor__isnull=False)
                & Q(closing_minor__isnull=False),
                name="an_accepted_statement_has_an_account_and_balances",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted") | Q(follows__isnull=True),
                name="only_accepted_statements_follow_each_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_number} {self.number}"


class BankEntry(models.Model):
    """A movement on an account, signed, and what it was matched with.

    ``target`` names what it belongs to, such as ``payment:12``. A movement that belongs to
    nothing yet stands on the suspense account until somebody resolves it.
    """

    class State(models.TextChoices):
        MATCHED = "matched", "Matched"
        CONFIRMED = "confirmed", "Confirms a notification"
        SUSPENSE = "suspense", "Belongs to nothing yet"
        RESOLVED = "resolved", "Resolved by hand"
        NOTED = "noted", "Noted"

    statement = models.ForeignKey(AccountStatement, models.PROTECT, related_name="entries")
    place = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    value_on = models.DateField()
    references = models.JSONField(default=dict)
    text = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=State.choices)
    rule = models.CharField(max_length=12, blank=True)
    doubt = models.CharField(max_length=20, blank=True)
    among = models.JSONField(default=list)
    target = models.CharField(max_length=40, blank=True)
    is_proof = models.BooleanField(default=True)
    confirms = models.OneToOneField("self", models.PROTECT, null=True, related_name="proof")
    resolved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    resolved_because = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "bank entries"
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "place"], name="a_statement_has_one_entry_at_a_place"
            ),
            models.UniqueConstraint(
                fields=["target", "is_proof"],
                condition=~Q(target="")
                & ~Q(target__startswith="funding:")
                & ~Q(target__startswith="deposit:")
                & ~Q(target__startswith="income:"),
                name="one_movement_settles_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["matched", "resolved"]) | ~Q(target=""),
                name="what_is_matched_says_with_what",
            ),
        ]
        indexes = [models.Index(fields=["state"], name="bank_entries_by_state")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} on {self.value_on}"


keeps("fx_settlement_accountstatement", "message_id", "account_number", "currency", "fingerprint")
keeps("fx_settlement_bankentry", "statement_id", "place", "amount_minor", "currency", "value_on",
      "is_proof")  # fmt: skip
