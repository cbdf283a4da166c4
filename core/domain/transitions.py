"""State machines as data: which step leads from which state to which."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import Refusal


class StepNotAllowed(Refusal):
    """Raised when a step is asked for in a state that does not have it."""

    code = "step-not-allowed"
    reason = "“{action}” is not possible while the state is “{state}”."
    remedy = "Possible now: {allowed}."


@dataclass(frozen=True)
class StateTable:
    """Transitions as ``{state: {action: next_state}}``; a state without actions is final."""

    steps: Mapping[str, Mapping[str, str]]

    @property
    def states(self) -> frozenset[str]:
        """Every state that the table names, final ones included."""
        targets = {target for actions in self.steps.values() for target in actions.values()}
        return frozenset(self.steps) | targets

    def allowed(self, state: str) -> tuple[str, ...]:
        """Actions possible in a state, sorted."""
        return tuple(sorted(self.steps.get(state, {})))

    def next(self, state: str, action: str) -> str:
        """The state after ``action``.

        Raises:
            StepNotAllowed: the state does not have the action.
        """
        actions = self.steps.get(state, {})
        if action not in actions:
            allowed = ", ".join(self.allowed(state)) or "nothing, the state is final"
            raise StepNotAllowed(action=action, state=state, allowed=allowed)
        return actions[action]
