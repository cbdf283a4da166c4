"""A settlement desk played step by step from a seed: real services, a fake clock, a fake bank.

Between any two writes of a step the process may die; messages from the bank come twice, late and
in any order; people repeat themselves. After every step the invariants are looked at, each step's
own writes first, so that ten thousand steps stay affordable. A seed plays the same game again.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import make_aware
from lxml import etree

from core import clock, ledger, rates
from core.domain.errors import Refusal
from core.domain.trade import from_minor, to_minor
from core.models import Account, Party, Pool, Transfer, User
from fx_settlement import services
from fx_settlement.domain.allocation import shares_of_cost
from fx_settlement.domain.batches import BATCH_ORDER, IN_PREPARATION
from fx_settlement.domain.three_way import InvoicedLine
from fx_settlement.models import Conversion, Obligation, Payment, SettlementBatch, SupplierInvoice
from fx_settlement.services import books
from fx_settlement.services.instructing import file_bytes
from fx_settlement.services.stepping import steps_of
from tests.fx_settlement import bank
from tests.warehouse import goods
from warehouse import services as warehouse

CURRENCIES = ("USD", "JPY")
"""One with two decimals and one with none."""
WRITES = ("INSERT", "UPDATE", "DELETE")


FIRST = 4
"""Steps at the start in which goods are ordered, so that there is something to pay."""


class Died(Exception):
    """The process ended here."""


@dataclass
class Desk:
    """Who takes part."""

    pool: Pool
    product: Any
    suppliers: list[Party]
    importers: list[Party]
    people: list[User]


@dataclass
class FakeBank:
    """The bank's side: its own balances, what it was told to pay, and messages on their way."""

    balance: Counter[str] = field(default_factory=Counter)
    number: int = 0
    under_way: list[bytes] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    moved: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def move(self, currency: str, minor: int, reference: str) -> None:
        """Book a movement; a statement tells of it later."""
        self.moved[currency][reference] = minor

    def statement(self) -> None:
        """Send the day's statements, each of which opens where the last one closed."""
        for currency, moved in sorted(self.moved.items()):
            opening = self.balance[currency]
            self.balance[currency] += sum(moved.values())
            self.number += 1
            movements = [
                bank.movement(from_minor(minor, currency), end_to_end=name, currency=currency)
                for name, minor in moved.items()
            ]
            self.under_way.append(
                bank.statement(
                    *movements,
                    opening=from_minor(opening, currency),
                    closing=from_minor(self.balance[currency], currency),
                    number=f"S-{self.number}",
                    currency=currency,
                )
            )
        self.moved.clear()


@dataclass
class Mirror:
    """What was seen before a step: the ledger replayed here, and how far every batch was."""

    last: int = 0
    totals: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * 4))
    held: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    resolved: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    states: dict[int, str] = field(default_factory=dict)
    sample: list[tuple[int, int, str]] = field(default_factory=list)


