"""Banks asked for a rate by their servers: what is believed, and what is never called."""

import io
from decimal import Decimal

import pytest
import requests
from urllib3.response import HTTPResponse

from core.domain.transitions import StepNotAllowed
from fx_settlement import services
from fx_settlement.domain.offer_answers import Answered, NoOffer, read_answer
from fx_settlement.services import rate_sources

MID = Decimal("7.2")


def test_an_answer_says_the_rate_and_how_long_it_holds():
    assert read_answer(b'{"rate": "7.2150", "hours": 4}', provider="A", mid=MID) == Answered(
        Decimal("7.2150"), 4
    )
    assert read_answer(b'{"rate": 7.2150}', provider="A", mid=MID).all_in == Decimal("7.2150")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"<html>", b"[]", b"7.2", b"{}", b'{"rate": "much"}', b'{"rate": 0}', b'{"rate": -7}',
        b'{"rate": "NaN"}', b'{"rate": 7.2, "hours": 0}', b'{"rate": 7.2, "hours": 99}',
        b'{"rate": 6.47}', b'{"rate": 7.93}', b'{"rate": 721}', b'{"rate": 1e400}', b"\xff",
    ],
)  # fmt: skip
def test_what_is_no_rate_or_far_from_the_mid_is_no_offer(raw):
    with pytest.raises(NoOffer):
        read_answer(raw, provider="A", mid=MID)


class Bank:
    """Servers of banks, by host."""

    def __init__(self, answers):
        self.answers, self.calls = answers, []

    def send(self, adapter, request, **options):
        self.calls.append((request.url, options["timeout"], adapter.host))
        status, body = self.answers[adapter.host]
        answer = requests.Response()
        answer.status_code = status
        answer.raw = HTTPResponse(io.BytesIO(body), status=status, preload_content=False)
        answer.headers = {"Location": "https://inner.example/"} if status == 302 else {}
        answer.request, answer.url = request, request.url
        return answer


@pytest.fixture
def banks(monkeypatch, settings):
    def banks(**answers):
        hosts = {f"{name}.example": answer for name, answer in answers.items()}
        bank = Bank(hosts)
        settings.RATE_SOURCES = {name: f"https://{name}.example/rate" for name in answers}
        settings.RATE_HOSTS = list(hosts)
        monkeypatch.setattr(rate_sources, "public_address", lambda host, address: "192.0.2.1")
        monkeypatch.setattr(
            rate_sources.PinnedAdapter,
            "send",
            lambda self, request, **o: bank.send(self, request, **o),
        )
        return bank

    return banks


@pytest.fixture
def locked(batch, maker):
    return services.lock(batch, by=maker)


def test_every_bank_is_asked_and_its_offer_recorded_beside_the_mid(banks, locked):
    bank = banks(a=(200, b'{"rate": "7.2150"}'), b=(200, b'{"rate": "7.2200", "hours": 8}'))

    offers, faults = services.ask_banks(locked)

    assert [(row.provider, row.all_in, row.mid) for row in offers] == [
        ("a", Decimal("7.2150"), MID),
        ("b", Decimal("7.2200"), MID),
    ]
    assert faults == []
    assert bank.calls[0][0] == "https://a.example/rate?base=USD&quote=CNY&amount=1175.00"
    assert bank.calls[0][1] == (3, 5)


def test_a_bank_that_gives_no_rate_keeps_no_other_from_being_asked(banks, locked):
    banks(
        down=(503, b""),
        moved=(302, b""),
        flood=(200, b'{"rate": "7.21"' + b" " * 5_000 + b"}"),
        wild=(200, b'{"rate": "9.99"}'),
        good=(200, b'{"rate": "7.21"}'),
    )

    offers, faults = services.ask_banks(locked)

    assert [row.provider for row in offers] == ["good"]
    assert [fault.params["provider"] for fault in faults] == ["down", "moved", "flood", "wild"]


NOT_CALLED = {
    "plain": "http://a.example/rate",
    "bare": "https://127.0.0.1/rate",
    "named": "https://user@a.example/rate",
    "other": "https://other.example/rate",
    "port": "https://a.example:8443/rate",
    "file": "file:///etc/hostname",
}


def test_an_address_that_is_not_on_the_list_is_never_called(banks, locked, settings):
    bank = banks(a=(200, b'{"rate": "7.21"}'))
    settings.RATE_SOURCES = NOT_CALLED

    offers, faults = services.ask_banks(locked)

    assert (offers, bank.calls) == ([], [])
    assert [fault.params["provider"] for fault in faults] == list(NOT_CALLED)


def test_no_bank_is_asked_for_a_batch_that_takes_no_offers(banks, batch):
    bank = banks(a=(200, b'{"rate": "7.21"}'))

    with pytest.raises(StepNotAllowed):
        services.ask_banks(batch)

    assert bank.calls == []


def test_the_desk_asks_the_banks_with_one_button(banks, locked, client, maker):
    banks(a=(200, b'{"rate": "7.2150"}'), down=(503, b""))
    client.force_login(maker)
    at = f"/settlement/batches/{locked.pk}/"
    assert "Ask the banks" in client.get(at).content.decode()

    html = client.post(f"{at}ask/", follow=True).content.decode()

    assert "down gave no rate: it did not answer as agreed." in html
    assert "20.83 bps" in html
