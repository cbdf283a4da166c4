"""Webhooks: facts of an importer, told to its shop by signed calls that cannot be turned inward.

A call carries ``Bondpool-Signature: t=…,v1=…``: HMAC-SHA-256 of the time, a dot and the body
under the subscription's secret. An address is called over https only, never redirected, and only at
public IP addresses, looked up once and then connected to, so that a name cannot change in between.
"""

import hashlib
import hmac
import logging
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.db import transaction
from django.db.models import F
from requests.adapters import HTTPAdapter

from core import clock, facts, keys
from core.domain.addresses import AddressNotAllowed, callable_host, public_ip
from core.domain.canonical import canonical
from core.domain.errors import Refusal
from core.facts import SequencedFact
from core.models.party import Importer
from core.models.webhook import Delivery, Subscription
from core.scope import as_operator

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
MOST_TRIES = 8
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_ANSWER = 1024
MOST_SUBSCRIPTIONS = 20
"""Addresses that one importer's shop may be told at."""


class EventUnknown(Refusal):
    """Raised for an event that shops are not told of."""

    code = "event-unknown"
    reason = "“{value}” is not an event that shops are told of."
    remedy = "Choose among: {known}."


class TooManyWebhooks(Refusal):
    """Raised when an importer has as many webhooks as it may."""

    code = "too-many-webhooks"
    reason = "There are {count} webhooks; at most {most} are kept."
    remedy = "End one that is not needed any more."


@dataclass(frozen=True)
class Call:
    """What is sent: to where, which body under which headers."""

    address: str
    body: bytes
    headers: dict[str, str]


class PinnedAdapter(HTTPAdapter):
    """Connects to one IP address while speaking to the host by its name."""

    def __init__(self, host: str, ip: str) -> None:
        self.host = host
        self.ip = ip
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Check the certificate against the name, not the address."""
        kwargs |= {"server_hostname": self.host, "assert_hostname": self.host}
        super().init_poolmanager(*args, **kwargs)

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Replace the name by the address in the URL; the Host header keeps the name."""
        where = f"[{self.ip}]" if ":" in self.ip else self.ip
        request.headers["Host"] = self.host
        request.url = request.url.replace(f"//{self.host}", f"//{where}", 1)
        return super().send(request, *args, **kwargs)


@transaction.atomic
def subscribe(importer: Importer, address: str, names: Sequence[str]) -> tuple[Subscription, str]:
    """Subscribe an importer's shop; returns the secret, which is shown once.

    Raises:
        AddressNotAllowed: the address could reach into our own network.
        EventUnknown: a name is not one of :func:`names_to_choose`.
        TooManyWebhooks: the importer has as many as it may.
    """
    callable_host(address)
    _refuse_unknown(names)
    _refuse_more(importer, address)
    secret = secrets.token_urlsafe(32)
    made, _ = Subscription.objects.update_or_create(
        importer=importer,
        address=address,
        defaults={
            "names": sorted(set(names)),
            "sealed_secret": keys.ring().seal("vault", secret.encode(), address.encode()),
            "is_active": True,
            "made_at": clock.now(),
            "failures": 0,
        },
    )
    return made, secret


def _refuse_unknown(names: Sequence[str]) -> None:
    known = names_to_choose()
    for name in names:
        if name not in known:
            raise EventUnknown(value=name, known=", ".join(known))


def _refuse_more(importer: Importer, address: str) -> None:
    others = Subscription.objects.filter(importer_id=importer.pk, is_active=True)
    count = others.exclude(address=address).count()
    if count >= MOST_SUBSCRIPTIONS:
        raise TooManyWebhooks(count=count, most=MOST_SUBSCRIPTIONS)


def end(subscription: Subscription) -> None:
    """Stop telling a shop; what was told stays on record. Repeating it changes nothing."""
    Subscription.objects.filter(pk=subscription.pk).update(is_active=False)
    waiting = Delivery.objects.filter(subscription=subscription, state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.GIVEN_UP)


def names_to_choose() -> list[str]:
    """Names of the facts that a shop may subscribe to: those that name their importer."""
    return sorted(name for name, fields in facts.registry.items() if "importer" in fields)


