"""What nobody would type by mistake: numbers without end, control characters, missing steps."""

import pytest

from core.web.numbers import whole
from tests.attacks.examples import PAGES, PUBLIC

pytestmark = pytest.mark.django_db

ENDLESS = "9" * 5_000
NOT_NUMBERS = ["", "x", "-1", "1.5", "1e9", "٣", "²", "NaN", ENDLESS, "1 ", "0x1"]


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_only_plain_digits_of_bounded_length_are_a_number(text):
    assert whole(text) is None


def test_digits_are_the_number_they_stand_for():
    assert whole("0042") == 42


def odd_forms(world):
    """Forms whose number names no object, with the page they are sent to."""
    for odd in NOT_NUMBERS:
        yield "operator", "/customs/batches/declare/", {"pool": odd}
        yield "operator", "/settlement/batches/open/", {"pool": odd, "currency": odd}
        yield "operator", f"/settlement/batches/{world.settlement.pk}/lock/", {"version": odd}
        yield "importer", "/agreement/", {"agreement": odd}


def test_a_number_that_is_none_finds_nothing_and_is_no_failure(world):
    clients = {who: world.client(who) for who in ("operator", "importer")}

    met = [
        (path, sent, clients[who].post(path, sent).status_code)
        for who, path, sent in odd_forms(world)
    ]

    assert [each for each in met if each[2] != 404] == []


@pytest.mark.parametrize("odd", ["9" * 30, ENDLESS])
def test_an_object_number_beyond_every_database_finds_nothing(world, odd):
    client = world.client("operator")
    met = [
        client.get(where.replace("<int:pk>", odd).join(("/", ""))).status_code
        for where in PAGES
        if "<int:pk>" in where and PAGES[where].reads and "operator" in PAGES[where].who
    ]

    assert set(met) == {404}
    assert world.client("importer").get(f"/customs/orders/?before={odd}").status_code == 200


@pytest.mark.parametrize("odd", ["%00", "%0d%0aX-Told: 1", "%ff", "%ef%bc%9cscript%ef%bc%9e"])
def test_control_characters_in_an_address_are_no_failure_and_make_no_header(world, odd):
    anonymous, operator = world.client("anonymous"), world.client("operator")
    met = [
        anonymous.get(path + odd)
        for path in ("/t/", "/api/trace/", "/join/", "/trace?code=", "/01/09421902960017/21/")
    ]
    met.append(operator.get(f"/settlement/importers/{odd}/2025/"))
    met.append(operator.get(f"/imports/plan/template.{odd}"))

    assert [answer.status_code for answer in met if answer.status_code >= 500] == []
    assert [answer for answer in met if "X-Told" in answer.headers] == []


def test_an_address_with_a_nul_is_declined_before_anything_is_looked_up(
    world, django_assert_num_queries
):
    client = world.client("operator")

    with django_assert_num_queries(0):
        path = client.get("/settlement/importers/%00/2025/")
        query = client.get("/trace?code=%00")

    assert (path.status_code, query.status_code) == (400, 400)


def test_a_second_factor_that_was_never_begun_cannot_be_confirmed(world):
    answer = world.client("operator").post("/account/second-factor/", {"code": "000000"})

    assert answer.headers["Location"] == "/account/second-factor/"


def test_the_second_step_without_the_first_leads_back_to_the_first(world):
    answer = world.client("anonymous").post("/sign-in/second/", {"code": "000000"})

    assert answer.headers["Location"] == "/sign-in/"


def test_text_where_a_form_expects_numbers_or_days_is_no_failure(world):
    wrong = []
    for who in ("importer", "operator", "broker"):
        client = world.client(who)
        for where, page in {**PAGES, **PUBLIC}.items():
            if page.sends is not None and who in page.who:
                sent = dict.fromkeys(page.sends(world), "\x00⁂" + "x" * 300)
                status = client.post(page.example(world), sent).status_code
                if status >= 500:
                    wrong.append((who, where, status))

    assert wrong == []
