"""The front page, signing in, and the frame around every page."""

import pytest
from django.test import Client

from core.web.middleware import POLICY

SIGN_IN = "/sign-in/"
MEMBER = {"username": "user-of-kowhai", "password": "secret"}


@pytest.mark.parametrize("path", ["/", SIGN_IN, "/home/", "/no-such-page", "/sign-in", "/api/none"])
def test_every_answer_carries_the_policy(client, db, path):
    assert client.get(path)["Content-Security-Policy"] == POLICY


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_what_a_member_sees_is_not_kept_by_the_browser(as_importer):
    assert as_importer.get("/home/")["Cache-Control"] == "private, no-store"


def test_the_front_page_may_be_kept(client, db):
    assert "Cache-Control" not in client.get("/")


def test_the_front_page_costs_no_query_and_sets_no_cookie(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get("/")

    assert page.status_code == 200
    assert not page.cookies


def test_the_front_page_looks_codes_up_by_address(client, db):
    page = client.get("/").content.decode()

    assert 'method="get" action="/trace"' in page
    assert 'name="code"' in page


def test_the_front_page_speaks_chinese_to_a_chinese_browser(client, db):
    page = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).content.decode()

    assert '<html lang="zh-hans">' in page


def test_the_address_can_ask_for_a_language_and_keeps_no_cookie(client, db):
    page = client.get("/?lang=zh-hans")

    assert '<html lang="zh-hans">' in page.content.decode()
    assert not page.cookies


def test_public_pages_run_no_script(client, db):
    assert "<script" not in client.get("/").content.decode()


def test_a_member_signs_in_and_arrives_at_the_home_page(client, importer_user):
    answer = client.post(SIGN_IN, MEMBER)

    assert (answer.status_code, answer["Location"]) == (302, "/home/")


def test_signing_in_returns_to_the_page_asked_for(client, operator_user):
    asked = client.get("/books/")
    answer = client.post(asked["Location"], {"username": "user-of-operator", "password": "secret"})

    assert answer["Location"] == "/books/"


def test_a_wrong_password_is_declined_without_saying_which_part_was_wrong(client, importer_user):
    wrong = client.post(SIGN_IN, MEMBER | {"password": "x"}).content.decode()
    unknown = client.post(SIGN_IN, {"username": "nobody", "password": "x"}).content.decode()

    said = "Name and password do not match. Check both and try again."
    assert said in wrong
    assert said in unknown


def test_a_language_chosen_before_signing_in_stays(client, importer_user):
    answer = client.post(f"{SIGN_IN}?lang=zh-hans", MEMBER)

    assert answer.cookies["django_language"].value == "zh-hans"


def test_signing_out_needs_a_form_not_a_link(as_importer):
    assert as_importer.get("/sign-out/").status_code == 405


def test_signing_out_ends_the_session(as_importer):
    as_importer.post("/sign-out/")

    assert as_importer.get("/home/").status_code == 302


@pytest.mark.parametrize("path", ["/home/", "/books/"])
def test_whoever_is_not_signed_in_signs_in_first(client, db, path):
    assert client.get(path)["Location"] == f"/sign-in/?next={path}"


def test_a_session_that_ended_under_an_open_page_leads_the_whole_page_to_sign_in(client, db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/work/?x=1"}

    answer = client.get("/work/", headers=headers)

    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in/?next=%2Fwork%2F")


@pytest.mark.parametrize("who", ["as_importer", "as_operator", "as_broker"])
def test_each_role_has_a_home(request, who):
    assert request.getfixturevalue(who).get("/home/").status_code == 200


@pytest.mark.parametrize("who", ["as_importer", "as_broker"])
def test_strangers_to_the_books_find_nothing_there(request, who):
    assert request.getfixturevalue(who).get("/books/").status_code == 404


def test_a_user_without_a_party_finds_nothing(client, django_user_model, db):
    client.force_login(django_user_model.objects.create_user("drifter"))

    assert client.get("/home/").status_code == 404


def test_the_shell_names_the_party_and_offers_its_pages(as_operator):
    page = as_operator.get("/home/").content.decode()

    assert "Beilun Pool Services" in page
    assert '<a href="/books/">' in page
    assert '<a href="/home/" aria-current="page">' in page


def test_the_theme_is_remembered_and_shown(as_importer):
    answer = as_importer.post("/theme/", {"theme": "dark", "next": "/home/"})

    assert answer["Location"] == "/home/"
    assert 'data-theme="dark"' in as_importer.get("/home/").content.decode()


def test_the_theme_can_follow_the_device_again(as_importer):
    as_importer.post("/theme/", {"theme": "dark"})
    as_importer.post("/theme/", {"theme": "device"})

    assert "data-theme" not in as_importer.get("/home/").content.decode()


def test_choosing_a_theme_never_leads_to_another_site(client, db):
    answer = client.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})

    assert answer["Location"] == "/"


def test_a_forged_theme_cookie_changes_nothing(as_importer):
    as_importer.cookies["theme"] = '"><script>'

    assert "data-theme" not in as_importer.get("/home/").content.decode()


def test_an_old_form_is_answered_politely(db):
    answer = Client(enforce_csrf_checks=True).post(SIGN_IN, {"username": "x", "password": "y"})

    assert answer.status_code == 403
    assert "This request was not accepted" in answer.content.decode()


def test_an_address_nobody_serves_has_our_page(client, db, settings):
    settings.DEBUG = True

    answer = client.get("/no-such-page")

    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_a_failure_of_ours_shows_a_reference_and_nothing_else(client, db, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("portal.views.render", fails)
    client.raise_request_exception = False

    answer = client.get("/")

    assert answer.status_code == 500
    assert "Reference" in answer.content.decode()
    assert "secret of the house" not in answer.content.decode()


def test_a_member_switches_the_language_and_stays_on_the_page(as_importer):
    answer = as_importer.post("/language/", {"language": "zh-hans", "next": "/home/"})

    assert answer["Location"] == "/home/"
    assert '<html lang="zh-hans"' in as_importer.get("/home/").content.decode()


def test_a_chinese_reader_is_refused_in_chinese(as_importer):
    page = as_importer.get("/books/", headers={"Accept-Language": "zh-CN"}).content.decode()

    assert "此地址没有内容" in page


def test_every_page_of_the_shell_leads_to_its_content_by_keyboard(as_importer):
    page = as_importer.get("/home/").content.decode()

    assert '<a class="skip" href="#main">' in page
    assert '<main class="main" id="main">' in page
