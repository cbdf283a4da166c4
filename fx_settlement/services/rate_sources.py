"""Banks whose servers are asked for a rate: over https, hosts on a list, no redirect, little read.

Which they are stands in the settings. No transaction is open while a bank is waited for.
"""

import logging
from collections.abc import Mapping
from urllib.parse import urlencode

import requests
from django.conf import settings

from core import clock, rates
from core.domain.addresses import AddressNotAllowed, callable_host
from core.domain.errors import Phrase, Refusal
from core.domain.trade import from_minor
from core.webhooks import PinnedAdapter, public_address
from fx_settlement.domain.offer_answers import NoOffer, read_answer
from fx_settlement.models import Quote, SettlementBatch
from fx_settlement.services import books
from fx_settlement.services.converting import quote
from fx_settlement.services.stepping import refuse_step

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = (3, 5)
LONGEST_ANSWER = 4096


def sources() -> Mapping[str, str]:
    """The banks that are asked by name, each with its address."""
    named: Mapping[str, str] = settings.RATE_SOURCES
    return named


def ask_banks(batch: SettlementBatch) -> tuple[list[Quote], list[Refusal]]:
    """Ask every bank in the settings for a batch's rate; the offers, and why others gave none.

    Raises:
        StepNotAllowed: the batch takes no offers now.
        RateTooOld: there is no mid to compare with.
    """
    refuse_step(batch, "quote")
    mid = rates.mid(batch.currency, books.HOME, clock.today()).rate
    amount = f"{from_minor(batch.to_buy_minor, batch.currency):f}"
    wanted = {"base": batch.currency, "quote": books.HOME, "amount": amount}
    offers, faults = list[Quote](), list[Refusal]()
    for provider, address in sources().items():
        try:
            said = read_answer(_asked(provider, address, wanted), provider=provider, mid=mid)
        except NoOffer as none:
            faults.append(none)
            continue
        offers.append(quote(batch, provider=provider, all_in=said.all_in, hours=said.hours))
    return offers, faults


def _listed_host(address: str) -> str:
    """The host of an address that stands on the list.

    Raises:
        AddressNotAllowed: it does not, or is no https address of a public server.
    """
    host = callable_host(address)
    if host not in settings.RATE_HOSTS:
        raise AddressNotAllowed(address=address, fault="its host is not on the list")
    return host


def _asked(provider: str, address: str, wanted: Mapping[str, str]) -> bytes:
    """The first bytes of a bank's answer.

    Raises:
        NoOffer: nobody answered, or not as wanted, or the address may not be called.
    """
    try:
        host = _listed_host(address)
        with requests.Session() as session:
            session.trust_env = False
            session.mount(f"https://{host}", PinnedAdapter(host, public_address(host, address)))
            answer = session.get(
                f"{address}?{urlencode(wanted)}",
                headers={"Accept": "application/json"},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            )
            body: bytes = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
    except (AddressNotAllowed, requests.RequestException, OSError) as error:
        log.info("%s was not asked: %s", provider, type(error).__name__)
        raise NoOffer(provider=provider, why=Phrase("it could not be reached")) from error
    if answer.status_code != requests.codes.ok or len(body) > LONGEST_ANSWER:
        raise NoOffer(provider=provider, why=Phrase("it did not answer as agreed"))
    return body
