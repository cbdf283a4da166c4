"""What is measured: names, sizes, and what the plain way and the bare limit are."""

from dataclasses import dataclass

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Benchmark:
    """One hot path. ``sizes`` count its items; ``full`` are those of a long run only."""

    name: str
    items: str
    sizes: tuple[int, ...]
    plain: str
    limit: str
    full: tuple[int, ...] = ()
    quick: int = 20
    databases: tuple[str, ...] = ()
    """Where its rows lie; empty when it needs no database of its own."""

    @property
    def module(self) -> str:
        """The module that knows its ways."""
        return f"benchmarks.rows.{self.name.replace('-', '_')}"


BOTH = (SQLITE, POSTGRESQL)

BENCHMARKS = {
    row.name: row
    for row in (
        Benchmark(
            "declaration-pdf",
            "pages",
            (200, 1_000),
            "reportlab canvas, its own QR widget and Code 128, one TrueType font",
            "deflating the same page streams, nothing drawn",
            full=(10_000,),
        ),
        Benchmark(
            "declaration-messages",
            "declarations",
            (1_000,),
            "an ElementTree object for each field, written and read back, nothing judged",
            "one text filled in for each declaration and encoded, nothing judged",
            full=(10_000,),
            quick=100,
        ),
        Benchmark(
            "declaration-archive",
            "declarations",
            (1_000,),
            "zipfile.write of each file, nothing hashed or judged",
            "reading and deflating the same files, nothing packed",
            full=(10_000,),
        ),
        Benchmark(
            "forecast-csv",
            "month cells",
            (100_000, 1_000_000),
            "csv.DictReader, a check per row, bulk_create",
            "executemany or COPY of rows made before the clock starts",
            quick=240,
            databases=BOTH,
        ),
        Benchmark(
            "forecast-lines",
            "wide lines of twelve months",
            (100_000,),
            "csv.DictReader, a check per row, bulk_create",
            "executemany or COPY of rows made before the clock starts",
            full=(1_000_000,),
            databases=BOTH,
        ),
        Benchmark(
            "forecast-xlsx",
            "rows",
            (10_000, 50_000),
            "openpyxl, read only, values only",
            "python-calamine alone, no check of size, kind or text",
        ),
        Benchmark(
            "trace-read",
            "look-ups among codes",
            (1_000, 100_000),
            "a Django ORM object followed along its relations",
            "one SELECT by primary key with the database driver",
            full=(1_000_000,),
            databases=BOTH,
        ),
        Benchmark(
            "trace-count",
            "look-ups among codes",
            (1_000, 100_000),
            "get_or_create and save with the ORM, then the plain reading",
            "UPDATE and INSERT in one transaction with the database driver",
            databases=BOTH,
        ),
        Benchmark(
            "trace-served",
            "requests among codes",
            (1_000, 100_000),
            "a Django view without middleware that follows ORM objects, same server",
            "a bare WSGI function with one SELECT, same server",
            databases=BOTH,
        ),
        *(
            Benchmark(
                name,
                "pages among codes",
                (1_000, 100_000),
                "a Django view without middleware that follows ORM objects, same server",
                "a bare WSGI function with one SELECT, same server",
                full=(1_000_000,),
                databases=BOTH,
            )
            for name in ("page-read", "page-count", "page-read-gunicorn", "page-count-gunicorn")
        ),
        Benchmark(
            "ledger-transfers",
            "transfers",
            (1_000, 10_000),
            "one save per transfer",
            "executemany or COPY into the same table, constraints and triggers",
            databases=BOTH,
        ),
        Benchmark(
            "order-intake",
            "orders, one at a time",
            (200, 1_000),
            "a save for each row, nothing judged, hidden or set aside",
            "bare INSERTs of the same rows, one transaction an order",
            databases=BOTH,
        ),
        Benchmark(
            "order-intake-batch",
            "orders of one importer, a hundred a transaction",
            (200, 1_000),
            "a save for each row, nothing judged, hidden or set aside",
            "bare INSERTs of the same rows, one transaction an order",
            quick=100,
            databases=BOTH,
        ),
        Benchmark(
            "stock-reservation",
            "units grabbed by 8 processes",
            (400, 1_600),
            "select_for_update, then save",
            "one conditional UPDATE a unit",
            databases=BOTH,
        ),
        Benchmark(
            "stock-mixed",
            "requests of 8 processes: reserve, sell, count",
            (400,),
            "select_for_update, then save, reservations only",
            "one conditional UPDATE a unit, reservations only",
            databases=BOTH,
        ),
        Benchmark(
            "stock-views",
            "movements behind balance, ageing and owner view",
            (10_000, 100_000),
            "adding up the movements",
            "one SELECT of the balances with the database driver",
            full=(1_000_000,),
            quick=400,
            databases=BOTH,
        ),
        Benchmark(
            "fact-sequencing",
            "leaves",
            (1_000, 10_000),
            "one save per entry and node",
            "hashing the leaves and inner nodes, nothing stored",
            databases=BOTH,
        ),
        Benchmark(
            "inclusion-proof",
            "proofs in a log of leaves",
            (10_000, 100_000),
            "the tree built anew from its leaf hashes for each proof",
            "one SELECT of the same nodes",
            full=(1_000_000,),
            databases=(SQLITE,),
        ),
        Benchmark(
            "event-hash",
            "events",
            (1_000, 20_000),
            "nothing remembered from one event to the next",
            "SHA-256 of the event as JSON with sorted keys",
        ),
        Benchmark(
            "event-capture",
            "events in documents of 500",
            (1_000, 10_000),
            "each event judged by itself and saved, and each of its terms",
            "executemany or COPY of rows made before the clock starts",
            databases=BOTH,
        ),
        Benchmark(
            "event-graph",
            "walks of ten hops among events",
            (10_000, 100_000),
            "the walk along the relations of the ORM",
            "one recursive SELECT by the database driver, ids only",
            full=(1_000_000,),
            databases=BOTH,
        ),
        Benchmark(
            "exact-shares",
            "cells",
            (10_000, 100_000, 1_000_000),
            "a loop of Decimal quotas",
            "one multiplication and one floor division per cell, with numpy",
        ),
        *(
            Benchmark(
                name,
                "cells, to units and to cents",
                (10_000, 100_000, 1_000_000),
                plain,
                "two multiplications and two floor divisions per cell, with numpy",
                full=(10_000_000,),
                quick=1_000,
            )
            for name, plain in (
                ("round-shares", "a loop of Decimal quotas, product by product"),
                ("round-shares-pandas", "grouped transforms and ranks with pandas"),
            )
        ),
        Benchmark(
            "settlement-batches",
            "obligations in 32 batches",
            (10_000, 100_000, 1_000_000),
            "a loop of Decimal quotas, importer by importer and wire by wire",
            "one multiplication and one floor division per obligation, with numpy",
            quick=300,
        ),
        Benchmark(
            "round-consolidation",
            "asks of importers, forty products each",
            (20_000, 200_000),
            "each product at its cheapest offer, its amount split by units; nobody's cost alone",
            "one multiplication and one floor division per ask",
            quick=400,
        ),
    )
}
