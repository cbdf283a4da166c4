"""Liens on stock: units that stay where they are until a second person lifts what was set."""

from django.db import models
from django.db.models import F, Q

from core.models import Importer, Pool, User
from core.tenancy import Owned
from core.triggers import Trigger, keeps, register
from warehouse.models.dispatch import Reservation
from warehouse.models.receipts import Lot


class Lien(Owned):
    """Units of one lot of an importer that may not leave, and for whom they are kept.

    A pledge is asked for by one person and set by another, and lifted the same way. Units held for
    late money are set and lifted by the facts about it; nobody does that by hand.
    """

    class Cause(models.TextChoices):
        PLEDGE = "pledge", "Pledged"
        ARREARS = "arrears", "Money is late"

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        SET = "set", "Set"
        LIFTING = "lifting", "To be lifted"
        LIFTED = "lifted", "Lifted"
        DECLINED = "declined", "Declined"

    number = models.CharField(max_length=24, unique=True)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="liens")
    units = models.PositiveIntegerField()
    cause = models.CharField(max_length=8, choices=Cause.choices)
    holder = models.CharField(max_length=120, blank=True, help_text="such as a bank")
    reference = models.CharField(max_length=80, help_text="the contract, or the late request")
    state = models.CharField(max_length=8, choices=State.choices)
    reservation = models.OneToOneField(
        Reservation, models.PROTECT, null=True, related_name="lien", help_text="what holds them"
    )
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    set_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lift_asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_on = models.DateField()
    set_on = models.DateField(null=True)
    lifted_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="a_lien_holds_something"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "declined"], reservation__isnull=True)
                | Q(state__in=["set", "lifting", "lifted"], reservation__isnull=False),
                name="a_lien_that_was_set_holds_its_units",
            ),
            models.CheckConstraint(
                condition=Q(cause="arrears")
                | Q(asked_by__isnull=False)
                & (Q(state__in=["asked", "declined"]) | Q(set_by__isnull=False)),
                name="a_pledge_is_asked_for_and_set_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(set_by__isnull=True) | ~Q(set_by=F("asked_by")),
                name="who_sets_a_lien_did_not_ask_for_it",
            ),
            models.CheckConstraint(
                condition=Q(cause="arrears") | ~Q(state="lifted") | Q(lifted_by__isnull=False),
                name="a_pledge_is_lifted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True)
                | Q(lift_asked_by__isnull=False) & ~Q(lifted_by=F("lift_asked_by")),
                name="who_lifts_a_lien_did_not_ask_for_it",
            ),
            models.UniqueConstraint(
                fields=["importer", "lot", "reference"],
                condition=Q(cause="arrears"),
                name="late_money_holds_a_lot_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lot", "importer"],
                condition=Q(state__in=["set", "lifting"]),
                name="liens_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_in_force(self) -> bool:
        """Whether its units are held."""
        return self.state in (self.State.SET, self.State.LIFTING)


class Arrears(models.Model):
    """Money that an importer was late with, as the log told; ``request`` is settlement's own id."""

    request = models.BigIntegerField(unique=True)
    importer = models.ForeignKey(Importer, models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, blank=True, help_text="of the request")
    missing_minor = models.BigIntegerField()
    is_late = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "arrears"

    def __str__(self) -> str:
        return f"{self.importer_id} {self.missing_minor}"

    @property
    def about(self) -> str:
        """What is late, as a lien names it; facts of earlier years tell no number."""
        return self.number or f"request:{self.request}"


keeps(
    "warehouse_lien",
    "importer_id",
    "lot_id",
    "units",
    "cause",
    "holder",
    "reference",
    "asked_by_id",
)

_MESSAGE = "units under a lien stay where they are until it is lifted"
_IN_FORCE = "lien.state IN ('set', 'lifting')"
_OF_RESERVATION = (
    "EXISTS (SELECT 1 FROM warehouse_lien lien "
    f"WHERE lien.reservation_id = {{row}} AND {_IN_FORCE})"
)
_OF_HOLDING = (
    "NEW.reserved_units < (SELECT COALESCE(SUM(lien.units), 0) FROM warehouse_lien lien "
    f"WHERE lien.lot_id = NEW.lot_id AND lien.importer_id = NEW.owner_id AND {_IN_FORCE})"
)


def _refuse(name: str, table: str, event: str, condition: str, only: str = "") -> None:
    """Refuse an event of a table's rows on a condition; ``only`` is a cheap one before it."""
    both = f"{only} AND {condition}" if only else condition
    when = f"BEFORE {event} ON {table} FOR EACH ROW"
    register(
        Trigger(
            name=name,
            table=table,
            sqlite=(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {both} "
                f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            ),
            postgres=(
                f"IF {condition} THEN RAISE EXCEPTION '{_MESSAGE}' "
                "USING ERRCODE = 'check_violation'; END IF;"
            ),
            when=f"{when} WHEN ({only})" if only else when,
        )
    )


_refuse(
    "warehouse_lien_keeps_its_reservation",
    "warehouse_reservation",
    "UPDATE OF state, units, lot_id, importer_id",
    _OF_RESERVATION.format(row="OLD.id"),
)
_refuse(
    "warehouse_lien_keeps_out_of_parcels",
    "warehouse_dispatchline",
    "INSERT",
    _OF_RESERVATION.format(row="NEW.reservation_id"),
)
_refuse(
    "warehouse_lien_keeps_units_promised",
    "warehouse_holding",
    "UPDATE OF reserved_units",
    _OF_HOLDING,
    only="NEW.place = 'bonded' AND NEW.reserved_units < OLD.reserved_units",
)
_refuse(
    "warehouse_lien_is_lifted_not_undone",
    "warehouse_lien",
    "UPDATE OF state",
    "OLD.state IN ('set', 'lifting', 'lifted') AND NEW.state IN ('asked', 'declined')",
)
_refuse("warehouse_lien_stays_written", "warehouse_lien", "DELETE", "1 = 1")
