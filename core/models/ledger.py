"""The ledger's tables: accounts with four totals, and transfers that alone move them.

A transfer is one debit, one credit, one currency and one whole number, so the books balance by
construction. The shape follows two-phase transfers: ``pending`` holds, ``post`` takes up to what
was held and frees the rest, ``void`` frees all of it.
"""

from django.db import models
from django.db.models import F, Q

from core.models.party import Party
from core.models.user import User
from core.triggers import Trigger, append_only, register


class Account(models.Model):
    """What is held or owed: one row per code, currency, owner and subject, in minor units."""

    code = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)
    owner = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=64, blank=True)
    debits_within_credits = models.BooleanField(default=False)
    credits_within_debits = models.BooleanField(default=False)
    debits_posted = models.BigIntegerField(default=0)
    debits_pending = models.BigIntegerField(default=0)
    credits_posted = models.BigIntegerField(default=0)
    credits_pending = models.BigIntegerField(default=0)
    last_transfer_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "currency", "owner", "subject"],
                condition=Q(owner__isnull=False),
                name="one_account_per_owner_and_purpose",
            ),
            models.UniqueConstraint(
                fields=["code", "currency", "subject"],
                condition=Q(owner__isnull=True),
                name="one_common_account_per_purpose",
            ),
            models.CheckConstraint(
                condition=Q(
                    debits_posted__gte=0,
                    debits_pending__gte=0,
                    credits_posted__gte=0,
                    credits_pending__gte=0,
                ),
                name="totals_never_fall_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(debits_within_credits=False)
                | Q(debits_posted__lte=F("credits_posted") - F("debits_pending")),
                name="nothing_goes_out_that_did_not_come_in",
            ),
            models.CheckConstraint(
                condition=Q(credits_within_debits=False)
                | Q(credits_posted__lte=F("debits_posted") - F("credits_pending")),
                name="nothing_is_taken_back_that_was_not_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.currency} {self.owner_id or ''} {self.subject}".strip()


class Transfer(models.Model):
    """One movement of money, limit or guarantee between two accounts; never changed."""

    class Kind(models.TextChoices):
        SINGLE = "single", "Single"
        PENDING = "pending", "Held"
        POST = "post", "Posted from a hold"
        VOID = "void", "Freed from a hold"

    key = models.CharField(max_length=160, unique=True)
    group = models.CharField(max_length=80, blank=True)
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debited")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credited")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SINGLE)
    pending = models.OneToOneField("self", models.PROTECT, null=True, related_name="resolution")
    code = models.CharField(max_length=24)
    memo = models.CharField(max_length=200, blank=True)
    on = models.DateField(help_text="the day it counts for")
    actor = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="a_transfer_moves_something"
            ),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="a_transfer_has_two_sides"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["single", "pending"], pending__isnull=True)
                | Q(kind__in=["post", "void"], pending__isnull=False),
                name="only_a_hold_is_resolved",
            ),
        ]
        indexes = [models.Index(fields=["group"], name="transfers_by_group")]

    def __str__(self) -> str:
        return self.key


class ClosedMonth(models.Model):
    """A month in which nothing is posted any more; what comes late counts in the open one."""

    month = models.DateField(unique=True, help_text="its first day")
    open_from = models.DateField(unique=True, help_text="the first day that is still open")
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(open_from__gt=F("month")), name="a_month_is_open_after_its_last_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


append_only("core_transfer")
append_only("core_closedmonth")

_HELD = "(SELECT held.amount_minor FROM core_transfer held WHERE held.id = {row}.pending_id)"


def _effect(row: str) -> tuple[str, str]:
    """SQL of what a transfer adds to posted and to pending totals."""
    posted = f"CASE WHEN {row}.kind IN ('single', 'post') THEN {row}.amount_minor ELSE 0 END"
    pending = (
        f"CASE {row}.kind WHEN 'single' THEN 0 WHEN 'pending' THEN {row}.amount_minor "
        f"ELSE -{_HELD.format(row=row)} END"
    )
    return posted, pending


def _sqlite_totals() -> str:
    posted, pending = _effect("NEW")
    updates = "".join(
        f"UPDATE core_account SET {side}s_posted = {side}s_posted + {posted}, "
        f"{side}s_pending = {side}s_pending + {pending}, last_transfer_id = NEW.id "
        f"WHERE id = NEW.{side}_id; "
        for side in ("debit", "credit")
    )
    return (
        "CREATE TRIGGER core_transfer_moves_totals AFTER INSERT ON core_transfer "
        f"BEGIN {updates}END"
    )


