"""Notices: registered kinds with their words, written once per key, told in the app and by mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from core import clock, mail
from core.domain.errors import Refusal
from core.mail import Letter
from core.models.notice import Notice, NoticeRead
from core.models.party import Membership, Party
from core.models.user import User
from core.web import locale


@dataclass(frozen=True)
class Kind:
    """The words of a notice: what happened, and what to do; templates with {params}."""

    level: str
    what: str
    do: str
    is_mailed: bool = False


@dataclass(frozen=True)
class Told:
    """A notice as a reader sees it, in the active language."""

    notice_id: int
    level: str
    what: str
    do: str
    address: str
    due_on: date | None
    made_at: datetime
    is_read: bool


registry: dict[str, Kind] = {}


class UnknownNotice(TypeError):
    """Raised when a notice is written whose kind no app has registered."""


def register(name: str, kind: Kind) -> None:
    """Declare a kind of notice under a stable dotted name."""
    registry[name] = kind


@transaction.atomic
def tell(
    party: Party | int,
    kind: str,
    *,
    key: str,
    params: Mapping[str, Any] | None = None,
    address: str = "",
    due_on: date | None = None,
) -> Notice:
    """Tell a party something, once per key, in the caller's transaction; letters follow by job."""
    if kind not in registry:
        raise UnknownNotice(kind)
    notice, is_new = Notice.objects.get_or_create(
        key=key,
        defaults={
            "party_id": party if isinstance(party, int) else party.pk,
            "kind": kind,
            "level": registry[kind].level,
            "params": dict(params or {}),
            "address": address,
            "due_on": due_on,
            "made_at": clock.now(),
        },
    )
    if is_new and registry[kind].is_mailed:
        _order_letters(notice)
    return notice


def _order_letters(notice: Notice) -> None:
    users = Membership.objects.filter(party=notice.party_id, is_active=True, user__is_active=True)
    for user_id in users.values_list("user_id", flat=True).order_by("user_id"):
        mail.order("notice", key=f"{notice.pk}/{user_id}", notice=notice.pk, user=user_id)


def settle(key: str) -> bool:
    """Take a notice off the list, because what it asked for was done; whether it was open."""
    return bool(settle_many([key]))


def settle_many(keys: Sequence[str]) -> int:
    """Take notices off the list by their keys; how many were open. One query."""
    open_notices = Notice.objects.filter(key__in=keys, settled_at__isnull=True)
    return open_notices.update(settled_at=clock.now())


def settle_all(beginning: str, *, but: Iterable[str] = ()) -> int:
    """Take every open notice off the list whose key begins like this; how many there were."""
    open_notices = Notice.objects.filter(key__startswith=beginning, settled_at__isnull=True)
    return open_notices.exclude(key__in=list(but)).update(settled_at=clock.now())


def of(user: User, parties: Iterable[int], *, limit: int = 50) -> list[Told]:
    """Open notices of parties for a reader, most pressing first. One query."""
    read = NoticeRead.objects.filter(notice=OuterRef("pk"), user=user)
    rows = (
        Notice.objects.filter(party__in=list(parties), settled_at__isnull=True)
        .annotate(is_read=Exists(read))
        .order_by("-made_at", "-pk")[:limit]
    )
    pressing = {Notice.Level.ALARM: 0, Notice.Level.DUE: 1, Notice.Level.NEWS: 2}
    told = [_told(row, is_read=row.is_read) for row in rows]
    return sorted(told, key=lambda each: pressing[Notice.Level(each.level)])


def page_of(party: Party, *, limit: int, before: int | None = None) -> list[Told]:
    """Open notices of a party, newest first, older than ``before``; nobody's reading. One query."""
    rows = Notice.objects.filter(party=party.pk, settled_at__isnull=True).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_told(row, is_read=False) for row in rows[:limit]]


def _told(notice: Notice, *, is_read: bool) -> Told:
    kind = registry[notice.kind]
    return Told(
        notice_id=notice.pk,
        level=notice.level,
        what=_say(kind.what, notice.params),
        do=_say(kind.do, notice.params),
        address=notice.address,
        due_on=notice.due_on,
        made_at=notice.made_at,
        is_read=is_read,
    )


def _say(template: str, params: Mapping[str, Any]) -> str:
    said = {name: _spoken(value) for name, value in params.items()}
    return gettext(template).format(**said) if template else ""


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount as a parameter of a notice."""
    return {"minor": minor, "currency": currency}


def day(value: date) -> dict[str, str]:
    """A day as a parameter of a notice."""
    return {"day": value.isoformat()}


def month(value: date) -> dict[str, str]:
    """A month as a parameter of a notice."""
    return {"month": value.isoformat()}


def word(english: str) -> dict[str, str]:
    """A word of the catalogue as a parameter of a notice."""
    return {"word": english}


def both(english: str, chinese: str) -> dict[str, str]:
    """A name in both languages as a parameter of a notice."""
    return {"en": english, "zh": chinese or english}


def _spoken(value: Any) -> Any:
    """A parameter as its reader writes it."""
    if isinstance(value, int):
        return locale.number(value)
    if not isinstance(value, dict):
        return value
    if "minor" in value:
        return locale.money(value["minor"], value["currency"])
    if "day" in value:
        return locale.day(date.fromisoformat(value["day"]))
    if "month" in value:
        return locale.month(date.fromisoformat(value["month"]))
    if "word" in value:
        english = value["word"]
        return gettext(english)
    return value["zh" if locale.language() == "zh-hans" else "en"]


def unread(user: User, parties: Iterable[int]) -> int:
    """How many open notices a reader has not seen. One query."""
    read = NoticeRead.objects.filter(notice=OuterRef("pk"), user=user)
    rows = Notice.objects.filter(party__in=list(parties), settled_at__isnull=True)
    return rows.exclude(Exists(read)).count()


def mark_read(user: User, notice_ids: Iterable[int]) -> None:
    """Remember that a user has seen notices; repeating it changes nothing."""
    NoticeRead.objects.bulk_create(
        (NoticeRead(notice_id=each, user=user, at=clock.now()) for each in notice_ids),
        ignore_conflicts=True,
    )


def refusal_params(refusal: Refusal) -> dict[str, str]:
    """A refusal as parameters of a notice: its words in English, translated when shown."""
    return {"reason": refusal.reason_text(), "remedy": refusal.remedy_text()}


def _language(ids: dict[str, Any]) -> str:
    return User.objects.values_list("language", flat=True).get(pk=ids["user"])


@mail.writes("notice", language=_language)
def _write(ids: dict[str, Any]) -> Letter | None:
    notice = Notice.objects.select_related("party").get(pk=ids["notice"])
    user = User.objects.select_related("person").get(pk=ids["user"])
    if user.person is None or notice.settled_at is not None:
        return None
    told = _told(notice, is_read=False)
    scheme = "https" if settings.IS_HTTPS else "http"
    link = f"{scheme}://{settings.PUBLIC_HOST}{told.address}" if told.address else ""
    text = "\n\n".join(part for part in (told.what, told.do, link) if part)
    return Letter(user.person, told.what[:120], text + "\n")
