import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction

from core import facts, kernel_laws, keys
from core.domain import merkle
from core.domain.checkpoint import read_note
from core.models import Fact, LogCursor, LogEntry, LogHead, LogNode
from tests.intruder import change_by_sql

NAME = "test.thing.happened"
facts.register(NAME, fields={"units", "note"})


def add(count: int, units: int = 7) -> list[Fact]:
    return facts.append_many([(NAME, f"thing:{n}", {"units": units}) for n in range(count)])


def test_facts_get_their_places_in_the_order_in_which_they_were_added(db):
    add(3)

    assert facts.sequence() == 3
    assert [fact.subject for fact in facts.read()] == ["thing:0", "thing:1", "thing:2"]
    assert [fact.position for fact in facts.read()] == [0, 1, 2]


def test_sequencing_again_adds_nothing(db):
    add(2)
    facts.sequence()

    assert facts.sequence() == 0
    assert LogHead.objects.count() == 1


def test_a_longer_log_has_the_root_of_all_its_leaves(db, monkeypatch):
    monkeypatch.setattr(facts, "STEP", 4)
    add(11)

    facts.sequence()

    leaves = [
        bytes(x) for x in LogEntry.objects.order_by("position").values_list("leaf_hash", flat=True)
    ]
    nodes = {}
    for size, leaf in enumerate(leaves):
        for level, index, value in merkle.new_nodes(size, leaf, lambda a, b: nodes[(a, b)]):
            nodes[(level, index)] = value
    assert bytes(facts.head().root) == merkle.root(11, lambda a, b: nodes[(a, b)])
    assert [head.size for head in LogHead.objects.order_by("size")] == [4, 8, 11]


def test_the_head_is_signed_by_the_key_of_the_log(db):
    add(1)
    facts.sequence()

    text, signatures = read_note(facts.head().note)

    public = Ed25519PublicKey.from_public_bytes(keys.ring().public_key())
    assert public.verify(signatures[0][2], text.encode()) is None
    assert text.startswith(facts.origin() + "\n1\n")


def test_a_fact_that_nobody_registered_is_a_bug(db):
    with pytest.raises(facts.UnknownFact):
        facts.append("test.unheard.of", subject="x", data={})
    with pytest.raises(facts.UnknownFact):
        facts.append(NAME, subject="x", data={"buyer_name": "张"})


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Fact, {"subject": "x"}),
        (LogEntry, {"leaf_hash": b"x"}),
        (LogNode, {"hash": b"x"}),
        (LogHead, {"note": "x"}),
    ],
)
def test_nothing_in_the_log_can_be_changed_or_removed(model, change, db):
    add(2)
    facts.sequence()

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**change)


def test_a_reader_sees_each_fact_once_even_when_it_asks_again(db):
    add(5)
    facts.sequence()
    seen = []

    facts.follow("test.reader", [NAME], lambda rows: seen.extend(r.position for r in rows))
    facts.follow("test.reader", [NAME], lambda rows: seen.extend(r.position for r in rows))

    assert seen == [0, 1, 2, 3, 4]


def test_a_reader_that_fails_starts_again_where_its_effects_ended(db):
    add(5)
    facts.sequence()
    seen = []

    def fail(rows):
        seen.extend(row.position for row in rows)
        if 2 in seen:
            raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        facts.follow("test.reader", [NAME], fail, limit=2)

    cursor = LogCursor.objects.filter(reader="test.reader").first()
    assert cursor is None or cursor.position == 2


FIRST_LEAF = "(SELECT leaf_hash FROM core_logentry WHERE position = 0)"
FIRST_FACT = "(SELECT min(id) FROM core_fact)"
LEAVES, TREE, HEADS = (
    "core.facts_match_leaves",
    "core.tree_matches_leaves",
    "core.heads_are_signed",
)

INTRUSIONS = {
    "a fact's data": (
        f"UPDATE core_fact SET data = '{{\"units\": 8}}' WHERE id = {FIRST_FACT}",
        LEAVES,
    ),
    "a fact's subject": (
        f"UPDATE core_fact SET subject = 'thing:9' WHERE id = {FIRST_FACT}",
        LEAVES,
    ),
    "a fact's actor": ("UPDATE core_fact SET actor = 'user:9'", LEAVES),
    "a leaf": (
        f"UPDATE core_logentry SET leaf_hash = {FIRST_LEAF} WHERE position = 1",
        LEAVES,
    ),
    "a node": (f"UPDATE core_lognode SET hash = {FIRST_LEAF} WHERE level = 1", TREE),
    "the tail cut off": ("DELETE FROM core_logentry WHERE position = 4", TREE),
    "a row out of the middle": ("DELETE FROM core_logentry WHERE position = 2", LEAVES),
    "the signed text": (
        "UPDATE core_loghead SET note = replace(note, 'log', 'lag')",
        HEADS,
    ),
}


@pytest.mark.parametrize(("sql", "law"), INTRUSIONS.values(), ids=INTRUSIONS)
def test_whatever_is_changed_by_sql_is_found(sql, law, db):
    add(5)
    facts.sequence()

    change_by_sql(sql)

    broken = [name for name, check in _log_laws().items() if list(check())]
    assert broken[0] == law


def _log_laws():
    return {
        "core.facts_match_leaves": kernel_laws.facts_match_leaves,
        "core.tree_matches_leaves": kernel_laws.tree_matches_leaves,
        "core.heads_are_signed": kernel_laws.heads_are_signed,
    }


def test_the_sequencer_does_not_sign_over_a_damaged_tree(db):
    add(3)
    facts.sequence()
    change_by_sql(f"UPDATE core_lognode SET hash = {FIRST_LEAF} WHERE level = 1")
    add(1)

    with pytest.raises(facts.LogDamaged):
        facts.sequence()

    assert facts.head().size == 3
