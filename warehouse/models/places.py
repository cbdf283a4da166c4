"""Where in the house units lie: warehouses, zones, locations and pallets, owner-blind.

Holdings say whose units are at a place of the books; this says on which shelf they are. Both are
moved by one movement: what all owners have of a lot at a place is its physical total, and no more
of it can be stowed than is there. What is not stowed stands on the floor.
"""

from django.db import models
from django.db.models import F, Q

from core.models import Pool
from core.triggers import Trigger, append_only, register
from warehouse.domain.stock import INSIDE
from warehouse.models.receipts import Lot

_INSIDE = [(place.value, place.value) for place in sorted(INSIDE)]


class Warehouse(models.Model):
    """A building in the pool's bonded zone."""

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="warehouses")
    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.code


class Zone(models.Model):
    """Part of a warehouse for one place of the books; goods under trade measures lie apart."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="zones")
    code = models.CharField(max_length=16)
    place = models.CharField(max_length=12, choices=_INSIDE)
    is_trade_measure = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "code"], name="a_zone_s_code_is_used_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Location(models.Model):
    """A shelf or a pallet: what is scanned to say where units lie.

    A pallet bears an SSCC as its code and stands in a shelf, or on the floor (``stands_in`` empty).
    """

    class Kind(models.TextChoices):
        SHELF = "shelf", "Shelf"
        PALLET = "pallet", "Pallet"

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="locations")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SHELF)
    code = models.CharField(max_length=32, unique=True)
    walk = models.PositiveIntegerField(default=0, help_text="order in which pickers pass it")
    room_cm3 = models.BigIntegerField(null=True, help_text="what fits in; empty: no limit")
    stands_in = models.ForeignKey("self", models.PROTECT, null=True, related_name="pallets")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stands_in__isnull=True) | Q(kind="pallet"),
                name="only_a_pallet_stands_in_a_location",
            ),
        ]
        indexes = [models.Index(fields=["walk", "id"], name="locations_in_order_of_walk")]

    def __str__(self) -> str:
        return self.code


class LotAtPlace(models.Model):
    """The physical units of a lot at a place of the books, and how many of them are stowed."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="at_places")
    place = models.CharField(max_length=12, choices=_INSIDE)
    units = models.BigIntegerField(default=0)
    stowed_units = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "place"], name="one_physical_total_per_lot_and_place"
            ),
            models.CheckConstraint(
                condition=Q(stowed_units__gte=0, stowed_units__lte=F("units")),
                name="no_more_is_stowed_than_is_there",
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.lot_id} {self.place} {self.units}"

    @property
    def waiting_units(self) -> int:
        """Units on the floor."""
        return self.units - self.stowed_units


class Stowage(models.Model):
    """Units of one lot in one location; moved by stow moves only."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="stowed")
    location = models.ForeignKey(Location, models.PROTECT, related_name="stowed")
    units = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["location", "lot"], name="one_stowage_per_location_and_lot"
            ),
            models.CheckConstraint(
                condition=Q(units__gte=0), name="a_location_holds_no_fewer_than_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} of lot {self.lot_id} in {self.location_id}"


class StowMove(models.Model):
    """Units of a lot from a location to another, or from or to the floor (empty); never changed."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="stow_moves")
    units = models.BigIntegerField()
    from_location = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")
    to_location = models.ForeignKey(Location, models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=80, blank=True)
    request_key = models.CharField(max_length=160, unique=True)
    made_at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="a_stow_move_moves_something"),
            models.CheckConstraint(
                condition=Q(from_location__isnull=False) | Q(to_location__isnull=False),
                name="a_stow_move_leads_from_or_to_a_location",
            ),
            models.CheckConstraint(
                condition=Q(from_location__isnull=True)
                | Q(to_location__isnull=True)
                | ~Q(from_location=F("to_location")),
                name="a_stow_move_leads_elsewhere",
            ),
        ]
        indexes = [models.Index(fields=["reference"], name="stow_move_by_reference")]

    def __str__(self) -> str:
        return f"{self.units} of lot {self.lot_id}"


append_only("warehouse_stowmove")

_HOUSE = ", ".join(f"'{place}'" for place in sorted(INSIDE))

