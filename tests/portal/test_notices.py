"""The page of notices: most pressing first, counted in the navigation, read once."""

import pytest

from core import jobs, notices
from core.models import Job, Notice
from core.notices import Kind

for level in ("alarm", "due", "news"):
    notices.register(f"test.{level}", Kind(level, f"A word of {level}.", "Do it."))


@jobs.task("test.always_fails")
def always_fails(job):
    raise ValueError("no ink")


@pytest.fixture
def told(importer):
    return [
        notices.tell(importer, f"test.{level}", key=level, address="/home/")
        for level in ("news", "alarm", "due")
    ]


def test_notices_stand_by_how_pressing_they_are_and_are_counted(as_importer, told):
    page = as_importer.get("/notices/").content.decode()

    places = [page.index(f"A word of {level}.") for level in ("alarm", "due", "news")]
    assert places == sorted(places)
    assert '<span class="count">3' in page


def test_one_notice_or_all_can_be_marked_as_read(as_importer, importer, importer_user, told):
    as_importer.post("/notices/read/", {"notice": told[0].pk})
    assert notices.unread(importer_user, [importer.pk]) == 2

    as_importer.post("/notices/read/")

    assert notices.unread(importer_user, [importer.pk]) == 0
    assert 'class="count"' not in as_importer.get("/notices/").content.decode()


def test_a_strangers_notice_cannot_be_marked(as_importer, stranger, stranger_user):
    other = notices.tell(stranger, "test.news", key="theirs")

    as_importer.post("/notices/read/", {"notice": other.pk})

    assert notices.unread(stranger_user, [stranger.pk]) == 1
    assert "A word of news." not in as_importer.get("/notices/").content.decode()


def test_without_notices_the_page_says_what_will_be_here(as_importer):
    assert "Nothing waits for you" in as_importer.get("/notices/").content.decode()


def test_the_operator_is_told_of_parked_work_until_it_is_tried_again(
    as_operator, operator, operator_user
):
    job = jobs.order("test.always_fails", key="k")
    Job.objects.update(attempts=4)
    jobs.run(job.pk)

    (told,) = notices.of(operator_user, [operator.pk])
    assert told.what == "Background work “test.always_fails” was parked after 5 attempts."

    as_operator.post(f"/work/{job.pk}/again/")

    assert Notice.objects.filter(settled_at=None).count() == 0
