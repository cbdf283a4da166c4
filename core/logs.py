"""Log lines as JSON: time, level, logger, message, and the ids of request and job.

Lines hold ids only. A request is named by its route, never by its address, which may carry a
code or a token; an exception by its type and place, never by its values.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

Ids = Mapping[str, str | int]

_about: ContextVar[Ids] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**ids: str | int) -> Iterator[None]:
    """Name what is being worked on (``request=…``, ``job=…``) in every line of a block."""
    token = _about.set({**_about.get(), **ids})
    try:
        yield
    finally:
        _about.reset(token)


def request_id() -> str:
    """The id of the request being answered; empty outside of one."""
    return str(_about.get().get("request", ""))


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **_about.get(),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _place(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """What the record says; of an answered request its status, method and route."""
    request = getattr(record, "request", None)
    if request is None or not hasattr(record, "status_code"):
        return record.getMessage()
    return f"{record.status_code} {request.method} {route_of(request)}"


def route_of(request: object) -> str:
    """The pattern of a request's address, with names where its ids and tokens stand."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "no such address"


def _place(trace: object) -> str:
    """File and line of the innermost frame."""
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code  # type: ignore[attr-defined]
        place = f"{code.co_filename}:{trace.tb_lineno}"  # type: ignore[attr-defined]
        trace = trace.tb_next  # type: ignore[attr-defined]
    return place