def fan_out(batch: Sequence[SequencedFact]) -> None:
    """Turn facts into deliveries for the subscriptions that asked for them; repeats change none."""
    with as_operator("tell shops"):
        subscriptions = list(Subscription.objects.filter(is_active=True))
    Delivery.objects.bulk_create(
        (
            Delivery(
                subscription=subscription,
                position=fact.position,
                name=fact.name,
                body=_body(fact),
                next_try_at=clock.now(),
            )
            for fact in batch
            for subscription in subscriptions
            if fact.data.get("importer") == subscription.importer_id
            and fact.name in subscription.names
        ),
        ignore_conflicts=True,
    )


def _body(fact: SequencedFact) -> dict[str, Any]:
    return {
        "position": fact.position,
        "name": fact.name,
        "subject": fact.subject,
        "at": fact.at.isoformat(),
        "data": fact.data,
    }


senders: list[Callable[[int], int]] = []
"""What else is told by calls, each asked for at most so many; a later stage puts its own here."""


def deliver_due(limit: int = 50) -> int:
    """Try deliveries whose time has come, those of later stages too; how many were tried."""
    return _deliver_due(limit) + sum(send(limit) for send in senders)


def _deliver_due(limit: int) -> int:
    with as_operator("tell shops"):
        due = Delivery.objects.filter(
            state=Delivery.State.WAITING, next_try_at__lte=clock.now()
        ).select_related("subscription")
        rows = list(due.order_by("next_try_at", "pk")[:limit])
        for row in rows:
            _try(row)
    return len(rows)


def _try(delivery: Delivery) -> None:
    status = call(call_of(delivery))
    if status is not None and 200 <= status < 300:
        changes: dict[str, Any] = {
            "state": Delivery.State.DELIVERED,
            "delivered_at": clock.now(),
        }
        Subscription.objects.filter(pk=delivery.subscription_id).update(failures=0)
    else:
        is_last = delivery.tries + 1 >= MOST_TRIES
        pause = FIRST_PAUSE * 4**delivery.tries
        changes = {"next_try_at": clock.now() + pause}
        if is_last:
            changes["state"] = Delivery.State.GIVEN_UP
        Subscription.objects.filter(pk=delivery.subscription_id).update(failures=F("failures") + 1)
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING).update(
        tries=F("tries") + 1, last_status=status, **changes
    )


def call_of(delivery: Delivery) -> Call:
    """The signed call of a delivery."""
    subscription = delivery.subscription
    context = subscription.address.encode()
    secret = keys.ring().unseal("vault", bytes(subscription.sealed_secret), context)
    body = canonical(delivery.body)
    moment = str(int(clock.now().timestamp()))
    return Call(
        address=subscription.address,
        body=body,
        headers={
            "Content-Type": "application/json",
            "Bondpool-Delivery": f"{subscription.pk}-{delivery.position}",
            "Bondpool-Signature": f"t={moment},v1={signature(secret, moment, body)}",
        },
    )


def signature(secret: bytes, moment: str, body: bytes) -> str:
    """HMAC-SHA-256 of time, dot and body, in hexadecimal."""
    return hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def call(told: Call) -> int | None:
    """Send a call: the answer's status.

    None when nobody answered, or when the address must not be called.
    """
    try:
        host = callable_host(told.address)
        ip = public_address(host, told.address)
        with requests.Session() as session:
            session.trust_env = False
            session.mount(f"https://{host}", PinnedAdapter(host, ip))
            answer = session.post(
                told.address,
                data=told.body,
                headers=told.headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            )
            answer.raw.read(LONGEST_ANSWER)
            return answer.status_code
    except (AddressNotAllowed, requests.RequestException, OSError) as error:
        log.info("a shop was not told: %s", type(error).__name__)
        return None


def public_address(host: str, address: str) -> str:
    """The first of the host's IP addresses; all of them must be public.

    Raises:
        AddressNotAllowed: one of them is not.
    """
    port = urlsplit(address).port or 443
    found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    ips = [str(entry[4][0]) for entry in found]
    inner = [ip for ip in ips if not public_ip(ip)]
    if inner or not ips:
        raise AddressNotAllowed(address=address, fault="its name leads into an inner network")
    return ips[0]
