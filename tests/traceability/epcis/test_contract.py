"""The repository against GS1's own description: whatever is sent, it answers as that says."""

import json
from contextlib import suppress

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from config.wsgi import application
from tests.shared_data import oracle
from tests.traceability.epcis.conftest import document, event, program_of
from traceability.epcis import gate

DESCRIPTION = "trace/gs1-EPCIS/REST Bindings/openapi-python.json"
CHECKS = [not_a_server_error, status_code_conformance]


def searching(examples: int) -> settings:
    """So many requests for each operation."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def described():
    told = json.loads(oracle(DESCRIPTION).read_text())
    told["servers"] = [{"url": "/epcis"}]
    schema = schemathesis.openapi.from_dict(told)
    schema.app = application
    return schema


@pytest.fixture(autouse=True)
def own_connection(headers):
    """Calls go to the application itself, which must not close the test's own connection.

    After ``headers``, whose own client connects the signals again.
    """
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def headers(importer, monkeypatch):
    """The key of a program whose importer has an event, a query and a subscription."""
    monkeypatch.setattr(gate, "CALLS", 10**9)
    program = program_of(importer)
    program.post("capture", document(event(), event(bizStep="shipping")))
    program.post("queries", {"name": "myQuery", "query": {"EQ_bizStep": ["shipping"]}})
    return {"Authorization": f"Bearer {program.key}"}


def hold(described, headers, examples, mode):
    """Every operation answers without a fault of ours, with a status that is described.

    The paths and methods that were asked.
    """
    asked = set()
    for found in described.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @searching(examples)
        def law(case):
            with transaction.atomic():
                response = case.call(headers=headers)
                transaction.set_rollback(True)
            case.validate_response(response, checks=CHECKS)
            asked.add((case.path, case.method))

        with suppress(Unsatisfiable):  # an operation without parameters has nothing to spoil
            law()
    return asked


@pytest.mark.django_db
def test_every_operation_answers_as_described(described, headers):
    assert len(hold(described, headers, 2, GenerationMode.POSITIVE)) > 55


@pytest.mark.deep
@pytest.mark.django_db
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_answers_as_described_to_whatever_is_sent(described, headers, mode):
    assert len(hold(described, headers, 20, mode)) > 20


@pytest.mark.django_db
def test_all_29_paths_are_served(described, headers):
    count = sum(1 for _ in described.get_all_operations())

    assert (len(described.raw_schema["paths"]), count) == (29, 63)
