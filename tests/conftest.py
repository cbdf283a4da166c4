"""What every test starts from: keys and documents in a folder of its own, and a small pool."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import translation
from hypothesis import HealthCheck, settings

from core import tenancy
from core.keys import KeyRing
from core.models import Membership, Party, Pool, Role, User

pytest_plugins = ["tests.left_out"]

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("steady", UNTIMED, derandomize=True)
settings.register_profile("searching", UNTIMED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
"""Laws are tried on the same examples in every run; HYPOTHESIS_PROFILE=searching draws new ones.
No test judges a time."""


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("var")
    KeyRing.make(folder / "keys")
    with override_settings(
        KEY_DIR=folder / "keys",
        DOCUMENT_DIR=folder / "documents",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        KeyRing.make(folder / "keys")
        yield folder


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Each test starts in English, whatever language a page of the test before spoke."""
    with translation.override("en"):
        yield


def party(kind: str, code: str, **more: str) -> Party:
    fields = {"name": code.title(), "name_zh": code, "country": "CN", **more}
    return Party.objects.create(kind=kind, code=code, **fields)


OPERATOR = {"name": "Beilun Pool Services", "name_zh": "北仑联仓"}
BROKER = {"customs_code": "3105980001"}
IMPORTER = {"name": "Kowhai Trading", "customs_code": "310596K001"}
STRANGER = {"name": "Other Seller", "customs_code": "310596K002"}


@pytest.fixture
def operator(db: None) -> Party:
    return party(Party.Kind.OPERATOR, "operator", **OPERATOR)


@pytest.fixture
def broker(db: None) -> Party:
    return party(Party.Kind.BROKER, "broker", **BROKER)


@pytest.fixture
def importer(db: None) -> Party:
    return party(Party.Kind.IMPORTER, "kowhai", **IMPORTER)


@pytest.fixture
def stranger(db: None) -> Party:
    return party(Party.Kind.IMPORTER, "stranger", **STRANGER)


@pytest.fixture
def pool(operator: Party, broker: Party) -> Pool:
    return small_pool(operator, broker)


def small_pool(operator: Party, broker: Party) -> Pool:
    return Pool.objects.create(
        code="ningbo-2025",
        name="Ningbo Beilun pool",
        name_zh="宁波北仑联仓",
        year=2025,
        operator=operator,
        keeper=operator,
        broker=broker,
        zone_code="3105W90001",
        zone_name="Ningbo Beilun bonded zone",
        zone_name_zh="宁波北仑保税区",
        customs_district="3105",
        port="CNNGB",
    )


def user_of(member_of: Party, role: str, name: str = "") -> User:
    user = User.objects.create_user(username=name or f"user-of-{member_of.code}", password="secret")
    Membership.objects.create(user=user, party=member_of, role=role)
    return user


@pytest.fixture
def importer_user(importer: Party) -> User:
    return user_of(importer, Role.IMPORTER)


@pytest.fixture
def stranger_user(stranger: Party) -> User:
    return user_of(stranger, Role.IMPORTER)


@pytest.fixture
def operator_user(operator: Party) -> User:
    return user_of(operator, Role.OPERATOR)


@pytest.fixture
def broker_user(broker: Party) -> User:
    return user_of(broker, Role.BROKER)


@pytest.fixture
def pool_in_view() -> Iterator[None]:
    with tenancy.as_operator("test"):
        yield
