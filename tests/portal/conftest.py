"""A browser signed in as each role."""

import pytest


@pytest.fixture
def as_importer(client, importer_user):
    client.force_login(importer_user)
    return client


@pytest.fixture
def as_operator(client, operator_user):
    client.force_login(operator_user)
    return client


@pytest.fixture
def as_broker(client, broker_user):
    client.force_login(broker_user)
    return client
