"""What a shop is told: notices it reads, and webhooks that call it."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Query, Status
from pydantic import BaseModel, Field

from core import notices, webhooks
from core.api_keys import Scope
from core.models import Subscription
from portal.api.gate import importer_of, operation
from portal.api.shapes import PLAIN, Listed, Page, Said

EventName = Annotated[str, Field(pattern=r"^[a-z_.]{3,80}$")]
RowId = Annotated[int, Field(ge=1, le=10**15)]


class NoticeOut(BaseModel):
    """What the importer should know or do."""

    id: int
    level: str
    what: str
    do: str
    address: str
    due_on: date | None
    made_at: datetime


class WebhookIn(Said):
    """Where to call, and for which events."""

    address: Annotated[str, Field(pattern=PLAIN, min_length=9, max_length=300)]
    events: Annotated[list[EventName], Field(min_length=1, max_length=50)]


class WebhookOut(BaseModel):
    """A webhook that is in use."""

    id: int
    address: str
    events: list[str]
    made_at: datetime
    failures: int


class WebhookMade(WebhookOut):
    """A new webhook; ``secret`` signs its calls and is shown this once."""

    secret: str


@operation("GET", "/notices", scope=Scope.NOTICES_READ, answers={200: Listed[NoticeOut]})
def list_notices(request: HttpRequest, page: Query[Page]) -> Listed[NoticeOut]:
    """What the importer should know or do, newest first."""
    importer = importer_of(request)
    found = notices.page_of(importer, before=page.position, limit=page.limit + 1)
    shown = found[: page.limit]
    last = shown[-1].notice_id if len(found) > page.limit else None
    items = [_notice(told) for told in shown]
    return Listed(items=items, next=str(last) if last else None)


def _notice(told: notices.Told) -> NoticeOut:
    return NoticeOut(
        id=told.notice_id,
        level=told.level,
        what=told.what,
        do=told.do,
        address=told.address,
        due_on=told.due_on,
        made_at=told.made_at,
    )


@operation("GET", "/webhooks", scope=Scope.WEBHOOKS, answers={200: Listed[WebhookOut]})
def list_webhooks(request: HttpRequest) -> Listed[WebhookOut]:
    """The webhooks in use; there are never more than a page of them."""
    rows = Subscription.objects.filter(is_active=True).order_by("pk")
    return Listed(items=[_webhook(row) for row in rows], next=None)


@operation(
    "POST", "/webhooks", scope=Scope.WEBHOOKS, answers={201: WebhookMade}, declines=[400, 409]
)
def make_webhook(request: HttpRequest, webhook: WebhookIn) -> Any:
    """Have events told by signed calls to an https address; the secret is shown this once.

    The same address again replaces its events and its secret.
    """
    made, secret = webhooks.subscribe(importer_of(request), webhook.address, webhook.events)
    return Status(201, WebhookMade(**_webhook(made).model_dump(), secret=secret))


@operation(
    "DELETE",
    "/webhooks/{webhook_id}",
    scope=Scope.WEBHOOKS,
    answers={204: None},
    declines=[404],
)
def end_webhook(request: HttpRequest, webhook_id: Path[RowId]) -> Any:
    """End a webhook; what waits to be told is dropped."""
    found = Subscription.objects.filter(pk=webhook_id, is_active=True).first()
    if found is None:
        raise Http404
    webhooks.end(found)
    return Status(204, None)


def _webhook(row: Subscription) -> WebhookOut:
    return WebhookOut(
        id=row.pk,
        address=row.address,
        events=row.names,
        made_at=row.made_at,
        failures=row.failures,
    )
