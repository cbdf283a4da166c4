"""Every address names its action; every action stands in the access table."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from core import access
from core.api_keys import Scope
from portal.api.description import description
from portal.api.gate import Bearer, api


def addresses(patterns, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product with its pattern."""
    for entry in patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, where)
        else:
            yield where, entry


EVENTS = {Scope.EVENTS_READ, Scope.EVENTS_WRITE}
"""What the event repository asks for."""
ALL = dict(addresses(get_resolver().url_patterns))


def test_every_address_says_who_may_use_it():
    unmarked = [where for where, entry in ALL.items() if not hasattr(entry.callback, "action")]
    assert unmarked == []


def test_every_action_that_a_page_names_stands_in_the_table():
    named = {entry.callback.action for entry in ALL.values()} - {"public", "api", "epcis"}
    assert named - set(access.table) == set()


def test_no_role_is_given_an_action_that_no_page_or_service_has():
    assert all(roles for roles in access.table.values())


def test_every_operation_of_the_api_asks_for_a_key_with_a_scope():
    bound = [op for view in _views() for op in view.operations]

    assert [op.operation_id for op in bound if _guards(op) != [Bearer]] == []
    assert {op.auth_callbacks[0].scope for op in bound} == set(Scope) - EVENTS


def test_the_description_names_the_scope_that_the_gate_asks_for():
    asked = {op.operation_id: [str(_scope(op))] for view in _views() for op in view.operations}
    told = {
        operation["operationId"]: operation["security"][0]["Bearer"]
        for methods in description()["paths"].values()
        for operation in methods.values()
    }

    assert told == asked


def test_only_the_event_repository_is_behind_its_own_gate():
    marked = {where for where, entry in ALL.items() if entry.callback.action == "epcis"}
    public = {"epcis/nextPageToken/<path:token>", "epcis/soap"}

    assert marked == {where for where in ALL if where.startswith("epcis/")} - public


def test_only_operations_of_the_api_are_marked_as_its_own():
    marked = {where for where, entry in ALL.items() if entry.callback.action == "api"}

    assert marked == {
        where
        for where in ALL
        if where.startswith("api/v1/") and not where.endswith(("openapi.json", "docs/"))
    }


def _views():
    return [view for _, router in api._routers for view in router.path_operations.values()]


def _guards(operation):
    return [type(each) for each in operation.auth_callbacks]


def _scope(operation):
    return operation.auth_callbacks[0].scope
