"""A shop with a key, and a pool in which its importer has goods."""

import json
from datetime import timedelta

import pytest

from core import api_keys, tenancy
from core.api_keys import Scope
from tests.customs.conftest import formula, honey, may_day, stocked
from tests.customs.shop import Shop as Sellers
from tests.portal.api.bodies import an_order

__all__ = ["formula", "honey", "may_day", "stocked"]


class Shop:
    """Calls the API with a key."""

    def __init__(self, client, clear):
        self.client = client
        self.clear = clear

    def call(self, method, path, body=None, **headers):
        """The status and the decoded body of a call."""
        answer = self.raw(method, path, body, **headers)
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def raw(self, method, path, body=None, **headers):
        """The response of a call."""
        content = body if isinstance(body, str) else json.dumps(body)
        return self.client.generic(
            method,
            f"/api/v1{path}",
            data=content if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.clear}", **headers},
        )

    def order(self, body, key="first"):
        """Send an order."""
        return self.call("POST", "/orders", body, **{"Idempotency-Key": key})


def key_for(importer, user, scopes=tuple(Scope)):
    """A live key's clear text."""
    with tenancy.acting_for(importer):
        return api_keys.make(
            importer, name="shop", scopes=scopes, lasts=timedelta(days=30), by=user
        )[1]


@pytest.fixture
def shop(client, importer, importer_user):
    return Shop(client, key_for(importer, importer_user))


@pytest.fixture
def other_shop(client, stranger, stranger_user):
    return Shop(client, key_for(stranger, stranger_user))


@pytest.fixture
def order_body(stocked, formula):
    """Two tins at 250.00 with their tax, as the shop sends them."""
    Sellers.open(stocked, formula)
    return an_order("ningbo-2025", formula.sku)
