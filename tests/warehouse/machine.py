"""Everything that a warehouse is asked, in any order, twice, and dying between any two statements.

Every request has its key before it is sent. Some die at a statement and are sent again; some are
sent twice. After each of them all laws hold, and what came again changed nothing.

``python -m tests.warehouse.machine EXAMPLES STEPS`` runs it on the database of its own that
DATABASE_URL names, and prints how often each request was granted.
"""

import json
import os
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import ClassVar

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()

from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core import clock, invariants, ledger, tenancy
from core.domain.calendar import add_months
from core.domain.chart import AccountCode, TransferCode
from core.domain.errors import Refusal
from core.models import Fact, Party, Pool, Transfer
from portal.demo.database import make_tables
from tests.conftest import party
from tests.warehouse import goods
from warehouse import services
from warehouse.domain.charges import Basis, ChargeKind
from warehouse.domain.counting import Reason
from warehouse.domain.papers import PaperKind
from warehouse.domain.returning import ReturnedAs
from warehouse.models import (
    BookDocument,
    BookMovement,
    CountEntry,
    CountTask,
    DispatchLine,
    DispatchOrder,
    Holding,
    Lot,
    Movement,
    Receipt,
    Release,
    ReleaseOffer,
    Reservation,
    ReturnCase,
)
from warehouse.services import Paper, Sale, counting, releasing, returning
from warehouse.services.keeping import keep_books
from warehouse.services.releasing import Announcement
from warehouse.services.returning import Inspection

FIRST_DAY = date(2025, 3, 10)
PRODUCTS = (("9421902960017", "Whole milk powder"), ("9400569000019", "Honey"))
WRITTEN = (Movement, BookMovement, Reservation, Transfer, Fact, CountEntry, ReleaseOffer, Release)
LAWS = tuple(
    name
    for name in (
        *(name for name in invariants.registry if name.startswith("warehouse.")),
        "core.totals_equal_transfers",
        "core.books_balance",
        "core.no_overdraft",
    )
)

places = st.integers(0, 5)
amounts = st.integers(1, 40)
few = st.integers(1, 6)
deaths = st.one_of(st.just(0), st.integers(1, 25))
twice = st.booleans()


class Died(Exception):
    """The process ends here."""


