"""Goods under trade measures stand in an account book of their own, never among others.

Source: GACC announcements 2025 No. 83 and No. 116 (dedicated books for goods under tariff quotas,
trade remedies, suspended concessions and retaliatory measures), in force from 2025-06-10.
"""

from core.triggers import Trigger, register

_LAW = "goods under trade measures stand in an account book of their own"
_MIXED = """
    EXISTS (SELECT 1 FROM warehouse_bookitem AS item
      JOIN warehouse_accountbook AS book ON book.id = item.book_id
      WHERE item.id = NEW.book_item_id
        AND (book.kind = 'trade_measure') <> NEW.is_trade_measure)"""

for _verb, _when in (("insert", "INSERT"), ("update", "UPDATE OF book_item_id, is_trade_measure")):
    register(
        Trigger(
            name=f"warehouse_lot_keeps_books_apart_on_{_verb}",
            table="warehouse_lot",
            sqlite=(
                f"CREATE TRIGGER warehouse_lot_keeps_books_apart_on_{_verb} "
                f"BEFORE {_when} ON warehouse_lot WHEN {_MIXED} "
                f"BEGIN SELECT RAISE(ABORT, '{_LAW}'); END"
            ),
            postgres=f"IF {_MIXED} THEN RAISE EXCEPTION '{_LAW}' "
            "USING ERRCODE = 'check_violation'; END IF;",
            when=f"BEFORE {_when} ON warehouse_lot FOR EACH ROW",
        )
    )

_BOOK = "an account book keeps its kind"
register(
    Trigger(
        name="warehouse_accountbook_keeps_its_kind",
        table="warehouse_accountbook",
        sqlite=(
            "CREATE TRIGGER warehouse_accountbook_keeps_its_kind "
            "BEFORE UPDATE OF kind ON warehouse_accountbook WHEN NEW.kind <> OLD.kind "
            f"BEGIN SELECT RAISE(ABORT, '{_BOOK}'); END"
        ),
        postgres=f"IF NEW.kind <> OLD.kind THEN RAISE EXCEPTION '{_BOOK}' "
        "USING ERRCODE = 'check_violation'; END IF;",
        when="BEFORE UPDATE OF kind ON warehouse_accountbook FOR EACH ROW",
    )
)
