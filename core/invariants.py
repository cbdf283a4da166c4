"""What must always hold, told by each app and checked in one go."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core import tenancy

Check = Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Invariant:
    """A law by its dotted name, in one sentence, with the function that lists violations."""

    name: str
    sentence: str
    check: Check


@dataclass(frozen=True)
class Finding:
    """The outcome of one law: holds when there are no violations."""

    name: str
    sentence: str
    violations: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts the law."""
        return not self.violations


registry: dict[str, Invariant] = {}

MOST_VIOLATIONS = 20


def invariant(name: str, sentence: str) -> Callable[[Check], Check]:
    """Register a check that yields one line per violation; nothing means that the law holds."""

    def note(check: Check) -> Check:
        registry[name] = Invariant(name, sentence, check)
        return check

    return note


def check_all(only: str = "") -> list[Finding]:
    """Findings of every registered law, in the order of the goods' way (registration)."""
    with tenancy.as_operator("check of the books"):
        return [_find(law) for law in registry.values() if law.name.startswith(only)]


def _find(law: Invariant) -> Finding:
    violations = []
    for line in law.check():
        violations.append(line)
        if len(violations) == MOST_VIOLATIONS:
            break
    return Finding(law.name, law.sentence, tuple(violations))


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Findings as plain data; ``first_broken`` is null when all hold."""
    broken = [finding for finding in findings if not finding.holds]
    return {
        "checked": len(findings),
        "broken": len(broken),
        "first_broken": broken[0].name if broken else None,
        "findings": [
            {
                "name": finding.name,
                "sentence": finding.sentence,
                "holds": finding.holds,
                "violations": list(finding.violations),
            }
            for finding in findings
        ],
    }