class Simulation:
    """One game. ``step`` plays and checks one move; ``told`` counts what happened."""

    def __init__(self, desk: Desk, *, seed: int, start: date) -> None:
        self.desk, self.seed = desk, seed
        self.draw = random.Random(seed)  # noqa: S311  a game, no secret
        self.now = make_aware(datetime.combine(start, time(9)))
        self.bank, self.mirror = FakeBank(), Mirror()
        self.told: Counter[str] = Counter()
        self.again: Callable[[], object] | None = None
        self.seen: list[bytes] = []
        self.steps = 0
        self.moves = [
            (self.order, 5), (self.fund, 8), (self.open, 3), (self.advance, 40), (self.deal, 8),
            (self.void, 1), (self.requote, 2), (self.answer, 8), (self.tell, 6),
            (self.deliver, 14), (self.dispute, 2), (self.release, 2), (self.tamper, 1),
            (self.wait, 4),
        ]  # fmt: skip

    def step(self) -> None:
        """One move, perhaps cut off in the middle, and the laws after it."""
        self.steps, self.again = self.steps + 1, None
        moves, weights = zip(*self.moves, strict=True)
        move = self.draw.choices(moves, weights)[0] if self.steps > FIRST else self.order
        dies_at = self.draw.randrange(1, 7) if self.draw.random() < 0.3 else 0
        before = self._fingerprint()
        with clock.at(self.now):
            try:
                with dying(dies_at):
                    move()
                self.told[move.__name__] += 1
                self._ask_twice()
            except Died:
                transaction.set_rollback(False)
                self.told["died"] += 1
                self._unless(move, before, "dying")
            except Refusal as refusal:
                self.told[f"refused {refusal.code}"] += 1
                self._unless(move, before, refusal.code)
            self.check()

    # A write outside of any transaction would have stood on its own: nothing undoes what came
    # before it, and the comparison finds it.

    def _unless(self, move: Callable[[], object], before: object, why: str) -> None:
        """What was cut off left nothing behind, but for moves of several transactions."""
        if move.__name__ not in ("order", "deliver", "answer", "deal"):
            assert self._fingerprint() == before, self.where(
                f"{why} in {move.__name__} left writes"
            )

    def _ask_twice(self) -> None:
        """Now and then the same request comes again at once: nothing is written."""
        if self.again is None or self.draw.random() < 0.7:
            return
        before = self._fingerprint()
        self.told["asked twice"] += 1
        try:
            self.again()
        finally:
            assert self._fingerprint() == before, self.where("asking twice wrote twice")

    def _fingerprint(self) -> tuple[object, ...]:
        batches = SettlementBatch.objects.exclude(state__in=["closed", "void"])
        return (
            Transfer.objects.order_by("-pk").values_list("pk", flat=True).first(),
            tuple(batches.order_by("pk").values_list("pk", "version")),
        )

    def where(self, what: str) -> str:
        """A failure with what plays it again."""
        return f"{what}; seed {self.seed}, step {self.steps}"

    # moves

    def order(self) -> None:
        """Goods are ordered and received, some short; their cost is owed."""
        supplier = self.draw.choice(self.desk.suppliers)
        owners = self.draw.sample(self.desk.importers, self.draw.randint(1, 3))
        shares = {owner: self.draw.randint(1, 200) for owner in owners}
        with transaction.atomic():
            lines = goods.ordered(self.desk.pool, supplier, {self.desk.product: shares})
            order = lines[0].order
            order.currency = self.draw.choice(CURRENCIES)
            order.save()
            consignment = goods.consigned(self.desk.pool, lines)
        asked = sum(shares.values())
        short = self.draw.choice([0] * 9 + [min(2, asked)])
        counted = goods.counted(
            lines[0], good=asked - short, short=short, expires_on=date(2036, 1, 1)
        )
        receipt = warehouse.receive(consignment, [counted], clock.today())
        warehouse.allocate(receipt)
        services.raise_obligations(receipt)
        self.again = lambda: services.raise_obligations(receipt)

    def fund(self) -> None:
        """What a draft lacks is paid in, or an importer pays in something."""
        draft = self._batch("draft")
        if draft is None:
            importer = self.draw.choice(self.desk.importers)
            minor, reference = self.draw.randint(1, 10**7), f"free-{self.steps}"
            self._do(lambda: services.fund(importer, self.desk.pool, minor, reference=reference))
            return
        needs = services.deposits_needed(draft)
        reference = f"{draft.number}-{self.steps}"
        services.fund_shortfalls(self.desk.pool, needs, reference=reference)

    def open(self) -> None:
        """A batch is opened, now and then only to buy."""
        purpose = self.draw.choice(["pay", "pay", "pay", "buy"])
        of_purpose = SettlementBatch.Purpose(purpose)
        day = clock.today()
        currency = self.draw.choice(CURRENCIES)
        self._do(lambda: services.open_batch(self.desk.pool, currency, day, of_purpose))

    def advance(self) -> None:
        """A batch takes one of its next steps, by somebody."""
        live = SettlementBatch.objects.exclude(state__in=["closed", "void"]).order_by("pk")
        batch = self._any(list(live))
        steps = [step for step in steps_of(batch) if step in STEPS] if batch else []
        if batch is None or not steps:
            return
        step, by = self.draw.choice(steps), self.draw.choice(self.desk.people)
        version = batch.version
        services.take_step(batch, step, by=by, version=version)
        self.told[f"step {step}"] += 1
        again = SettlementBatch.objects.get(pk=batch.pk)
        if step not in ("quote", "approve"):
            self.again = lambda: services.take_step(again, step, by=by, version=version)
        self._look_at(batch, step)

    def deal(self) -> None:
        """A batch is taken through all its steps until it is sent, or is refused on the way."""
        batch = self._batch(*IN_PREPARATION)
        maker, checker = self.draw.sample(self.desk.people, 2)
        for step in ("lock", "quote", "approve", "convert", "instruct"):
            if batch is not None and step in steps_of(batch):
                by = checker if step == "approve" and batch.made_by_id != checker.pk else maker
                services.take_step(batch, step, by=by, version=batch.version)
                self.told[f"step {step}"] += 1
                self._look_at(batch, step)

    def void(self) -> None:
        """A batch is given up before anything is bought."""
        batch = self._batch(*IN_PREPARATION)
        if batch is not None:
            self._do(lambda: services.void(batch))

    def requote(self) -> None:
        """Another offer comes after the approval, which is void then."""
        batch = self._batch("approved")
        if batch is not None and batch.to_buy_minor:
            services.quote(batch, provider="Bank of Beilun", all_in=dearer(batch))
            batch.refresh_from_db()
            assert (batch.approved_by_id, batch.approved_sha256) == (None, ""), self.where(
                "approved"
            )

    def answer(self) -> None:
        """The bank reads a payment file and answers: it takes or rejects each payment."""
        sent = SettlementBatch.objects.filter(state="instructed").order_by("pk")
        batch = self._any([each for each in sent if each.number not in self.bank.answered])
        if batch is None:
            return
        verdicts = [
            (name, *self.draw.choice([("ACSP", ""), ("ACSP", ""), ("ACSP", ""), ("RJCT", "AC04")]))
            for name in payments_in(file_bytes(batch))
        ]
        self.bank.answered.add(batch.number)
        paid = payments_in(file_bytes(batch))
        for name, status, _ in verdicts:
            if status == "ACSP":
                self.bank.move(batch.currency, -paid[name], name)
        number = f"A-{batch.number}"
        self.bank.under_way.append(bank.answer(batch.number, *verdicts, number=number))

    def tell(self) -> None:
        """The bank tells of a day: what was bought arrived, what was sent left."""
        known = self.bank.answered
        for made in Conversion.objects.select_related("batch").order_by("pk"):
            if f"bought {made.batch.number}" not in known:
                known.add(f"bought {made.batch.number}")
                self.bank.move(made.batch.currency, made.foreign_minor, made.batch.number)
        if self.bank.moved:
            self.bank.statement()

    def deliver(self) -> None:
        """One of the messages under way arrives; now and then one that was here before."""
        if self.seen and self.draw.random() < 0.2:
            raw = self.draw.choice(self.seen)
        elif self.bank.under_way:
            raw = self.bank.under_way[self.draw.randrange(len(self.bank.under_way))]
        else:
            return
        services.receive_file(self.desk.pool.operator, raw, filename="from the bank")
        if raw in self.bank.under_way:
            self.bank.under_way.remove(raw)
            self.seen = [*self.seen[-20:], raw]
        self.again = lambda: services.receive_file(
            self.desk.pool.operator, raw, filename="from the bank"
        )

    def dispute(self) -> None:
        """An invoice is written down, or one on record is disputed."""
        open_ = Obligation.objects.filter(state="open", conversion__isnull=True, kind="invoice")
        owed = self._any(list(open_.filter(order__invoice__isnull=True).order_by("pk")[:20]))
        if owed is not None:
            line = owed.order.lines.get()
            of_line = InvoicedLine(line.units, line.amount_minor)
            made = services.record_invoice(
                owed.order,
                f"INV-{owed.order_id}",
                {line.pk: of_line},
                invoiced_on=clock.today(),
                due_on=clock.today() + timedelta(days=5),
            )
            if self.draw.random() < 0.5:
                self._do(lambda: services.dispute(made, because="broken seal"))

    def release(self) -> None:
        """A disputed invoice is paid after all."""
        held = SupplierInvoice.objects.filter(state__in=["disputed", "differs"]).order_by("pk")
        invoice = self._any(list(held))
        by = self.draw.choice(self.desk.people)
        if invoice is not None:
            self._do(
                lambda: services.release(invoice, because="agreed", pays_difference=False, by=by)
            )

    def tamper(self) -> None:
        """A key is used for something else, and is refused."""
        old = self._old_transfer()
        if old is None or old.kind != Transfer.Kind.SINGLE:
            return
        before = self._fingerprint()
        try:
            ledger.transfer(
                key=old.key,
                debit=old.debit,
                credit=old.credit,
                amount_minor=old.amount_minor + 1,
                code=ledger.TransferCode(old.code),
            )
        except ledger.SameKeyOtherBody:
            assert self._fingerprint() == before, self.where("a refused key wrote")
        else:
            raise AssertionError(self.where("a key stood for two things"))

    def wait(self) -> None:
        """Time passes: some hours, or to the next day."""
        self.now += timedelta(hours=self.draw.randint(1, 20))

    # what a move looks at besides

    def _do(self, call: Callable[[], object]) -> None:
        self.again = call
        call()

    def _any(self, among: list[Any]) -> Any:
        return self.draw.choice(among) if among else None

    def _batch(self, *states: str) -> SettlementBatch | None:
        found: SettlementBatch | None = self._any(
            list(SettlementBatch.objects.filter(state__in=states).order_by("pk"))
        )
        return found

    def _old_transfer(self) -> Transfer | None:
        if not self.mirror.sample:
            return None
        return Transfer.objects.select_related("debit", "credit").get(
            pk=self.draw.choice(self.mirror.sample)[0]
        )

    def _look_at(self, batch: SettlementBatch, step: str) -> None:
        if step == "convert":
            self._shares_are_exact(batch)
        elif step == "instruct":
            self._file_says_what_is_paid(batch)
        elif step == "allocate":
            self._fees_are_shared(batch)
        elif step == "close":
            for currency in (batch.currency, books.HOME):
                assert ledger.balance(books.position(batch, currency)) == 0, self.where("I11")

    def _shares_are_exact(self, batch: SettlementBatch) -> None:
        """I8 whole, I9 within one fen of exact, I10 whatever the order of the lines."""
        made = Conversion.objects.get(batch=batch)
        rows = list(Obligation.objects.filter(conversion=made).order_by("pk"))
        assert sum(row.cny_minor or 0 for row in rows) == made.cny_minor, self.where("I8")
        owed: dict[int, dict[int, int]] = defaultdict(dict)
        for row in self.draw.sample(rows, len(rows)):
            owed[row.importer_id][row.pk] = row.amount_minor
        shares = shares_of_cost(made.cny_minor, owed, batch=batch.number)
        assert shares.by_obligation == {row.pk: row.cny_minor for row in rows}, self.where("I10")
        for importer, amounts in owed.items():
            exact = Decimal(made.cny_minor) * sum(amounts.values()) / made.foreign_minor
            assert abs(shares.by_importer[importer] - exact) < 1, self.where("I9")

    def _file_says_what_is_paid(self, batch: SettlementBatch) -> None:
        """I7: obligations, payment and file say the same; the file's sums are its payments'."""
        raw = file_bytes(batch)
        assert raw == file_bytes(batch), self.where("a file differs from itself")
        named = payments_in(raw)
        live = batch.payments.exclude(state="void")
        assert named == dict(live.values_list("reference", "amount_minor")), self.where("I7")
        for payment in live:
            parts = payment.obligations.values_list("amount_minor", flat=True)
            assert sum(parts) == payment.amount_minor, self.where("I7 lines")
        text = etree.fromstring(raw)
        head = {
            name: text.findtext(f".//{{*}}GrpHdr/{{*}}{name}") for name in ("NbOfTxs", "CtrlSum")
        }
        total = sum(named.values())
        assert int(head["NbOfTxs"] or 0) == len(named), self.where("I7 NbOfTxs")
        whole = from_minor(total, batch.currency)
        assert Decimal(head["CtrlSum"] or 0) == whole, self.where("I7 CtrlSum")

    def _fees_are_shared(self, batch: SettlementBatch) -> None:
        for payment in batch.payments.filter(state=Payment.State.SETTLED):
            parts = payment.obligations.values_list("fee_minor", flat=True)
            assert sum(part or 0 for part in parts) == payment.fee_minor, self.where("I8 fee")

    # laws after every step

    def check(self) -> None:
        """I1 to I6, I11 and I12, from what this step wrote and the totals of all accounts."""
        touched = self._replay_new()
        self._totals_agree(touched)
        self._nothing_old_changed()
        self._batches_only_go_on()

    def _replay_new(self) -> set[int]:
        """I3 and I5, and the ledger's new transfers added up here."""
        rows = Transfer.objects.filter(pk__gt=self.mirror.last).order_by("pk")
        touched = set()
        for row in rows.values_list(
            "pk", "debit_id", "credit_id", "kind", "amount_minor", "pending_id", "key"
        ):
            pk, debit, credit, kind, minor, pending, key = row
            assert key not in self.mirror.keys, self.where("I3")
            self.mirror.keys.add(key)
            freed = 0
            if kind == "pending":
                self.mirror.held[pk] = (debit, credit, minor)
            elif pending is not None:
                assert pending not in self.mirror.resolved, self.where("I5")
                self.mirror.resolved.add(pending)
                freed = self.mirror.held[pending][2]
            for account, at in ((debit, 0), (credit, 2)):
                totals = self.mirror.totals[account]
                totals[at] += minor if kind in ("single", "post") else 0
                totals[at + 1] += minor if kind == "pending" else -freed
                touched.add(account)
            self.mirror.last = pk
            if self.draw.random() < 0.2:
                self.mirror.sample = [*self.mirror.sample[-40:], (pk, minor, key)]
        return touched

    def _totals_agree(self, touched: set[int]) -> None:
        """I1 over all accounts, I4 over flagged ones, and totals as replayed where touched."""
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        rows = Account.objects.values_list(
            "pk", "currency", "debits_within_credits", "code",
            "debits_posted", "debits_pending", "credits_posted", "credits_pending",
        )  # fmt: skip
        for pk, currency, is_flagged, code, *totals in rows:
            sums[currency][0] += totals[0] - totals[2]
            sums[currency][1] += totals[1] - totals[3]
            if is_flagged:
                assert totals[0] + totals[1] <= totals[2], self.where("I4")
            if code == "rounding":
                assert totals[0] == totals[2], self.where("I11")
            if pk in touched:
                assert totals == self.mirror.totals[pk], self.where(
                    "totals are not their transfers"
                )
        assert all(each == [0, 0] for each in sums.values()), self.where("I1")

    def _nothing_old_changed(self) -> None:
        """I2, by a sample that moves on with the ledger."""
        wanted = self.mirror.sample[-8:]
        found = Transfer.objects.filter(pk__in=[pk for pk, *_ in wanted]).order_by("pk")
        assert list(found.values_list("pk", "amount_minor", "key")) == sorted(wanted), self.where(
            "I2"
        )

    def _batches_only_go_on(self) -> None:
        """I12 and I6: no way back after a purchase, four eyes, one live batch for each."""
        live = SettlementBatch.objects.exclude(state__in=["closed", "void"])
        seen = [pk for pk, state in self.mirror.states.items() if state not in ("closed", "void")]
        rows = SettlementBatch.objects.filter(pk__in=[*seen, *live.values_list("pk", flat=True)])
        for row in rows:
            before = self.mirror.states.get(row.pk, "draft")
            self.mirror.states[row.pk] = row.state
            if row.approved_by_id is not None:
                assert row.approved_by_id != row.made_by_id, self.where("I12 four eyes")
            if row.state == "void":
                assert before in IN_PREPARATION or before == "void", self.where("I12 void")
                continue
            went_back = BATCH_ORDER.index(row.state) < BATCH_ORDER.index(before)
            assert not went_back or (before, row.state) == ("approved", "quoted"), self.where("I12")
        astray = Obligation.objects.filter(batch__state="void")
        assert not astray.exists(), self.where("I6")


STEPS = ("lock", "quote", "approve", "convert", "instruct", "allocate", "close")
"""Steps that people take; what the bank did, only its messages tell."""


@contextmanager
def dying(at: int) -> Iterator[None]:
    """End the process at the ``at``-th write; 0 never."""
    left = at

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        if left and sql.startswith(WRITES):
            left -= 1
            if not left:
                raise Died
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def dearer(batch: SettlementBatch) -> Decimal:
    """What another bank asks for a batch's currency: a thousandth above the mid."""
    mid = rates.mid(batch.currency, books.HOME, clock.today()).rate
    return (mid * Decimal("1.001")).quantize(Decimal("0.0000000001"))


def payments_in(raw: bytes) -> dict[str, int]:
    """Minor units by EndToEndId of a payment file, as a bank would read it."""
    found = {}
    for each in etree.fromstring(raw).iterfind(".//{*}CdtTrfTxInf"):
        name = each.findtext("{*}PmtId/{*}EndToEndId") or ""
        amount = each.find("{*}Amt/{*}InstdAmt")
        found[name] = to_minor(Decimal(amount.text), amount.get("Ccy"))
    return found
