"""Personal data in and out of the vault; everything else in the system carries ids only."""

import json
import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from django.db import transaction

from core import bulk, clock, keys, tenancy
from core.domain.errors import Refusal
from core.domain.masking import mask
from core.models.vault import Person, PersonIndex

log = logging.getLogger(__name__)

INDEXED = ("id_number", "email")


class PersonErased(Refusal):
    """Raised when the data of an erased person is asked for."""

    code = "person-erased"
    reason = "The personal data of person {person} was erased on request."
    remedy = "It cannot be restored; go on with the records that carry no personal data."


@transaction.atomic
def keep(data: Mapping[str, str]) -> Person:
    """Store a person's fields (name, id_number, email, phone, address), or find who has them.

    The same identity number or mail address leads to the same person; newer fields replace
    older ones.
    """
    known = _known(data)
    person = known or Person.objects.create(kept_at=clock.now())
    own_key = _own_key(person) if known else secrets.token_bytes(32)
    fields = {**_fields(person, own_key), **data} if known else dict(data)
    _seal(_Entry(person, own_key, fields))
    person.save()
    _index(person, fields)
    if known or _is_first(person, data):
        return person
    person.delete()
    return keep(data)


def keep_many(rows: Sequence[Mapping[str, str]]) -> list[Person]:
    """Keep people as :func:`keep` does, one after another. Six queries, whatever the number.

    Raises:
        IntegrityError: somebody else kept one of them at the same moment; nothing was kept.
    """
    with transaction.atomic(savepoint=False):
        gathering = _Gathering(_people_by(key for row in rows for key in _keys(row)))
        kept = [gathering.keep(row) for row in rows]
        gathering.write()
    return [entry.person for entry in kept]


_Key = tuple[str, bytes]
"""An indexed field and the digest of its value."""


@dataclass
class _Entry:
    """A person while several are kept: what is known of them by now, under their own key."""

    person: Person
    own_key: bytes
    fields: dict[str, str]


class _Gathering:
    """People who are kept together, found among those known and among each other."""

    def __init__(self, known: Mapping[_Key, Person]) -> None:
        self.known = known
        self.by_key: dict[_Key, _Entry] = {}
        self.old: dict[int, _Entry] = {}
        self.new: list[_Entry] = []

    def keep(self, row: Mapping[str, str]) -> _Entry:
        """The entry of a person, with the fields of this row in it."""
        entry = next(filter(None, map(self._found, _keys(row))), None)
        if entry is None:
            entry = _Entry(Person(kept_at=clock.now()), secrets.token_bytes(32), dict(row))
            self.new.append(entry)
        else:
            entry.fields.update(row)
        for key in _keys(row):
            if key not in self.known:
                self.by_key.setdefault(key, entry)
        return entry

    def _found(self, key: _Key) -> _Entry | None:
        person = self.known.get(key)
        if person is None:
            return self.by_key.get(key)
        if person.pk not in self.old:
            own_key = _own_key(person)
            self.old[person.pk] = _Entry(person, own_key, _fields(person, own_key))
        return self.old[person.pk]

    def write(self) -> None:
        """Seal everybody; new people get their ids, known ones their newer fields."""
        for entry, number in zip(self.new, bulk.ids(Person, len(self.new)), strict=True):
            entry.person.pk = number
        for entry in (*self.new, *self.old.values()):
            _seal(entry)
        bulk.insert(Person, ("id", *_SEALED, "kept_at"), map(_new_row, self.new))
        bulk.update(Person, _SEALED, [(pk, *_sealed(x)) for pk, x in sorted(self.old.items())])
        PersonIndex.objects.bulk_create(
            PersonIndex(person=entry.person, field=name, digest=digested)
            for (name, digested), entry in sorted(self.by_key.items(), key=itemgetter(0))
        )


_SEALED = ("wrapped_key", "sealed", "masked")


def _sealed(entry: _Entry) -> tuple[object, ...]:
    return (entry.person.wrapped_key, entry.person.sealed, entry.person.masked)


