"""The kernel's own laws: triggers in place, ledger balanced, fact log whole and signed."""

from collections import defaultdict
from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import F, Max, Min, Q

from core import facts, keys, salts, triggers
from core.domain import merkle
from core.domain.chart import AccountCode
from core.domain.checkpoint import checkpoint_text, read_note
from core.invariants import invariant
from core.models.fact import Fact, LogEntry, LogHead, LogNode
from core.models.ledger import Account, ClosedMonth, Transfer


@invariant("core.triggers_in_place", "Every declared trigger is in the database.")
def triggers_in_place() -> Iterator[str]:
    for name in triggers.missing():
        yield f"trigger {name} is missing; run manage.py migrate"


@invariant("core.totals_equal_transfers", "Each account's four totals are the sum of transfers.")
def totals_equal_transfers() -> Iterator[str]:
    expected = _replayed_totals()
    rows = Account.objects.values_list(
        "pk", "debits_posted", "debits_pending", "credits_posted", "credits_pending"
    )
    for pk, *totals in rows.order_by("pk"):
        if totals != expected[pk]:
            yield f"account {pk} shows {totals}, its transfers give {expected[pk]}"


def _replayed_totals() -> dict[int, list[int]]:
    """Posted and pending debits and credits by account, from the transfers alone."""
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    rows = Transfer.objects.values_list(
        "debit_id", "credit_id", "kind", "amount_minor", "pending__amount_minor"
    )
    for debit, credit, kind, amount, held in rows.iterator():
        posted = amount if kind in ("single", "post") else 0
        pending = {"single": 0, "pending": amount}.get(kind, -(held or 0))
        for account, offset in ((debit, 0), (credit, 2)):
            totals[account][offset] += posted
            totals[account][offset + 1] += pending
    return totals


@invariant("core.books_balance", "Debits equal credits in every currency, held ones too.")
def books_balance() -> Iterator[str]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    rows = Account.objects.values_list(
        "currency", "debits_posted", "credits_posted", "debits_pending", "credits_pending"
    )
    for currency, debits, credits_, debits_held, credits_held in rows:
        sums[currency][0] += debits - credits_
        sums[currency][1] += debits_held - credits_held
    for currency, (posted, held) in sorted(sums.items()):
        if posted or held:
            yield f"{currency}: debits exceed credits by {posted} posted and {held} held"


@invariant("core.transfers_fit_accounts", "A transfer has its accounts' currency and moves > 0.")
def transfers_fit_accounts() -> Iterator[str]:
    wrong = Transfer.objects.filter(
        ~Q(currency=F("debit__currency"))
        | ~Q(currency=F("credit__currency"))
        | Q(amount_minor__lt=1)
    )
    for pk, key in wrong.values_list("pk", "key"):
        yield f"transfer {pk} ({key}) does not fit its accounts"


@invariant("core.no_overdraft", "No flagged account is overdrawn, holds included.")
def no_overdraft() -> Iterator[str]:
    overdrawn = Account.objects.filter(
        Q(debits_within_credits=True, debits_posted__gt=F("credits_posted") - F("debits_pending"))
        | Q(
            credits_within_debits=True, credits_posted__gt=F("debits_posted") - F("credits_pending")
        )
    )
    for account in overdrawn:
        yield f"account {account.pk} ({account}) is overdrawn"


@invariant("core.closed_months_stand_still", "In a closed month nothing was posted afterwards.")
def closed_months_stand_still() -> Iterator[str]:
    last = ClosedMonth.objects.order_by("-month").first()
    if last is None:
        return
    late = Transfer.objects.filter(on__lt=last.open_from, made_at__gt=last.closed_at)
    for pk, key in late.values_list("pk", "key"):
        yield f"transfer {pk} ({key}) was posted before {last.open_from} after that was closed"


@invariant("core.rounding_is_zero", "The rounding account stays at zero.")
def rounding_is_zero() -> Iterator[str]:
    for account in Account.objects.filter(code=AccountCode.ROUNDING):
        if account.credits_posted != account.debits_posted:
            yield f"account {account.pk} holds {account.credits_posted - account.debits_posted}"


