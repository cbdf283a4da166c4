"""The besieged pool, on a day in May on which everything in it has happened.

It is built once for a module, inside a transaction that is rolled back after the module's last
test; each test runs in a savepoint of its own and gets its own copy of the objects.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from core import clock
from core.models import Party, Pool, User
from tests.attacks import world as worlds
from tests.attacks.world import World


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with clock.at(worlds.NOW):
        yield


@pytest.fixture(scope="module")
def standing_world(
    own_folders: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.at(worlds.NOW):
            found = worlds.besieged()
        with django_db_blocker.block():
            yield found
        transaction.set_rollback(True)


@pytest.fixture
def world(standing_world: World, db: None) -> World:
    return deepcopy(standing_world)


@pytest.fixture
def pool(world: World) -> Pool:
    return world.pool


@pytest.fixture
def operator(world: World) -> Party:
    return world.pool.operator


@pytest.fixture
def broker(world: World) -> Party:
    return world.pool.broker


@pytest.fixture
def importer(world: World) -> Party:
    return world.importer


@pytest.fixture
def importer_user(world: World) -> User:
    return world.users["importer"]


@pytest.fixture
def operator_user(world: World) -> User:
    return world.users["operator"]