def _new_row(entry: _Entry) -> tuple[object, ...]:
    return (entry.person.pk, *_sealed(entry), entry.person.kept_at)


def _seal(entry: _Entry) -> None:
    person, context = entry.person, _context(entry.person)
    plain = json.dumps(entry.fields, ensure_ascii=False, sort_keys=True).encode()
    person.wrapped_key = keys.ring().seal("vault", entry.own_key, context)
    person.sealed = keys.seal(entry.own_key, plain, context)
    person.masked = {name: mask(name, value) for name, value in entry.fields.items()}


def _keys(row: Mapping[str, str]) -> list[_Key]:
    return [(name, digest(name, row[name])) for name in INDEXED if row.get(name)]


def _people_by(keys_: Iterable[_Key]) -> dict[_Key, Person]:
    """Known people by indexed values, locked in the order of their ids. One query."""
    wanted = set(keys_)
    rows = PersonIndex.objects.select_related("person").filter(
        field__in={name for name, _ in wanted}, digest__in=[each for _, each in wanted]
    )
    locked = rows.select_for_update(of=("person",), no_key=True).order_by("person_id")
    found = {(row.field, bytes(row.digest)): row.person for row in locked}
    return {key: person for key, person in found.items() if key in wanted}


def find_many(field: str, values: Iterable[str]) -> dict[bytes, Person]:
    """The people with values of an indexed field, by digest, locked until the transaction ends.

    One query; who has none of the values is not in it.
    """
    found = _people_by((field, digest(field, value)) for value in values)
    return {digested: person for (_, digested), person in found.items()}


def _is_first(person: Person, data: Mapping[str, str]) -> bool:
    """Whether nobody else kept the same person at the same moment; the index has one of two."""
    indexed = _known(data)
    return indexed is None or indexed.pk == person.pk


def _known(data: Mapping[str, str]) -> Person | None:
    """The person who has one of the indexed fields already."""
    found = (find(field, data[field]) for field in INDEXED if data.get(field))
    return next((person for person in found if person), None)


def _index(person: Person, fields: Mapping[str, str]) -> None:
    PersonIndex.objects.bulk_create(
        (
            PersonIndex(person=person, field=name, digest=digest(name, fields[name]))
            for name in INDEXED
            if fields.get(name)
        ),
        ignore_conflicts=True,
    )


def _context(person: Person) -> bytes:
    return f"person:{person.pk}".encode()


def digest(field: str, value: str) -> bytes:
    """The keyed digest under which the index has a value of a field; case and blanks aside."""
    return keys.ring().hmac("index", f"{field}:{value.strip().upper()}".encode())


def _own_key(person: Person) -> bytes:
    if person.wrapped_key is None:
        raise PersonErased(person=person.pk)
    return keys.ring().unseal("vault", bytes(person.wrapped_key), _context(person))


def _fields(person: Person, own_key: bytes) -> dict[str, str]:
    sealed = bytes(person.sealed or b"")
    fields: dict[str, str] = json.loads(keys.unseal(own_key, sealed, _context(person)))
    return fields


def find(field: str, value: str) -> Person | None:
    """The person with that value of an indexed field."""
    row = PersonIndex.objects.select_related("person").filter(
        field=field, digest=digest(field, value)
    )
    found = row.first()
    return found.person if found else None


def reveal(person: Person, purpose: str) -> dict[str, str]:
    """The person's fields in clear, for a stated purpose that is logged with the actor.

    Raises:
        PersonErased: the key was destroyed.
    """
    log.info("revealed person %s to %s for %s", person.pk, tenancy.actor(), purpose)
    return _fields(person, _own_key(person))


def masked(person: Person) -> dict[str, str]:
    """The fields as screens and prints may show them; empty once erased. No query."""
    return dict(person.masked)


@transaction.atomic
def erase(person: Person) -> None:
    """Destroy the person's key, data and index. Repeating it changes nothing."""
    PersonIndex.objects.filter(person=person).delete()
    Person.objects.filter(pk=person.pk, erased_at__isnull=True).update(
        wrapped_key=None, sealed=None, masked={}, erased_at=clock.now()
    )
