"""Who may do what: one table of action × role, and the gate in front of every page.

A stranger to an action or an object gets 404, so that nothing is given away by asking.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase

from core import tenancy
from core.models.party import Membership, Role

table: dict[str, frozenset[Role]] = {}

View = Callable[Concatenate[HttpRequest, ...], HttpResponseBase]


class ActionNotRegistered(TypeError):
    """Raised when a page names an action that the access table does not hold."""


def register(actions: dict[str, Iterable[Role]]) -> None:
    """Add actions, by dotted name, with the roles that may take them."""
    table.update({name: frozenset(roles) for name, roles in actions.items()})


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership in whose name the signed-in user acts; one query, kept on the request."""
    if hasattr(request, "membership"):
        return request.membership  # type: ignore[no-any-return]
    found = None
    if request.user.is_authenticated:
        rows = request.user.memberships.select_related("party").order_by("pk")
        found = rows.filter(is_active=True, party__is_active=True).first()
    request.membership = found  # type: ignore[attr-defined]
    return found


def may(membership: Membership | None, action: str) -> bool:
    """Whether a membership's role stands in the row of an action.

    Raises:
        ActionNotRegistered: no app has the action in its table.
    """
    if action not in table:
        raise ActionNotRegistered(action)
    roles = table[action]
    return Role.PUBLIC in roles or (membership is not None and membership.role in roles)


def scope_of(membership: Membership, reason: str) -> Any:
    """The tenancy in which a member works: its own rows for an importer, else the pool's."""
    actor = f"user:{membership.user_id}"
    if membership.role == Role.IMPORTER:
        return tenancy.acting_for(membership.party_id, actor=actor)
    return tenancy.as_operator(reason, actor=actor)


def action(name: str) -> Callable[[View], View]:
    """Guard a view: anonymous users sign in first, strangers get 404, others work in their scope.

    Sets ``request.membership``.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            membership = membership_of(request)
            if membership is None or not may(membership, name):
                raise Http404
            with scope_of(membership, name):
                return view(request, *args, **kwargs)

        guarded.action = name  # type: ignore[attr-defined]
        return guarded

    return guard


def public(view: View) -> View:
    """Mark a view as open to everyone; the access table's test asks for one mark or the other."""
    view.action = "public"  # type: ignore[attr-defined]
    return view
