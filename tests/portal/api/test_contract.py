"""The API against its own description: whatever is sent, it answers as it says it does."""

import json

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from core.api_keys import Scope
from portal.api import gate
from portal.api.description import description, operations
from tests.portal.api.conftest import key_for

NAMES = [each["name"] for each in operations()]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SMALL = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described():
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(description())))
    schema.app = application
    return schema


@pytest.fixture(autouse=True)
def own_connection():
    """Calls go to the application itself, which must not close the test's own connection."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture(autouse=True)
def no_limit(monkeypatch):
    monkeypatch.setattr(gate, "CALLS", 1_000_000)


def statuses(described, name, headers) -> set[int]:
    """The statuses with which generated calls of an operation are answered, each one checked."""
    seen = set()

    @SMALL
    @given(case=described.find_operation_by_id(name).as_strategy())
    def call(case):
        case.headers = {**(case.headers or {}), **headers}
        answer = case.call()
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    call()
    return seen


@pytest.mark.parametrize("name", NAMES)
def test_with_a_key_every_answer_is_one_that_the_description_names(
    name, described, importer, importer_user, stocked
):
    key = key_for(importer, importer_user)

    assert statuses(described, name, {"Authorization": f"Bearer {key}"}) <= {
        200, 201, 204, 400, 404, 409, 422,
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_without_a_key_every_call_is_turned_away(name, described, db):
    assert statuses(described, name, {"Authorization": "Bearer none"}) == {401}


@pytest.mark.parametrize("name", NAMES)
def test_with_a_key_of_another_scope_every_call_is_forbidden(
    name, described, importer, importer_user
):
    asked = {each["name"]: each["scope"] for each in operations()}[name]
    others = [scope for scope in Scope if scope != asked]
    key = key_for(importer, importer_user, others)

    assert statuses(described, name, {"Authorization": f"Bearer {key}"}) == {403}
