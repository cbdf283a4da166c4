"""The bonded account book: items with four counters that only its movements move."""

from django.db import models
from django.db.models import F, Q

from core.models import Party, Pool
from core.triggers import Trigger, append_only, register
from warehouse.domain.book import BookStep, Counters


class AccountBook(models.Model):
    """The keeper's book with customs (账册) for one cycle: every bonded unit is in one item."""

    class Kind(models.TextChoices):
        GENERAL = "general", "General"
        TRADE_MEASURE = "trade_measure", "Goods under trade measures"

    number = models.CharField(max_length=64, unique=True)
    keeper = models.ForeignKey(Party, models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="account_books")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.GENERAL)
    cycle_from = models.DateField()
    cycle_before = models.DateField()
    storage_months = models.PositiveSmallIntegerField(
        null=True, default=24, help_text="how long goods may stay; empty: without end"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cycle_before__gt=F("cycle_from")), name="a_cycle_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["pool", "kind", "cycle_from"], name="one_book_per_pool_kind_and_cycle"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BookItem(models.Model):
    """One product in an account book (账册序号), with the four counters in units."""

    book = models.ForeignKey(AccountBook, models.PROTECT, related_name="items")
    item_no = models.PositiveIntegerField()
    product = models.ForeignKey("imports.Product", models.PROTECT, related_name="+")
    expected_in = models.BigIntegerField(default=0)
    actual_in = models.BigIntegerField(default=0)
    expected_out = models.BigIntegerField(default=0)
    actual_out = models.BigIntegerField(default=0)
    last_movement_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "item_no"], name="an_item_number_is_used_once"),
            models.UniqueConstraint(fields=["book", "product"], name="a_product_is_one_item"),
            models.CheckConstraint(
                condition=Q(
                    expected_in__gte=0, actual_in__gte=0, expected_out__gte=0, actual_out__gte=0
                ),
                name="a_book_counter_is_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(actual_in__gte=F("actual_out") + F("expected_out")),
                name="the_surplus_is_never_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book_id}/{self.item_no}"

    @property
    def counters(self) -> Counters:
        """The four counters as the domain knows them."""
        return Counters(self.expected_in, self.actual_in, self.expected_out, self.actual_out)


class BookMovement(models.Model):
    """One step of units in the account book; never changed, at most once per reference and part."""

    item = models.ForeignKey(BookItem, models.PROTECT, related_name="movements")
    step = models.CharField(max_length=16, choices=[(s.value, s.value) for s in BookStep])
    units = models.BigIntegerField()
    reference = models.CharField(max_length=80)
    part = models.PositiveSmallIntegerField(
        default=1, help_text="counts entries of a reference that comes in on several vehicles"
    )
    booked_on = models.DateField()
    made_at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "reference", "step", "part"], name="a_reference_takes_a_step_once"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0), name="a_book_movement_moves_something"
            ),
        ]
        indexes = [models.Index(fields=["reference"], name="book_movement_by_reference")]

    def __str__(self) -> str:
        return f"{self.step} {self.units} {self.reference}"


append_only("warehouse_bookmovement")


_SQLITE_MOVES = """
    CREATE TRIGGER warehouse_bookmovement_moves_counters AFTER INSERT ON warehouse_bookmovement
    BEGIN
      UPDATE warehouse_bookitem SET
        expected_in = expected_in + NEW.units * CASE NEW.step
          WHEN 'expect_in' THEN 1 WHEN 'actual_in' THEN -1 WHEN 'release_in' THEN -1 ELSE 0 END,
        actual_in = actual_in + NEW.units * CASE NEW.step WHEN 'actual_in' THEN 1 ELSE 0 END,
        expected_out = expected_out + NEW.units * CASE NEW.step
          WHEN 'expect_out' THEN 1 WHEN 'actual_out' THEN -1 WHEN 'release_out' THEN -1
          ELSE 0 END,
        actual_out = actual_out + NEW.units * CASE NEW.step WHEN 'actual_out' THEN 1 ELSE 0 END,
        last_movement_id = NEW.id
      WHERE id = NEW.item_id;
    END"""

_POSTGRES_MOVES = """
    PERFORM 1 FROM warehouse_bookitem
      WHERE id IN (SELECT item_id FROM made) ORDER BY id FOR NO KEY UPDATE;
    UPDATE warehouse_bookitem AS item SET
      expected_in = item.expected_in + moved.expected_in,
      actual_in = item.actual_in + moved.actual_in,
      expected_out = item.expected_out + moved.expected_out,
      actual_out = item.actual_out + moved.actual_out,
      last_movement_id = GREATEST(item.last_movement_id, moved.last_id)
    FROM (
      SELECT item_id, max(id) AS last_id,
        sum(units * CASE step WHEN 'expect_in' THEN 1 WHEN 'actual_in' THEN -1
            WHEN 'release_in' THEN -1 ELSE 0 END) AS expected_in,
        sum(units * CASE step WHEN 'actual_in' THEN 1 ELSE 0 END) AS actual_in,
        sum(units * CASE step WHEN 'expect_out' THEN 1 WHEN 'actual_out' THEN -1
            WHEN 'release_out' THEN -1 ELSE 0 END) AS expected_out,
        sum(units * CASE step WHEN 'actual_out' THEN 1 ELSE 0 END) AS actual_out
      FROM made GROUP BY item_id) AS moved
    WHERE item.id = moved.item_id;"""

register(
    Trigger(
        name="warehouse_bookmovement_moves_counters",
        table="warehouse_bookmovement",
        sqlite=_SQLITE_MOVES,
        postgres=_POSTGRES_MOVES,
        when=(
            "AFTER INSERT ON warehouse_bookmovement "
            "REFERENCING NEW TABLE AS made FOR EACH STATEMENT"
        ),
    )
)

_COUNTERS = "expected_in, actual_in, expected_out, actual_out"
_DIRECT = "counters of the account book move by its movements only"

register(
    Trigger(
        name="warehouse_bookitem_moves_by_movements",
        table="warehouse_bookitem",
        sqlite=(
            "CREATE TRIGGER warehouse_bookitem_moves_by_movements "
            f"BEFORE UPDATE OF {_COUNTERS} ON warehouse_bookitem "
            "WHEN NEW.last_movement_id <= OLD.last_movement_id "
            f"BEGIN SELECT RAISE(ABORT, '{_DIRECT}'); END"
        ),
        postgres=(
            "IF pg_trigger_depth() < 2 THEN "
            f"RAISE EXCEPTION '{_DIRECT}' USING ERRCODE = 'check_violation'; END IF;"
        ),
        when=f"BEFORE UPDATE OF {_COUNTERS} ON warehouse_bookitem FOR EACH ROW",
    )
)
