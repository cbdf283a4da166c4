"""An importer leaves the pool, or fails it: what becomes of its commitments."""

from datetime import date

from django.db import transaction
from django.db.models import Sum

from core import clock, facts
from core.domain.errors import Refusal
from core.models import Party, Pool
from imports.models import Departure, OrderShare, Round, RoundMember
from imports.services import exposure


class LeftAlready(Refusal):
    """Raised when an importer leaves a pool that it has left."""

    code = "left-already"
    reason = "{importer} left the pool on {on}."
    remedy = "Look at its exit statement, among the operator's decisions."


@transaction.atomic
def depart(importer: Party, pool: Pool, cause: str, *, on: date | None = None) -> Departure:
    """Take an importer out of a pool: it left, or it failed to pay.

    Who leaves is freed of rounds that are not locked, and takes what is locked or bought. Who
    fails is taken out of every round that is not bought yet. What was bought stays owed, and the
    fact tells the warehouse what there is to be sold, and the settlement what the deposit covers.

    Raises:
        LeftAlready: it has left the pool before.
    """
    earlier = Departure.objects.filter(importer_id=importer.pk, pool=pool).first()
    if earlier is not None:
        raise LeftAlready(importer=importer.name, on=earlier.on)
    made: Departure = Departure.objects.create(
        importer_id=importer.pk, pool=pool, cause=cause, on=on or clock.today()
    )
    freed = _withdraw(importer, pool, cause)
    ordered = OrderShare.objects.filter(
        owner_id=importer.pk, line__order__round__pool=pool
    ).aggregate(units=Sum("units", default=0))
    data = {
        "importer": importer.pk,
        "pool": pool.pk,
        "cause": cause,
        "on": made.on.isoformat(),
        "rounds_freed": freed,
        "bought_units": ordered["units"],
    }
    facts.append("imports.importer.departed", subject=f"party:{importer.pk}", data=data)
    return made


def _withdraw(importer: Party, pool: Pool, cause: str) -> int:
    """Withdraw an importer from the rounds that its departure frees it of; how many."""
    states = [Round.State.OPEN, Round.State.FILLING]
    if cause == Departure.Cause.DEFAULTED:
        states.append(Round.State.LOCKED)
    members = RoundMember.objects.select_for_update().filter(
        importer_id=importer.pk, round__pool=pool, round__state__in=states
    )
    for member in members.order_by("pk"):
        exposure.free(member)
        member.state = RoundMember.State.WITHDRAWN
        member.save()
    return len(members)
