"""How the event repository declines: an EPCIS exception, and the statuses it may answer with."""

from http import HTTPStatus
from typing import Any, ClassVar

from core.domain.errors import Refusal


class EpcisFault(Refusal):
    """A refusal of the repository.

    ``exception`` is its name in EPCIS 2.0; ``statuses`` are those it may answer with, the best
    first: operations whose description lacks the first answer with the next (see ADR 83).
    ``places`` are the faults found, each with place, value and reason.
    """

    code = "epcis-fault"
    exception: ClassVar[str] = "ImplementationException"
    statuses: ClassVar[tuple[HTTPStatus, ...]] = (HTTPStatus.BAD_REQUEST,)

    def __init__(self, *, places: list[dict[str, str]] | None = None, **params: Any) -> None:
        self.places = places or []
        super().__init__(**params)