class Dying:
    """Lets a number of statements through, then ends the process."""

    def __init__(self, statements: int) -> None:
        self.left = statements

    def __call__(self, execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            if not self.left:
                raise Died
            self.left -= 1
        return execute(sql, params, many, context)


def a_pool() -> SimpleNamespace:
    """Two importers with money, a supplier, an account book and two products; no goods yet."""
    operator = party(Party.Kind.OPERATOR, "machine-operator")
    owners = [party(Party.Kind.IMPORTER, f"machine-{n}") for n in range(3)]
    supplier = party(Party.Kind.SUPPLIER, "machine-supplier")
    pool = Pool.objects.create(
        code="machine", year=2025, operator=operator, keeper=operator, broker=operator
    )
    services.open_book(
        pool=pool, number="MB1", cycle_from=date(2025, 1, 1), cycle_before=date(2026, 1, 1)
    )
    releasing.set_terms(pool, valid_from=date(2025, 1, 1), fee_cap_minor=30)
    terms = (ChargeKind.STORAGE, Basis.M3_DAY, Decimal("3.20"), date(2025, 1, 1), "test")
    services.enter_rate(pool, services.RateTerms(*terms))
    bank = ledger.account(AccountCode.BANK, "CNY")
    for owner in owners:
        escrow = ledger.account(AccountCode.ESCROW, "CNY", owner, f"pool:{pool.pk}")
        key = f"machine-paid-in/{owner.pk}"
        ledger.transfer(
            key=key, debit=bank, credit=escrow, amount_minor=500, code=TransferCode.FUNDING
        )
    products = [goods.product(gtin, name) for gtin, name in PRODUCTS]
    return SimpleNamespace(pool=pool, owners=owners, supplier=supplier, products=products)


def _written() -> tuple[int, ...]:
    return tuple(model._default_manager.count() for model in WRITTEN)


def _undispatched():
    return Reservation.objects.filter(state="held", dispatch_line=None, offer=None)


def _left():
    return DispatchLine.objects.filter(order__state="shipped")


def _coming_back():
    return ReturnCase.objects.filter(state__in=["announced", "arrived"])


def where(rows):
    """A step that is only asked for while there are such rows."""
    return precondition(lambda _: rows().exists())


class Warehouse(RuleBasedStateMachine):
    """The warehouse as the days go by."""

    granted: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.scope = tenancy.as_operator("machine")
        self.scope.__enter__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.day, self.asked = FIRST_DAY, 0
        self.world = a_pool()
        self.ask("receive", self._arrival(0, 60, 0, 0), 0, again=False)
        self.ask("allocate", lambda: services.allocate(Receipt.objects.latest("pk")), 0, again=True)
        self._parcels()

    def _parcels(self) -> None:
        """One parcel that has left and one that waits, so that walks soon get to their ends."""
        owner, item = self.world.owners[0], self.world.products[0]
        for number, steps in ((1, (services.pick, services.ship)), (2, ())):
            with clock.at(self.day):
                held = services.reserve(owner, item, 5, f"first-{number}")
                order = services.dispatch(owner, f"first-{number}", held)
                for step in steps:
                    order = step(order)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)
        self.scope.__exit__(None, None, None)

    # -- asking

    def ask(self, name, request, dies_at, *, again) -> None:
        """Send a request: perhaps it dies and is sent again, perhaps it comes twice."""
        with clock.at(self.day):
            if dies_at:
                with connection.execute_wrapper(Dying(dies_at)):
                    self._send(request)
                self.laws_hold(name)
            outcome = self._send(request)
            if again:
                written = _written()
                self._send(request)
                assert _written() == written, f"{name} sent again wrote something"
        self.granted[f"{name}: {outcome}"] += 1
        self.laws_hold(name)

    def _send(self, request) -> str:
        try:
            request()
        except Refusal as refusal:
            return refusal.code
        except Died:
            return "died"
        return "granted"

    def laws_hold(self, name: str) -> None:
        for law in LAWS:
            broken = list(invariants.registry[law].check())
            assert not broken, f"after {name}, {law}: {broken}"

    def key(self, name: str) -> str:
        self.asked += 1
        return f"{name}-{self.asked}"

    def one(self, rows, which):
        """One of some rows, or none."""
        found = list(rows.order_by("pk")[:6])
        return found[which % len(found)] if found else None

    def owner(self, which):
        return self.world.owners[which % 3]

    # -- goods come in

    def _arrival(self, product, good, damaged, short, late=0):
        came_on = self.day - timedelta(days=late)
        owners = self.world.owners
        units = good + damaged + short
        shares = {owners[0]: units // 2, owners[1]: units // 4}
        shares[self.world.pool.operator] = units - sum(shares.values())
        shares = {owner: share for owner, share in shares.items() if share}
        line = goods.ordered(
            self.world.pool, self.world.supplier, {self.world.products[product]: shares}
        )[0]
        consignment = goods.consigned(self.world.pool, [line])
        counted = goods.counted(
            line, good=good, damaged=damaged, short=short, lot_no=f"L-{consignment.pk}"
        )
        return lambda: services.receive(consignment, [counted], on=came_on)

    @rule(
        product=st.integers(0, 1),
        good=amounts,
        damaged=places,
        short=places,
        late=st.sampled_from([0, 0, 20, 40]),
        dies=deaths,
    )
    def receive(self, product, good, damaged, short, late, dies):
        arrival = self._arrival(product, good, damaged, short, late)
        self.ask("receive", arrival, dies, again=True)

    @rule(which=places, dies=deaths, again=twice)
    def accept(self, which, dies, again):
        receipt = self.one(Receipt.objects, which)
        self.ask(
            "accept",
            lambda: services.accept_entry(receipt.consignment, self.day),
            dies,
            again=again,
        )

    @rule(which=places, dies=deaths, again=twice)
    def allocate(self, which, dies, again):
        receipt = self.one(Receipt.objects, which)
        self.ask("allocate", lambda: services.allocate(receipt), dies, again=again)

    # -- orders

    @rule(which=places, product=st.integers(0, 1), units=few, dies=deaths, again=twice)
    def reserve(self, which, product, units, dies, again):
        key, until = self.key("order"), clock.later(timedelta(hours=which * 24))
        owner, item = self.owner(which % 2), self.world.products[product]
        self.ask(
            "reserve",
            lambda: services.reserve(owner, item, units, key, expires_at=until),
            dies,
            again=again,
        )

    @rule(dies=deaths, again=twice)
    def expire(self, dies, again):
        self.ask("expire", services.expire_reservations, dies, again=again)

    @where(lambda: Reservation.objects.filter(state="held"))
    @rule(which=places, dies=deaths)
    def give_back(self, which, dies):
        row = self.one(Reservation.objects.filter(state="held"), which)
        if row:
            self.ask("give back", lambda: services.release_reservation(row), dies, again=True)

    @where(lambda: _undispatched())
    @rule(which=places, dies=deaths, again=twice)
    def dispatch(self, which, dies, again):
        row = self.one(_undispatched(), which)
        if row:
            name = f"parcel-{row.pk}"
            self.ask(
                "dispatch",
                lambda: services.dispatch(row.importer, name, [row]),
                dies,
                again=again,
            )

    @where(lambda: DispatchOrder.objects.filter(state__in=["open", "picked"]))
    @rule(
        which=places, step=st.sampled_from(["pick", "ship", "ship", "cancel_dispatch"]), dies=deaths
    )
    def send(self, which, step, dies):
        state = "picked" if step == "ship" else "open"
        order = self.one(DispatchOrder.objects.filter(state__in=[state, "picked"]), which)
        if order:
            self.ask(step, lambda: getattr(services, step)(order), dies, again=True)

    @rule(
        which=places,
        step=st.sampled_from(["book_expect_out", "book_actual_out", "book_release_out"]),
        dies=deaths,
        again=twice,
    )
    def customs_answers(self, which, step, dies, again):
        line = self.one(DispatchLine.objects.select_related("order", "product"), which)
        if line:
            book = getattr(services, step)
            self.ask(
                step,
                lambda: book(line.product, line.units, line.order.reference),
                dies,
                again=again,
            )

    # -- goods change hands, and are put aside

    @rule(which=places, to=places, units=amounts, price=st.integers(0, 9), dies=deaths, again=twice)
    def transfer(self, which, to, units, price, dies, again):
        lot = self.one(Lot.objects, which)
        sale = Sale(lot, self.owner(which).pk, self.owner(to).pk, units, price, self.key("sale"))
        self.ask("transfer", lambda: services.transfer_ownership(sale), dies, again=again)

    @rule(which=places, dies=deaths, again=twice)
    def move(self, which, dies, again):
        lot, key = self.one(Lot.objects, which), self.key("block")
        if which == 5:
            self.ask("block", lambda: services.block_lots([lot], reference=key), dies, again=again)

    @rule(which=places, kind=st.sampled_from(list(PaperKind)), units=few, dies=deaths, again=twice)
    def draw_up(self, which, kind, units, dies, again):
        lot = self.one(Lot.objects, which)
        paper = Paper(kind, lot, self.owner(which), units, "old", self.key("paper"))
        self.ask("draw up", lambda: services.draw_up(paper), dies, again=again)

    @where(lambda: BookDocument.objects.filter(withdrawn_on=None))
    @rule(
        which=places,
        step=st.sampled_from(["execute", "approve", "withdraw"]),
        dies=deaths,
        again=twice,
    )
    def follow_paper(self, which, step, dies, again):
        document = self.one(BookDocument.objects.filter(withdrawn_on=None), which)
        if document:
            self.ask(step, lambda: getattr(services, step)(document), dies, again=again)

    # -- counts

    @rule(which=places, off=st.integers(-6, 6), dies=deaths, again=twice)
    def count(self, which, off, dies, again):
        task = counting.plan_count(self.one(Lot.objects, which), on=self.day)
        on_shelf = sum(
            Holding.objects.filter(lot=task.lot_id, place="bonded").values_list("units", flat=True)
        )
        key, found = self.key("count"), max(0, on_shelf + off)
        self.ask(
            "count",
            lambda: counting.enter_count(task, found, request_key=key),
            dies,
            again=again,
        )

    @where(lambda: CountTask.objects.filter(state="counted"))
    @rule(which=places, dies=deaths, again=twice)
    def approve_count(self, which, dies, again):
        task = self.one(CountTask.objects.filter(state="counted"), which)
        if task:
            self.ask(
                "approve count",
                lambda: counting.approve_count(task, Reason.UNKNOWN),
                dies,
                again=again,
            )

    # -- goods come back

    @where(lambda: _left())
    @rule(which=places, units=st.integers(1, 9), dies=deaths, again=twice)
    def announce_return(self, which, units, dies, again):
        line = self.one(_left(), which)
        if line:
            key = self.key("back")
            self.ask(
                "return",
                lambda: returning.announce_return(line, units, request_key=key),
                dies,
                again=again,
            )

    @where(lambda: _coming_back())
    @rule(
        which=places,
        step=st.sampled_from(["receive_back", "approve_return", "inspect", "cancel_return"]),
        sealed=st.booleans(),
        dies=deaths,
        again=twice,
    )
    def follow_return(self, which, step, sealed, dies, again):
        case = self.one(_coming_back(), which)
        if case:
            found = Inspection(
                ReturnedAs.SEALED if sealed else ReturnedAs.OPENED, restock=sealed, fee_minor=3
            )
            more = (found,) if step == "inspect" else ()
            self.ask(step, lambda: getattr(returning, step)(case, *more), dies, again=again)

    # -- releases

    @rule(product=st.integers(0, 1), days=st.integers(0, 2), dies=deaths, again=twice)
    def announce(self, product, days, dies, again):
        what = Announcement(
            self.world.pool,
            self.world.products[product],
            keep_before=self.day,
            ask_before=self.day + timedelta(days=days),
            discount_minor=days,
        )
        self.ask("announce", lambda: releasing.announce(what), dies, again=again)

    @where(lambda: Release.objects.filter(state="offered"))
    @rule(which=places, units=amounts, dies=deaths, again=twice)
    def ask_for(self, which, units, dies, again):
        release = self.one(Release.objects.filter(state="offered"), 0)
        if release:
            owner = self.owner(which)
            self.ask("ask", lambda: releasing.ask(release, owner, units), dies, again=False)

    @where(lambda: Release.objects.exclude(state="closed"))
    @rule(dies=deaths, again=twice)
    def advance(self, dies, again):
        self.ask("release", releasing.advance_all, dies, again=again)

    @rule(dies=deaths)
    def charge(self, dies):
        self.ask("charge", lambda: keep_books(self.world.pool), dies, again=True)

    @rule(dies=deaths)
    def a_month_is_posted(self, dies):
        month, self.day = self.day, add_months(self.day, 1)
        self.ask("post", lambda: services.post_month(self.world.pool, month), dies, again=True)

    @rule(days=st.integers(1, 3))
    def a_day_passes(self, days):
        self.day += timedelta(days=days)


def run(examples: int, steps: int) -> None:
    """Try so many walks of so many steps each."""
    run_state_machine_as_test(
        Warehouse,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


if __name__ == "__main__":
    make_tables()
    run(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(json.dumps(Warehouse.granted))
