"""Movements of units, only ever added, and the balances that they alone move."""

from django.db import models
from django.db.models import F, Q

from core.models import Party
from core.triggers import Trigger, append_only, register
from imports.models.orders import OwnedByOwner
from warehouse.domain.stock import BOTTOMLESS, ROUTES, MovementKind, Place
from warehouse.models.receipts import Lot

_PLACES = [(place.value, place.value) for place in Place]


def _route() -> Q:
    """The condition that a movement's kind, places and owners fit together."""
    one_owner = Q(from_owner=F("to_owner"))
    allowed = Q()
    for kind, routes in ROUTES.items():
        for route in routes:
            allowed |= Q(
                ~one_owner if route.changes_owner else one_owner,
                kind=kind.value,
                from_place=route.from_place.value,
                to_place=route.to_place.value,
            )
    return allowed


class Movement(models.Model):
    """Units of one lot from an owner at a place to an owner at a place; never changed."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements")
    units = models.BigIntegerField()
    from_owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    from_place = models.CharField(max_length=12, choices=_PLACES)
    to_owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    to_place = models.CharField(max_length=12, choices=_PLACES)
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in MovementKind])
    reference = models.CharField(max_length=80, blank=True)
    request_key = models.CharField(max_length=160, unique=True)
    moved_on = models.DateField()
    made_at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="a_movement_moves_something"),
            models.CheckConstraint(condition=_route(), name="a_movement_follows_a_route"),
        ]
        indexes = [models.Index(fields=["reference"], name="movement_by_reference")]

    def __str__(self) -> str:
        return f"{self.kind} {self.units} of lot {self.lot_id}"


class Holding(models.Model):
    """Units of one lot that one owner has at one place, and how many of them are promised.

    Units move by movements only; ``reserved_units`` by conditional updates of the services. The
    supplier's place runs below zero: it is where all units come from; so does what is missing.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="holdings")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    place = models.CharField(max_length=12, choices=_PLACES)
    units = models.BigIntegerField(default=0)
    reserved_units = models.BigIntegerField(default=0)
    last_movement_id = models.BigIntegerField(default=0)

    objects = OwnedByOwner()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "owner", "place"], name="one_holding_per_lot_owner_and_place"
            ),
            models.CheckConstraint(
                condition=Q(place__in=sorted(BOTTOMLESS)) | Q(units__gte=0),
                name="a_holding_is_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(reserved_units=0)
                | Q(reserved_units__gt=0, reserved_units__lte=F("units")),
                name="no_more_is_reserved_than_is_held",
            ),
        ]
        indexes = [models.Index(fields=["owner", "place"], name="holding_by_owner")]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.place} {self.units}"


append_only("warehouse_movement")

_SQLITE_MOVES = """
    CREATE TRIGGER warehouse_movement_moves_holdings AFTER INSERT ON warehouse_movement
    BEGIN
      INSERT INTO warehouse_holding
        (lot_id, owner_id, place, units, reserved_units, last_movement_id)
      VALUES (NEW.lot_id, NEW.from_owner_id, NEW.from_place, 0, 0, 0),
             (NEW.lot_id, NEW.to_owner_id, NEW.to_place, 0, 0, 0)
      ON CONFLICT (lot_id, owner_id, place) DO NOTHING;
      UPDATE warehouse_holding SET units = units - NEW.units, last_movement_id = NEW.id
        WHERE lot_id = NEW.lot_id AND owner_id = NEW.from_owner_id AND place = NEW.from_place;
      UPDATE warehouse_holding SET units = units + NEW.units, last_movement_id = NEW.id
        WHERE lot_id = NEW.lot_id AND owner_id = NEW.to_owner_id AND place = NEW.to_place;
    END"""

_POSTGRES_MOVES = """
    INSERT INTO warehouse_holding
        (lot_id, owner_id, place, units, reserved_units, last_movement_id)
      SELECT lot_id, from_owner_id, from_place, 0, 0, 0 FROM made
      UNION SELECT lot_id, to_owner_id, to_place, 0, 0, 0 FROM made
      ORDER BY 1, 2, 3
      ON CONFLICT (lot_id, owner_id, place) DO NOTHING;
    PERFORM 1 FROM warehouse_holding WHERE (lot_id, owner_id, place) IN (
        SELECT lot_id, from_owner_id, from_place FROM made
        UNION SELECT lot_id, to_owner_id, to_place FROM made)
      ORDER BY id FOR NO KEY UPDATE;
    UPDATE warehouse_holding AS holding
      SET units = holding.units + moved.units,
          last_movement_id = GREATEST(holding.last_movement_id, moved.last_id)
      FROM (
        SELECT lot_id, owner_id, place, sum(units) AS units, max(id) AS last_id FROM (
          SELECT id, lot_id, from_owner_id AS owner_id, from_place AS place, -units AS units
            FROM made
          UNION ALL SELECT id, lot_id, to_owner_id, to_place, units FROM made) AS sides
        GROUP BY lot_id, owner_id, place) AS moved
      WHERE (holding.lot_id, holding.owner_id, holding.place)
          = (moved.lot_id, moved.owner_id, moved.place);"""

register(
    Trigger(
        name="warehouse_movement_moves_holdings",
        table="warehouse_movement",
        sqlite=_SQLITE_MOVES,
        postgres=_POSTGRES_MOVES,
        when=(
            "AFTER INSERT ON warehouse_movement REFERENCING NEW TABLE AS made FOR EACH STATEMENT"
        ),
    )
)

_DIRECT = "units of a holding move by movements only"

register(
    Trigger(
        name="warehouse_holding_moves_by_movements",
        table="warehouse_holding",
        sqlite=(
            "CREATE TRIGGER warehouse_holding_moves_by_movements "
            "BEFORE UPDATE OF units ON warehouse_holding "
            "WHEN NEW.last_movement_id <= OLD.last_movement_id "
            f"BEGIN SELECT RAISE(ABORT, '{_DIRECT}'); END"
        ),
        postgres=(
            "IF pg_trigger_depth() < 2 THEN "
            f"RAISE EXCEPTION '{_DIRECT}' USING ERRCODE = 'check_violation'; END IF;"
        ),
        when="BEFORE UPDATE OF units ON warehouse_holding FOR EACH ROW",
    )
)
