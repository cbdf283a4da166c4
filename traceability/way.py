"""A journey as its reader sees it: steps in words, the voyage as a map drawn on the server."""

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.web.seamap import Port, sea_map
from traceability import words
from traceability.domain.page import Step, Voyage


def context(steps: Sequence[Step], voyage: Voyage | None, language: str) -> dict[str, Any]:
    """What the part ``way.html`` shows of a journey."""
    return {
        "steps": [_shown(step, language) for step in steps],
        "voyage": voyage,
        "map": _map(voyage, language) if voyage else "",
    }


def _shown(step: Step, language: str) -> dict[str, Any]:
    return {
        "title": words.STEPS[step.kind],
        "at": step.at,
        "place": step.place.in_language(language) if step.place else "",
        "position": str(step.position),
    }


def _map(voyage: Voyage, language: str) -> SafeString:
    """The way of the ship, drawn once per voyage and language."""
    start, end = (
        Port(name.in_language(language), point)
        for name, point in (
            (voyage.origin, voyage.path[0]),
            (voyage.destination, voyage.path[-1]),
        )
    )
    title = gettext("The ship's way from {origin} to {destination}")
    return sea_map(title.format(origin=start.name, destination=end.name), start, end, voyage.path)
