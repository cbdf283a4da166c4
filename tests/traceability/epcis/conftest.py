"""An importer's program that speaks to the event repository."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from core import api_keys, tenancy
from core.api_keys import Scope
from tests.conftest import user_of

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
BOTH = (Scope.EVENTS_READ, Scope.EVENTS_WRITE)
SGTIN = "urn:epc:id:sgtin:0614141.107346."


def event(**more):
    """A bare event; fields are replaced, or left out where they are None."""
    whole = {
        "@context": [CONTEXT, {"ex": "https://ns.example.com/"}],
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "eventTime": "2025-01-02T03:04:05.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"{SGTIN}2017"],
        **more,
    }
    return {name: value for name, value in whole.items() if value is not None}


def document(*events):
    """An EPCIS document with events that have no context of their own."""
    bare = [{name: v for name, v in each.items() if name != "@context"} for each in events]
    return {
        "@context": [CONTEXT, {"ex": "https://ns.example.com/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2025-01-02T03:04:05Z",
        "epcisBody": {"eventList": bare},
    }


class Program:
    """Calls the repository with one key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.client = Client(headers={"Authorization": f"Bearer {key}"})

    def get(self, path="", **more):
        return self.client.get(f"/epcis/{path}", **more)

    def delete(self, path):
        return self.client.delete(f"/epcis/{path}")

    def post(self, path, body, **headers):
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(
            f"/epcis/{path}", data, content_type="application/json", headers=headers
        )

    def found(self, query="", path="events"):
        """The events that an address gives."""
        answer = self.get(f"{path}?{query}")
        assert answer.status_code == 200, answer.content
        return answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]

    def steps(self, query=""):
        return [each["bizStep"] for each in self.found(query)]


def program_of(party, *scopes) -> Program:
    """A program with a new key of a party."""
    user = user_of(party, "importer", name=f"program-{party.pk}-{len(scopes)}")
    with tenancy.acting_for(party.pk):
        _, clear = api_keys.make(
            party, name="p", scopes=scopes or BOTH, lasts=timedelta(days=30), by=user
        )
    return Program(clear)


@pytest.fixture
def program(importer):
    return program_of(importer)


@pytest.fixture
def rival(stranger):
    return program_of(stranger)
