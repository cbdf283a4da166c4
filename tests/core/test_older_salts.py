"""Facts that were written before salts were keyed keep their places after an upgrade."""

import os

import pytest

from core import facts, kernel_laws, older_salts, salts
from core.models import Fact, LogEntry
from tests.core.test_facts import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def upgraded(monkeypatch):
    """Two facts with random salts in the log, a third that waits, and the note of an upgrade."""
    with monkeypatch.context() as before:
        before.setattr(salts, "drawn", lambda *_: os.urandom(salts.SALT_BYTES))
        before.setattr(salts, "fits", lambda *_: True)
        add(2)
        facts.sequence()
        add(1)
    assert older_salts.note()
    return list(Fact.objects.order_by("pk"))


def put_in_by_hand(**fields):
    """A copy of the oldest fact, as somebody with the database's password could insert it."""
    copy = Fact.objects.order_by("pk")[0]
    copy.pk, copy.salt = None, os.urandom(salts.SALT_BYTES)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)
    return copy


def faults():
    return list(kernel_laws.facts_bear_their_salt())


def test_one_keyed_fact_vouches_for_them_and_what_waited_gets_its_place(upgraded):
    facts.sequence()

    assert faults() == []
    assert upgraded[3].data == {"size": 2, "waiting": [upgraded[2].pk]}
    assert LogEntry.objects.count() == 4


def test_the_next_migrate_writes_no_second_note(upgraded):
    assert not older_salts.note()


def test_a_fact_put_in_by_hand_after_the_upgrade_is_named_and_gets_no_place(upgraded):
    copy = put_in_by_hand()

    facts.sequence()

    assert faults() == [f"fact {copy.pk} was changed, or put in by hand"]
    assert not LogEntry.objects.filter(fact=copy.pk).exists()


def test_a_note_put_in_by_hand_vouches_for_nothing(db):
    add(1)
    copy = put_in_by_hand(subject="thing:9")
    note = put_in_by_hand(name=salts.KEYED, data={"size": 9, "waiting": [copy.pk]})

    assert [fault.split()[1] for fault in faults()] == [str(copy.pk), str(note.pk)]


def test_a_fact_copied_to_the_letter_is_named(db):
    (first,) = add(1)
    copy = put_in_by_hand(salt=first.salt)

    assert faults() == [f"fact {copy.pk} repeats fact {copy.pk - 1} to the letter"]


def test_a_log_that_was_keyed_from_its_first_fact_needs_no_note(db):
    add(1)

    assert not older_salts.note()
    assert faults() == []
