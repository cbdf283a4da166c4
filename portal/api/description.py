"""The API's description (OpenAPI 3.1): every status that can occur, every scope that is needed."""

from functools import cache
from http import HTTPStatus
from typing import Any

from portal.api import forecasts, orders, quotes, statements, stock, telling
from portal.api.gate import ALWAYS, api
from portal.api.shapes import Fault, Problem

ROOMS = (forecasts, orders, quotes, statements, stock, telling)
"""The modules whose operations make the API."""

PREFIX = "api/v1/"
SCHEME = "Bearer"


@cache
def description() -> dict[str, Any]:
    """The description as plain data."""
    told: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    schemas = told["components"]["schemas"]
    for shape in (Fault, Problem):
        made = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        made.pop("$defs", None)
        schemas[shape.__name__] = made
    for methods in told["paths"].values():
        for operation in methods.values():
            _complete(operation)
    return told


def _complete(operation: dict[str, Any]) -> None:
    """Name the scope where readers of OpenAPI look for it, and every status of refusal."""
    scope = operation.pop("x-scope")
    operation["security"] = [{SCHEME: [scope]}]
    operation["tags"] = [scope.partition(":")[0]]
    for status in sorted({*ALWAYS, *operation.pop("x-declines")}):
        operation["responses"][status] = _problem(int(status))


def _problem(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def operations() -> list[dict[str, Any]]:
    """The operations in the order of their addresses, for people."""
    return [
        {
            "method": method.upper(),
            "path": path,
            "name": operation["operationId"],
            "summary": operation["summary"],
            "scope": operation["security"][0][SCHEME][0],
            "statuses": ", ".join(str(status) for status in sorted(operation["responses"])),
        }
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    ]
