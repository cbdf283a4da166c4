"""Personal data in and out of the vault; everything else in the system carries ids only."""

import json
import logging
import secrets
from collections.abc import Mapping

from django.db import transaction

from core import clock, keys, tenancy
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
    plain = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()
    person.wrapped_key = keys.ring().seal("vault", own_key, _context(person))
    person.sealed = keys.seal(own_key, plain, _context(person))
    person.masked = {name: mask(name, value) for name, value in fields.items()}
    person.save()
    _index(person, fields)
    if known or _is_first(person, data):
        return person
    person.delete()
    return keep(data)


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
            PersonIndex(person=person, field=name, digest=_digest(name, fields[name]))
            for name in INDEXED
            if fields.get(name)
        ),
        ignore_conflicts=True,
    )


def _context(person: Person) -> bytes:
    return f"person:{person.pk}".encode()


def _digest(field: str, value: str) -> bytes:
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
        field=field, digest=_digest(field, value)
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
