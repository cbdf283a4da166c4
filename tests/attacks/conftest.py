"""The besieged pool, on a day in May on which everything in it has happened."""

from collections.abc import Iterator

import pytest

from core import clock
from core.models import Party, Pool
from tests.attacks import world as worlds
from tests.attacks.world import World


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with clock.at(worlds.NOW):
        yield


@pytest.fixture
def world(pool: Pool, importer: Party, stranger: Party) -> World:
    return worlds.build(pool, importer, stranger)
