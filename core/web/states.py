"""The states of everything that has one: the word the reader sees and its tone."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

NEUTRAL, RUN, OK, WARN, BAD = "", "run", "ok", "warn", "bad"

STATES: Final[dict[str, tuple[str, Promise]]] = {
    "accepted": (RUN, _("accepted")),
    "allocated": (OK, _("allocated")),
    "announced": (RUN, _("announced")),
    "answered": (RUN, _("answered")),
    "applied": (OK, _("applied")),
    "approved": (RUN, _("approved")),
    "arrived": (RUN, _("arrived")),
    "built": (OK, _("files ready")),
    "cancelled": (NEUTRAL, _("cancelled")),
    "checked": (RUN, _("checked")),
    "closed": (OK, _("closed")),
    "conditional": (OK, _("eligible under conditions")),
    "confirmed": (OK, _("confirmed")),
    "consolidated": (RUN, _("consolidated")),
    "counted": (WARN, _("to be approved")),
    "converted": (RUN, _("converted")),
    "declared": (RUN, _("declared")),
    "declined": (BAD, _("declined")),
    "delivered": (OK, _("delivered")),
    "departed": (RUN, _("departed")),
    "done": (OK, _("done")),
    "draft": (NEUTRAL, _("draft")),
    "executed": (RUN, _("executed")),
    "eligible": (OK, _("eligible")),
    "failed": (BAD, _("failed")),
    "filling": (WARN, _("filling up")),
    "given_up": (BAD, _("given up")),
    "held": (WARN, _("held")),
    "in_transit": (RUN, _("in transit")),
    "inspected": (WARN, _("under inspection")),
    "invalid": (BAD, _("needs fixing")),
    "instructed": (RUN, _("sent to the bank")),
    "issued": (RUN, _("issued")),
    "locked": (RUN, _("locked")),
    "made": (RUN, _("made")),
    "matched": (OK, _("matched")),
    "offered": (RUN, _("offered")),
    "open": (RUN, _("open")),
    "ordered": (RUN, _("ordered")),
    "paid": (OK, _("paid")),
    "part_rejected": (WARN, _("partly rejected")),
    "partly_refused": (WARN, _("partly refused")),
    "pending": (NEUTRAL, _("pending")),
    "parked": (BAD, _("parked")),
    "picked": (RUN, _("picked")),
    "planned": (NEUTRAL, _("planned")),
    "placed": (RUN, _("placed")),
    "posted": (OK, _("posted")),
    "published": (OK, _("published")),
    "queued": (NEUTRAL, _("waiting")),
    "quoted": (RUN, _("quoted")),
    "reading": (RUN, _("being read")),
    "ready": (RUN, _("ready")),
    "recalled": (BAD, _("recalled")),
    "restocked": (OK, _("restocked")),
    "to_dispose": (WARN, _("to be disposed of")),
    "recount": (WARN, _("to be counted again")),
    "received": (OK, _("received")),
    "refused": (BAD, _("refused")),
    "rejected": (BAD, _("rejected")),
    "released": (OK, _("released")),
    "returned": (WARN, _("returned")),
    "reviewed": (RUN, _("reviewed")),
    "running": (RUN, _("running")),
    "sent": (RUN, _("sent")),
    "settled": (OK, _("settled")),
    "shipped": (OK, _("shipped")),
    "submitted": (RUN, _("submitted")),
    "superseded": (NEUTRAL, _("superseded")),
    "taken": (RUN, _("taken")),
    "unconfirmed": (WARN, _("to be confirmed")),
    "valid": (OK, _("valid")),
    "void": (NEUTRAL, _("void")),
    "voided": (NEUTRAL, _("void")),
    "withdrawn": (NEUTRAL, _("withdrawn")),
    "waiting": (NEUTRAL, _("waiting")),
}
"""State → tone and word; a state not listed is shown neutral, by its own word."""


STEPS: Final = (
    gettext_noop("apply"),
    gettext_noop("approve"),
    gettext_noop("arrive"),
    gettext_noop("cancel"),
    gettext_noop("close"),
    gettext_noop("confirm"),
    gettext_noop("consolidate"),
    gettext_noop("fill"),
    gettext_noop("convert"),
    gettext_noop("declare"),
    gettext_noop("accept"),
    gettext_noop("instruct"),
    gettext_noop("part_reject"),
    gettext_noop("lock"),
    gettext_noop("pick"),
    gettext_noop("place"),
    gettext_noop("quote"),
    gettext_noop("recall"),
    gettext_noop("release"),
    gettext_noop("return"),
    gettext_noop("supersede"),
    gettext_noop("settle"),
    gettext_noop("allocate"),
    gettext_noop("ship"),
    gettext_noop("unpick"),
    gettext_noop("nothing, the state is final"),
)
"""The steps that lead from state to state, as refusals name them."""


def tone_and_word(state: str) -> tuple[str, str]:
    """The tone (a CSS class of ``.tag``) and the translated word of a state."""
    if state in STATES:
        tone, word = STATES[state]
        return tone, str(word)
    return NEUTRAL, state.replace("_", " ")
