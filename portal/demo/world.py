"""The world before the year: reference data, parties, users, products, offers, account book."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from core.models import Appointment, Membership, Party, Pool, Role, User
from portal.demo import catalogue
from portal.demo.catalogue import ImporterRow
from portal.demo.figures import SignIn

ZONE_CODE = "3302W6P002"
DISTRICT = "3105"
PORT_OF_ENTRY = "CNNGB"
IMPORTERS_WITH_SIGN_IN = 2


@dataclass
class World:
    """Everybody and everything the year is played with."""

    pool: Pool
    parties: dict[str, Party]
    importers: dict[str, Party]
    suppliers: dict[str, Party]
    users: dict[str, User] = field(default_factory=dict)
    sign_ins: list[SignIn] = field(default_factory=list)


@transaction.atomic
def make_parties(year: int, importers: Sequence[ImporterRow]) -> World:
    """The pool with its parties, users and appointments."""
    parties = {row.code: _party(row) for row in catalogue.parties()}
    members = {row.code: _importer(row, year) for row in importers}
    suppliers = {row.code: _supplier(row) for row in catalogue.suppliers()}
    pool = Pool.objects.create(
        code=f"ningbo-{year}",
        name=f"Ningbo demonstration pool {year}",
        name_zh=f"宁波演示共享仓 {year}",
        year=year,
        operator=parties["OPERATOR"],
        keeper=parties["KEEPER"],
        broker=parties["BROKER"],
        zone_code=ZONE_CODE,
        zone_name="Ningbo bonded zone (simulated)",
        zone_name_zh="宁波保税区（模拟）",
        customs_district=DISTRICT,
        port=PORT_OF_ENTRY,
        is_simulated=True,
    )
    world = World(pool, parties, members, suppliers)
    _appoint(world, date(year - 1, 9, 1))
    _make_users(world)
    return world


def _party(row: catalogue.PartyRow) -> Party:
    return Party.objects.create(
        kind=row.kind,
        code=row.code,
        name=row.name,
        name_zh=row.name_zh,
        country="CN",
        uscc=row.uscc,
        customs_code=row.customs_code,
        town="Ningbo",
        street="Simulated Road 1",
        postcode="315800",
    )


def _importer(row: ImporterRow, year: int) -> Party:
    return Party.objects.create(
        kind=Party.Kind.IMPORTER,
        code=row.code,
        name=row.name,
        name_zh=row.name_zh,
        country="HK",
        uscc=row.uscc,
        customs_code=row.customs_code,
        joined_on=date(year - 1, 9, 1),
    )


def _supplier(row: catalogue.SupplierRow) -> Party:
    town = f"{row.town} {row.subdivision}".strip()
    return Party.objects.create(
        kind=Party.Kind.SUPPLIER,
        code=row.code,
        name=row.name,
        name_zh=row.name_zh,
        country=row.country,
        street=f"{row.street} {row.building_number}",
        town=town,
        postcode=row.post_code,
    )


def _appoint(world: World, day: date) -> None:
    """Agent and guarantor is the operator; every importer sells on the one simulated platform."""
    by_kind = {
        Appointment.Kind.DOMESTIC_AGENT: world.parties["OPERATOR"],
        Appointment.Kind.GUARANTOR: world.parties["OPERATOR"],
        Appointment.Kind.PAYER_OF_RECORD: world.parties["OPERATOR"],
        Appointment.Kind.PLATFORM: world.parties["PLATFORM"],
    }
    Appointment.objects.bulk_create(
        Appointment(importer_id=importer.pk, kind=kind, party=party, valid_from=day)
        for importer in world.importers.values()
        for kind, party in by_kind.items()
    )


def _make_users(world: World) -> None:
    """Two operators (one makes, one checks), a broker, and users of the first importers."""
    operator, broker = world.parties["OPERATOR"], world.parties["BROKER"]
    _user(world, "operator", operator, Role.OPERATOR)
    _user(world, "checker", operator, Role.OPERATOR)
    _user(world, "broker", broker, Role.BROKER)
    for code in list(world.importers)[:IMPORTERS_WITH_SIGN_IN]:
        _user(world, code.lower(), world.importers[code], Role.IMPORTER)


def _user(world: World, username: str, party: Party, role: Role) -> None:
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(username=username, password=password)
    Membership.objects.create(user=user, party=party, role=role)
    world.users[username] = user
    world.sign_ins.append(SignIn(role.value, username, password))