register(
    Trigger(
        name="warehouse_movement_moves_physical",
        table="warehouse_movement",
        sqlite=f"""
            CREATE TRIGGER warehouse_movement_moves_physical AFTER INSERT ON warehouse_movement
            WHEN NEW.from_place <> NEW.to_place
            BEGIN
              UPDATE warehouse_lotatplace SET units = units - NEW.units
                WHERE lot_id = NEW.lot_id AND place = NEW.from_place;
              INSERT INTO warehouse_lotatplace (lot_id, place, units, stowed_units)
                SELECT NEW.lot_id, NEW.to_place, 0, 0 WHERE NEW.to_place IN ({_HOUSE})
                ON CONFLICT (lot_id, place) DO NOTHING;
              UPDATE warehouse_lotatplace SET units = units + NEW.units
                WHERE lot_id = NEW.lot_id AND place = NEW.to_place;
            END""",
        postgres=f"""
            INSERT INTO warehouse_lotatplace (lot_id, place, units, stowed_units)
              SELECT DISTINCT lot_id, to_place, 0, 0 FROM made
              WHERE from_place <> to_place AND to_place IN ({_HOUSE})
              ORDER BY 1, 2
              ON CONFLICT (lot_id, place) DO NOTHING;
            PERFORM 1 FROM warehouse_lotatplace WHERE (lot_id, place) IN (
                SELECT lot_id, from_place FROM made WHERE from_place <> to_place
                UNION SELECT lot_id, to_place FROM made WHERE from_place <> to_place)
              ORDER BY id FOR NO KEY UPDATE;
            UPDATE warehouse_lotatplace AS total SET units = total.units + moved.units
              FROM (
                SELECT lot_id, place, sum(units) AS units FROM (
                  SELECT lot_id, from_place AS place, -units AS units FROM made
                    WHERE from_place <> to_place
                  UNION ALL SELECT lot_id, to_place, units FROM made
                    WHERE from_place <> to_place) AS sides
                GROUP BY lot_id, place) AS moved
              WHERE total.lot_id = moved.lot_id AND total.place = moved.place;""",
        when=(
            "AFTER INSERT ON warehouse_movement REFERENCING NEW TABLE AS made FOR EACH STATEMENT"
        ),
    )
)

_STOW = """
    INSERT INTO warehouse_stowage (lot_id, location_id, units)
      SELECT NEW.lot_id, NEW.to_location_id, 0 WHERE NEW.to_location_id IS NOT NULL
      ON CONFLICT (location_id, lot_id) DO NOTHING;
    UPDATE warehouse_lotatplace SET stowed_units = stowed_units - NEW.units
      WHERE lot_id = NEW.lot_id AND place = (
        SELECT zone.place FROM warehouse_location AS location
        JOIN warehouse_zone AS zone ON zone.id = location.zone_id
        WHERE location.id = NEW.from_location_id);
    UPDATE warehouse_lotatplace SET stowed_units = stowed_units + NEW.units
      WHERE lot_id = NEW.lot_id AND place = (
        SELECT zone.place FROM warehouse_location AS location
        JOIN warehouse_zone AS zone ON zone.id = location.zone_id
        WHERE location.id = NEW.to_location_id);
    UPDATE warehouse_stowage SET units = units - NEW.units
      WHERE lot_id = NEW.lot_id AND location_id = NEW.from_location_id;
    UPDATE warehouse_stowage SET units = units + NEW.units
      WHERE lot_id = NEW.lot_id AND location_id = NEW.to_location_id;"""

register(
    Trigger(
        name="warehouse_stowmove_moves_stowage",
        table="warehouse_stowmove",
        sqlite=(
            "CREATE TRIGGER warehouse_stowmove_moves_stowage AFTER INSERT ON warehouse_stowmove "
            f"BEGIN {_STOW} END"
        ),
        postgres=_STOW,
        when="AFTER INSERT ON warehouse_stowmove FOR EACH ROW",
    )
)

_UNFIT = {
    "units are stowed in locations of the place where the books have them": """
        NOT EXISTS (SELECT 1 FROM warehouse_lotatplace AS total
          JOIN warehouse_zone AS zone ON zone.place = total.place
          JOIN warehouse_location AS location ON location.zone_id = zone.id
          WHERE total.lot_id = NEW.lot_id AND location.id = COALESCE(
            NEW.from_location_id, NEW.to_location_id))
        OR (NEW.from_location_id IS NOT NULL AND NEW.to_location_id IS NOT NULL AND (
          SELECT count(DISTINCT zone.place) FROM warehouse_location AS location
          JOIN warehouse_zone AS zone ON zone.id = location.zone_id
          WHERE location.id IN (NEW.from_location_id, NEW.to_location_id)) > 1)""",
    "goods under trade measures lie in zones of their own": """
        EXISTS (SELECT 1 FROM warehouse_location AS location
          JOIN warehouse_zone AS zone ON zone.id = location.zone_id
          JOIN warehouse_lot AS lot ON lot.id = NEW.lot_id
          WHERE location.id = NEW.to_location_id
            AND zone.is_trade_measure <> lot.is_trade_measure)""",
    "units taken from a location lie in it": """
        NEW.from_location_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM warehouse_stowage AS stowed
          WHERE stowed.lot_id = NEW.lot_id AND stowed.location_id = NEW.from_location_id
            AND stowed.units >= NEW.units)""",
}
_REFUSE = "\n".join(
    f"SELECT RAISE(ABORT, '{law}') WHERE {broken};" for law, broken in _UNFIT.items()
)
_REFUSE_POSTGRES = "\n".join(
    f"IF {broken} THEN RAISE EXCEPTION '{law}' USING ERRCODE = 'check_violation'; END IF;"
    for law, broken in _UNFIT.items()
)

register(
    Trigger(
        name="warehouse_stowmove_fits",
        table="warehouse_stowmove",
        sqlite=(
            "CREATE TRIGGER warehouse_stowmove_fits BEFORE INSERT ON warehouse_stowmove "
            f"BEGIN {_REFUSE} END"
        ),
        postgres=_REFUSE_POSTGRES,
        when="BEFORE INSERT ON warehouse_stowmove FOR EACH ROW",
    )
)
