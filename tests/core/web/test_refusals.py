"""A refusal reaches the reader with its reason, its numbers and its remedy."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from core.domain.errors import Phrase, Refusal
from core.domain.trade import BadGTIN, gtin
from core.domain.transitions import StateTable, StepNotAllowed
from core.web import refusals
from core.web.middleware import RefusalPages


class ShelfIsFull(Refusal):
    """Raised by these tests only."""

    code = "test-shelf-is-full"
    reason = "The shelf holds {free} free places; {asked} were asked for by {day} in {year}."
    remedy = "Ask for {free:,} or fewer."


class StepWasTaken(Refusal):
    """Raised by these tests only, and a conflict."""

    code = "test-step-was-taken"
    reason = "The step was taken already: {earlier}"
    remedy = "Load the page again."


refusals.answer_with(409, StepWasTaken.code)
FULL = ShelfIsFull(free=1200, asked=Decimal("1234.5"), day=date(2026, 3, 1), year=2026)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def answered(refusal: Exception, path: str = "/x/", **headers: str) -> HttpResponse:
    request = RequestFactory().get(path, headers=headers)
    answer = RefusalPages(lambda _: HttpResponse()).process_exception(request, refusal)
    assert answer is not None
    return answer


def test_numbers_and_dates_in_a_refusal_are_localised_but_years_are_not_grouped():
    said = refusals.render_refusal(FULL)

    assert said.reason == (
        "The shelf holds 1,200 free places; 1,234.5 were asked for by 1 Mar 2026 in 2026."
    )
    assert said.remedy == "Ask for 1,200 or fewer."


def test_a_refusal_inside_a_refusal_is_said_in_its_own_words():
    said = refusals.render_refusal(StepWasTaken(earlier=FULL))

    assert said.reason.startswith("The step was taken already: The shelf holds 1,200 free places;")


def test_words_inside_a_refusal_are_translated_with_it():
    with translation.override("zh-hans"):
        said = refusals.render_refusal(BadGTIN(value="x", fault=Phrase("it may hold digits only")))

    assert said.reason == "GTIN“x”无效：只能包含数字。"


def test_the_steps_that_are_possible_are_named_in_the_readers_language():
    table = StateTable({"open": {"pick": "picked", "cancel": "cancelled"}})
    with pytest.raises(StepNotAllowed) as refused:
        table.next("open", "ship")

    with translation.override("zh-hans"):
        said = refusals.render_refusal(refused.value)

    assert said.reason == "状态为“进行中”时不能执行“发货”。"
    assert said.remedy == "当前可行的操作：取消、拣货。"


def test_numbers_inside_words_inside_a_refusal_are_kept():
    with pytest.raises(BadGTIN) as refused:
        gtin("4006381333930")

    with translation.override("zh-hans"):
        said = refusals.render_refusal(refused.value)

    assert said.reason == "GTIN“4006381333930”无效：校验码应为 1，而不是 0。"


def test_a_stored_refusal_is_said_in_the_readers_language():
    stored = json.loads(json.dumps({"free": 1200, "asked": 3, "day": "2026-03-01", "year": 2026}))

    said = refusals.render_stored("test-shelf-is-full", stored)

    assert (
        said.reason == "The shelf holds 1,200 free places; 3 were asked for by 1 Mar 2026 in 2026."
    )


def test_a_stored_refusal_of_an_older_release_is_still_said():
    said = refusals.render_stored("test-long-gone", {"x": 1})

    assert (said.code, said.reason) == ("test-long-gone", "The request was declined.")


def test_a_refusal_is_answered_with_422():
    assert answered(FULL).status_code == 422


def test_a_conflict_is_answered_with_409():
    assert answered(StepWasTaken(earlier="")).status_code == 409


def test_the_page_says_reason_remedy_and_code():
    page = answered(FULL).content.decode()

    assert "The shelf holds 1,200 free places" in page
    assert "Ask for 1,200 or fewer." in page
    assert "test-shelf-is-full" in page


def test_the_page_leads_back_to_where_the_reader_came_from():
    page = answered(FULL, Referer="http://testserver/stock/?page=2").content.decode()

    assert '<a class="btn" href="/stock/?page=2">' in page


def test_the_page_never_leads_back_to_another_site():
    page = answered(FULL, Referer="https://elsewhere.example/stock/").content.decode()

    assert "elsewhere.example" not in page


def test_what_a_user_typed_reaches_the_page_as_text():
    page = answered(BadGTIN(value="<script>alert(1)</script>", fault="x")).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/api/trace/X", "*/*"), ("/stock/", "application/problem+json")],
)
def test_a_program_gets_a_problem_document(path, accept):
    answer = answered(FULL, path, Accept=accept)

    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content) == {
        "type": "urn:bondpool:problem:test-shelf-is-full",
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "test-shelf-is-full",
        "detail": (
            "The shelf holds 1,200 free places; 1,234.5 were asked for by 1 Mar 2026 in 2026."
        ),
        "remedy": "Ask for 1,200 or fewer.",
    }


def test_htmx_gets_a_fragment_for_the_notice_area():
    answer = answered(FULL, **{"HX-Request": "true"})

    assert answer["HX-Retarget"] == "#notices"
    assert answer.content.decode().startswith('<div class="notice bad" role="alert">')
    assert "<html" not in answer.content.decode()


def test_a_missing_object_is_answered_with_our_page():
    answer = answered(Http404())

    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_a_missing_object_of_the_api_is_a_problem_document():
    answer = answered(Http404(), "/api/trace/X")

    assert (answer.status_code, json.loads(answer.content)["code"]) == (404, "not-found")


def test_a_bug_is_not_a_refusal_and_rises():
    request = RequestFactory().get("/x/")

    assert RefusalPages(lambda _: HttpResponse()).process_exception(request, ValueError()) is None