def _postgres_totals() -> str:
    posted, pending = _effect("made")
    sides = " UNION ALL ".join(
        f"SELECT made.{side}_id AS account_id, made.id, "
        + ", ".join(
            f"{effect if side == counted else 0} AS {counted}_{name}"
            for counted in ("debit", "credit")
            for name, effect in (("posted", posted), ("pending", pending))
        )
        + " FROM made"
        for side in ("debit", "credit")
    )
    return f"""
        PERFORM 1 FROM core_account
          WHERE id IN (SELECT debit_id FROM made UNION SELECT credit_id FROM made)
          ORDER BY id FOR NO KEY UPDATE;
        UPDATE core_account a SET
          debits_posted = a.debits_posted + moved.debit_posted,
          debits_pending = a.debits_pending + moved.debit_pending,
          credits_posted = a.credits_posted + moved.credit_posted,
          credits_pending = a.credits_pending + moved.credit_pending,
          last_transfer_id = GREATEST(a.last_transfer_id, moved.last_id)
        FROM (SELECT account_id, max(id) AS last_id,
                sum(debit_posted) AS debit_posted, sum(debit_pending) AS debit_pending,
                sum(credit_posted) AS credit_posted, sum(credit_pending) AS credit_pending
              FROM ({sides}) AS sides GROUP BY account_id ORDER BY account_id) AS moved
        WHERE a.id = moved.account_id;"""


_MISMATCH = """
    EXISTS (SELECT 1 FROM core_account a
            WHERE a.id IN ({row}.debit_id, {row}.credit_id) AND a.currency <> {row}.currency)
    OR ({row}.pending_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM core_transfer held
        WHERE held.id = {row}.pending_id AND held.kind = 'pending'
          AND held.debit_id = {row}.debit_id AND held.credit_id = {row}.credit_id
          AND (held.amount_minor = {row}.amount_minor
               OR ({row}.kind = 'post' AND held.amount_minor > {row}.amount_minor))))"""

_MISMATCH_MESSAGE = "a transfer keeps the currency of its accounts and the sides of its hold"

register(
    Trigger(
        name="core_transfer_fits_its_accounts",
        table="core_transfer",
        sqlite=(
            "CREATE TRIGGER core_transfer_fits_its_accounts BEFORE INSERT ON core_transfer "
            f"WHEN {_MISMATCH.format(row='NEW')} "
            f"BEGIN SELECT RAISE(ABORT, '{_MISMATCH_MESSAGE}'); END"
        ),
        postgres=(
            f"IF EXISTS (SELECT 1 FROM made WHERE {_MISMATCH.format(row='made')}) THEN "
            f"RAISE EXCEPTION '{_MISMATCH_MESSAGE}' USING ERRCODE = 'check_violation'; END IF;"
        ),
        when=("AFTER INSERT ON core_transfer REFERENCING NEW TABLE AS made FOR EACH STATEMENT"),
    )
)

register(
    Trigger(
        name="core_transfer_moves_totals",
        table="core_transfer",
        sqlite=_sqlite_totals(),
        postgres=_postgres_totals(),
        when=("AFTER INSERT ON core_transfer REFERENCING NEW TABLE AS made FOR EACH STATEMENT"),
    )
)

_CLOSED = '{row}."on" < (SELECT max(open_from) FROM core_closedmonth)'
CLOSED_MESSAGE = "nothing is posted in a closed month"

register(
    Trigger(
        name="core_transfer_counts_in_an_open_month",
        table="core_transfer",
        sqlite=(
            "CREATE TRIGGER core_transfer_counts_in_an_open_month BEFORE INSERT ON core_transfer "
            f"WHEN {_CLOSED.format(row='NEW')} "
            f"BEGIN SELECT RAISE(ABORT, '{CLOSED_MESSAGE}'); END"
        ),
        postgres=(
            f"IF EXISTS (SELECT 1 FROM made WHERE {_CLOSED.format(row='made')}) THEN "
            f"RAISE EXCEPTION '{CLOSED_MESSAGE}' USING ERRCODE = 'check_violation'; END IF;"
        ),
        when=("AFTER INSERT ON core_transfer REFERENCING NEW TABLE AS made FOR EACH STATEMENT"),
    )
)

_DIRECT_MESSAGE = "totals of an account move by transfers only"
_TOTALS = "debits_posted, debits_pending, credits_posted, credits_pending"

register(
    Trigger(
        name="core_account_moves_by_transfers",
        table="core_account",
        sqlite=(
            f"CREATE TRIGGER core_account_moves_by_transfers BEFORE UPDATE OF {_TOTALS} "
            "ON core_account WHEN NEW.last_transfer_id <= OLD.last_transfer_id "
            f"BEGIN SELECT RAISE(ABORT, '{_DIRECT_MESSAGE}'); END"
        ),
        postgres=(
            "IF pg_trigger_depth() < 2 THEN "
            f"RAISE EXCEPTION '{_DIRECT_MESSAGE}' USING ERRCODE = 'check_violation'; END IF;"
        ),
        when=f"BEFORE UPDATE OF {_TOTALS} ON core_account FOR EACH ROW",
    )
)
