"""Who may do what: one table of action × role, and the gate in front of every page.

A stranger to an action or an object gets 404, so that nothing is given away by asking.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from core import second_factor, tenancy
from core.domain.errors import Refusal
from core.models.party import Membership, Right, Role

table: dict[str, frozenset[Role]] = {}
changes: dict[str, Right] = {}
"""The right that a form sent under an action needs; reading never needs one."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})

View = Callable[Concatenate[HttpRequest, ...], HttpResponseBase]


class ActionNotRegistered(TypeError):
    """Raised when a page names an action that the access table does not hold."""


def register(
    actions: dict[str, Iterable[Role]], *, needs: Mapping[str, Right] | None = None
) -> None:
    """Add actions, by dotted name, with the roles that may take them.

    ``needs`` names the right without which a member of such a role may look and not change.
    """
    table.update({name: frozenset(roles) for name, roles in actions.items()})
    changes.update(needs or {})


def membership_of(request: HttpRequest) -> Membership | None:
    """The membership in whose name the signed-in user acts; one query, kept on the request."""
    if hasattr(request, "membership"):
        return request.membership  # type: ignore[no-any-return]
    found = None
    if request.user.is_authenticated:
        rows = request.user.memberships.select_related("party", "user").order_by("pk")
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


class RightMissing(Refusal):
    """Raised when a member changes what its rights do not cover."""

    code = "right-missing"
    reason = "This needs the right “{right}”, which your membership does not have."
    remedy = "Ask a colleague who manages your party's members."


def has(membership: Membership, right: Right) -> bool:
    """Whether a member may change what a right covers."""
    return right in membership.rights


def need(membership: Membership, right: Right) -> None:
    """Decline what a member's rights do not cover.

    Raises:
        RightMissing: the right is not among them.
    """
    if not has(membership, right):
        raise RightMissing(right=Right(right).label)


def scope_of(membership: Membership, reason: str) -> Any:
    """The tenancy in which a member works: its own rows for an importer, else the pool's."""
    actor = f"user:{membership.user_id}"
    if membership.role == Role.IMPORTER:
        return tenancy.acting_for(membership.party_id, actor=actor)
    return tenancy.as_operator(reason, actor=actor)


def action(name: str) -> Callable[[View], View]:
    """Guard a view: anonymous users sign in first, strangers get 404, others work in their scope.

    A form needs the right that the action's row names.

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
            if name != "portal.account" and _lacks_second_factor(membership):
                return redirect("second-factor")
            if request.method not in READING and name in changes:
                need(membership, changes[name])
            with scope_of(membership, name):
                return view(request, *args, **kwargs)

        guarded.action = name  # type: ignore[attr-defined]
        return guarded

    return guard


def _lacks_second_factor(membership: Membership) -> bool:
    """Whether this installation asks the role for a second factor that is not set up yet."""
    is_asked = membership.role in settings.SECOND_FACTOR_ROLES
    return is_asked and not second_factor.is_confirmed(membership.user)


def public(view: View) -> View:
    """Mark a view as open to everyone; the access table's test asks for one mark or the other."""
    view.action = "public"  # type: ignore[attr-defined]
    return view
