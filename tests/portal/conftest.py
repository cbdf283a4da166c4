"""One member of each role."""

import pytest

from core.models import Membership, Party, Role, User

PASSWORD = "a sea-worthy passphrase"


def member(role: Role, name: str) -> Membership:
    party = Party.objects.create(kind=role.value, code=name, name=f"{name} Ltd", country="NZ")
    user = User.objects.create_user(username=name, password=PASSWORD)
    return Membership.objects.create(user=user, party=party, role=role)


@pytest.fixture
def importer(db):
    return member(Role.IMPORTER, "kowhai")


@pytest.fixture
def operator(db):
    return member(Role.OPERATOR, "beilun")


@pytest.fixture
def broker(db):
    return member(Role.BROKER, "anchor")


@pytest.fixture
def as_importer(client, importer):
    client.force_login(importer.user)
    return client


@pytest.fixture
def as_operator(client, operator):
    client.force_login(operator.user)
    return client


@pytest.fixture
def as_broker(client, broker):
    client.force_login(broker.user)
    return client