@invariant("core.facts_match_leaves", "Each fact still gives the leaf that was hashed for it.")
def facts_match_leaves() -> Iterator[str]:
    expected = 0
    rows = LogEntry.objects.select_related("fact").order_by("position")
    for entry in rows.iterator(chunk_size=2000):
        if entry.position != expected:
            yield f"position {expected} of the log is missing"
            expected = entry.position
        expected += 1
        if merkle.leaf_hash(facts.leaf_of(entry.fact)) != bytes(entry.leaf_hash):
            yield f"fact {entry.fact_id} at position {entry.position} was changed"


@invariant("core.facts_bear_their_salt", "Each fact bears the salt of the service that wrote it.")
def facts_bear_their_salt() -> Iterator[str]:
    ring = keys.ring()
    older = salts.older(ring)
    for fact in Fact.objects.select_related("entry").order_by("pk").iterator(chunk_size=2000):
        place = fact.entry.position if hasattr(fact, "entry") else None
        if not salts.fits(fact, ring) and not older.hold(fact.pk, place):
            yield f"fact {fact.pk} was changed, or put in by hand"
    copies = Fact.objects.values("salt").annotate(first=Min("pk"), last=Max("pk"))
    for copy in copies.filter(last__gt=F("first")).order_by("last"):
        yield f"fact {copy['last']} repeats fact {copy['first']} to the letter"


@invariant("core.tree_matches_leaves", "The stored tree is the tree over the leaves.")
def tree_matches_leaves() -> Iterator[str]:
    nodes = {(n.level, n.index): bytes(n.hash) for n in LogNode.objects.all().iterator()}
    built: dict[merkle.Node, bytes] = {}
    leaves = LogEntry.objects.order_by("position").values_list("leaf_hash", flat=True)
    for position, leaf in enumerate(leaves.iterator()):
        made = merkle.new_nodes(position, bytes(leaf), lambda level, i: built[(level, i)])
        built.update({(level, index): value for level, index, value in made})
    for key in sorted(built.keys() | nodes.keys()):
        if built.get(key) != nodes.get(key):
            yield f"node {key[0]}/{key[1]} of the tree does not match its leaves"


@invariant("core.heads_are_signed", "Each signed head has the root of the tree at its size.")
def heads_are_signed() -> Iterator[str]:
    nodes = {(n.level, n.index): bytes(n.hash) for n in LogNode.objects.all().iterator()}
    public_keys = [Ed25519PublicKey.from_public_bytes(key) for key in keys.ring().log_public_keys()]
    for head in LogHead.objects.order_by("size"):
        fault = _head_fault(head, nodes, public_keys)
        if fault:
            yield f"head of size {head.size}: {fault}"


def _head_fault(
    head: LogHead, nodes: dict[merkle.Node, bytes], public_keys: list[Ed25519PublicKey]
) -> str:
    try:
        root = merkle.root(head.size, lambda level, index: nodes[(level, index)])
    except KeyError:
        return "the tree is shorter than what was signed"
    try:
        text, signatures = read_note(head.note)
    except ValueError:
        return "the signed head is malformed"
    if root != bytes(head.root):
        return "the tree gives another root"
    if text != checkpoint_text(text.split("\n", 1)[0], head.size, root):
        return "the signed text names another tree"
    if not all(_is_signed(raw, text, public_keys) for _, _, raw in signatures):
        return "the signature does not verify"
    return ""


def _is_signed(signature: bytes, text: str, public_keys: list[Ed25519PublicKey]) -> bool:
    for public_key in public_keys:
        try:
            public_key.verify(signature, text.encode())
        except InvalidSignature:
            continue
        return True
    return False


@invariant("core.log_reaches_its_head", "The log ends where its newest head says.")
def log_reaches_its_head() -> Iterator[str]:
    newest = LogHead.objects.order_by("-size").first()
    covered = newest.size if newest else 0
    placed = LogEntry.objects.count()
    if placed != covered:
        yield f"{placed} facts are placed, the newest head covers {covered}"
