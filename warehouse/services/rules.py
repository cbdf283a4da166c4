"""Rules of allocation by round, weights by importer, and what channels promise."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.domain.errors import Refusal
from core.models import Party, Pool, Score
from imports.models import Round
from warehouse.domain.allocation import Rule
from warehouse.models import AllocationShare, ChannelLife, RoundRule, Tier


class RuleInUse(Refusal):
    """Raised when a round's rule is changed after its first units were shared."""

    code = "rule-in-use"
    reason = "Units of round {round_code} were shared by the rule “{rule}” already."
    remedy = "Set the rule of the next round; this one is topped up as it began."


@transaction.atomic
def set_rule(round_: Round, rule: Rule) -> RoundRule:
    """Choose how a round's units are shared when they fall short.

    Raises:
        RuleInUse: the first delivery was shared by another rule.
    """
    Round.objects.select_for_update().get(pk=round_.pk)
    in_use = rule_of(round_)
    shared = AllocationShare.objects.filter(order_line__order__round=round_)
    if rule is not in_use and shared.exists():
        raise RuleInUse(round_code=round_.code, rule=in_use)
    row, _ = RoundRule.objects.update_or_create(
        round=round_, defaults={"rule": rule, "set_on": clock.today()}
    )
    return row


def rule_of(round_: Round) -> Rule:
    """The rule by which a round's units are shared; uniform unless another was chosen."""
    return _rule(RoundRule.objects.filter(round=round_))


def rule_for(consignment_id: int) -> Rule:
    """The rule by which what a consignment brought is shared. One query."""
    return _rule(RoundRule.objects.filter(round__orders__consignments=consignment_id))


def _rule(rows: QuerySet[RoundRule]) -> Rule:
    row = rows.first()
    return Rule(row.rule) if row else Rule.UNIFORM


def chosen(round_: Round) -> Rule:
    """The rule of a round that was loaded with its row; no query."""
    row = getattr(round_, "allocation_rule", None)
    return Rule(row.rule) if row else Rule.UNIFORM


def set_tier(pool: Pool, owner: Party, *, valid_from: date, factor: Decimal) -> Tier:
    """Set from a day on how much an importer counts; the same day again replaces it."""
    row, _ = Tier.objects.update_or_create(
        pool=pool, owner_id=owner.pk, valid_from=valid_from, defaults={"factor": factor}
    )
    return row


def weights_of(pool: Pool, owner_ids: Iterable[int], *, on: date) -> dict[int, Decimal]:
    """Tier times accuracy of the forecast of each importer on a day; 1 where nothing is known.

    Two queries.
    """
    tiers = Tier.objects.filter(pool=pool, valid_from__lte=on).order_by("valid_from")
    factors = dict(tiers.values_list("owner_id", "factor"))
    scores = Score.objects.latest_on(on, Score.Kind.FORECAST)
    return {
        owner_id: factors.get(owner_id, Decimal(1))
        * (scores[owner_id].value if owner_id in scores else Decimal(1))
        for owner_id in owner_ids
    }


def set_life(importer: Party, channel: str, *, valid_from: date, minimum_days: int) -> ChannelLife:
    """Set from a day on how many days of use a channel promises; the same day replaces it."""
    row: ChannelLife
    row, _ = ChannelLife.objects.update_or_create(
        importer_id=importer.pk,
        channel=channel,
        valid_from=valid_from,
        defaults={"minimum_days": minimum_days},
    )
    return row


def last_day_from(importer: Party, channel: str, *, on: date) -> date:
    """The day until which goods sold in a channel must be usable; today where none is promised."""
    return last_days_from(importer, [channel], on=on)[channel]


def last_days_from(importer: Party, channels: Iterable[str], *, on: date) -> dict[str, date]:
    """The same for several channels, by channel. One query."""
    wanted = set(channels)
    rows = ChannelLife.objects.filter(
        importer_id=importer.pk, channel__in=wanted - {""}, valid_from__lte=on
    ).order_by("valid_from")
    days = dict(rows.values_list("channel", "minimum_days"))
    return {channel: on + timedelta(days=days.get(channel, 0)) for channel in wanted}
