"""What keeping goods costs: dated rates, and lines by month that a posted month never changes."""

from django.db import models
from django.db.models import F, Q

from core.models import Party, Pool
from core.triggers import Trigger, register
from imports.models.orders import OwnedByOwner
from warehouse.domain.charges import Basis, ChargeKind, Rate
from warehouse.models.receipts import Lot


class ChargeRate(models.Model):
    """A dated price of a pool in CNY, with its source. Never changed: a new one is entered."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="charge_rates")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in ChargeKind])
    basis = models.CharField(max_length=12, choices=[(b.value, b.value) for b in Basis])
    price = models.DecimalField(max_digits=12, decimal_places=6)
    from_day = models.PositiveIntegerField(default=1, help_text="age of the goods; 1: as received")
    touch = models.CharField(max_length=12, blank=True, help_text="kind of movement, for handling")
    valid_from = models.DateField()
    valid_before = models.DateField(null=True)
    source = models.CharField(max_length=200)
    is_posted = models.BooleanField(default=True, help_text="else shown only, such as capital cost")
    entered_at = models.DateTimeField(null=True, help_text="empty: before this was written down")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "kind", "touch", "from_day", "valid_from"],
                name="one_rate_per_kind_tier_and_day",
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, from_day__gte=1), name="a_rate_is_no_reward"
            ),
            models.CheckConstraint(
                condition=Q(valid_before__isnull=True) | Q(valid_before__gt=F("valid_from")),
                name="a_rate_holds_for_a_day_at_least",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.price} from {self.valid_from}"

    @property
    def as_rate(self) -> Rate:
        """The rate as the domain knows it."""
        return Rate(
            rate_id=self.pk,
            kind=ChargeKind(self.kind),
            basis=Basis(self.basis),
            price=self.price,
            valid_from=self.valid_from,
            valid_before=self.valid_before,
            from_day=self.from_day,
            touch=self.touch,
        )


class ChargePeriod(models.Model):
    """A month of a pool's charges: accrued up to a day, then posted once and for all."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="charge_periods")
    month = models.DateField(help_text="its first day")
    accrued_before = models.DateField()
    posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pool", "month"], name="one_period_per_pool_and_month")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ChargeLine(models.Model):
    """One line of an owner's bill: a lot, a rate, its days, and the amount to the fen.

    A line that corrects a posted month stands in a later one, and may give back.
    """

    period = models.ForeignKey(ChargePeriod, models.PROTECT, related_name="lines")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="charge_lines")
    rate = models.ForeignKey(ChargeRate, models.PROTECT, related_name="lines")
    first_on = models.DateField()
    days = models.PositiveIntegerField()
    unit_days = models.BigIntegerField()
    unit_cm3 = models.BigIntegerField()
    unit_value_fen = models.BigIntegerField()
    exact = models.BigIntegerField(help_text="ten-billionths of a fen")
    amount_minor = models.BigIntegerField()
    corrects = models.DateField(null=True, help_text="the posted month that is put right")

    objects = OwnedByOwner()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "owner", "lot", "rate"],
                condition=Q(corrects__isnull=True),
                name="one_charge_line_per_owner_lot_and_rate",
            ),
            models.UniqueConstraint(
                fields=["period", "owner", "lot", "rate", "corrects"],
                condition=Q(corrects__isnull=False),
                name="one_correction_per_month_owner_lot_and_rate",
            ),
            models.CheckConstraint(
                condition=Q(exact__gte=0, unit_days__gte=0) | Q(corrects__isnull=False),
                name="a_charge_line_is_no_reward",
            ),
        ]
        indexes = [models.Index(fields=["owner", "period"], name="charge_lines_of_owner")]

    def __str__(self) -> str:
        return f"{self.amount_minor} fen of {self.owner_id}"


_LAW = "the charges of a posted month never change"

for _verb, _row in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")):
    _closed = (
        "EXISTS (SELECT 1 FROM warehouse_chargeperiod AS period "
        f"WHERE period.id = {_row}.period_id AND period.posted_at IS NOT NULL)"
    )
    register(
        Trigger(
            name=f"warehouse_chargeline_{_verb}_in_open_months",
            table="warehouse_chargeline",
            sqlite=(
                f"CREATE TRIGGER warehouse_chargeline_{_verb}_in_open_months "
                f"BEFORE {_verb.upper()} ON warehouse_chargeline WHEN {_closed} "
                f"BEGIN SELECT RAISE(ABORT, '{_LAW}'); END"
            ),
            postgres=(
                f"IF {_closed} THEN RAISE EXCEPTION '{_LAW}' USING ERRCODE = 'check_violation'; "
                "END IF;" + (" RETURN OLD;" if _verb == "delete" else "")
            ),
            when=f"BEFORE {_verb.upper()} ON warehouse_chargeline FOR EACH ROW",
        )
    )

register(
    Trigger(
        name="warehouse_chargeperiod_stays_posted",
        table="warehouse_chargeperiod",
        sqlite=(
            "CREATE TRIGGER warehouse_chargeperiod_stays_posted "
            "BEFORE UPDATE ON warehouse_chargeperiod WHEN OLD.posted_at IS NOT NULL "
            f"BEGIN SELECT RAISE(ABORT, '{_LAW}'); END"
        ),
        postgres=f"RAISE EXCEPTION '{_LAW}' USING ERRCODE = 'check_violation';",
        when=(
            "BEFORE UPDATE ON warehouse_chargeperiod FOR EACH ROW WHEN (OLD.posted_at IS NOT NULL)"
        ),
    )
)
