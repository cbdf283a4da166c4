"""The job table is the truth and the broker a bell: whatever happens to it, work is done once."""

import sys
import time
from pathlib import Path

CELERY = str(Path(sys.executable).with_name("celery"))
NOBODY = {"redis": "redis://127.0.0.1:1/9", "amqp": "amqp://guest:guest@127.0.0.1:1//"}


def test_a_worker_started_as_the_manual_says_runs_what_was_ordered(house):
    queues = f"{house.queues}.jobs,{house.queues}.sweep"
    house.start(CELERY, "-A", "config", "worker", "-Q", queues, "-c", "1", "--loglevel", "WARNING")

    (job,) = house.order(("portal.check_books", "the books", {}))

    done = house.wait_until_done(job)
    assert (done["attempts"], done["failure"]) == (1, "")


def test_a_job_whose_worker_was_killed_is_taken_over_after_its_lease(house):
    first = house.worker()
    (job,) = house.order(("test.walk", "walk", {"steps": 25}))
    house.wait_for(job, lambda row: row["done"] >= 5)

    house.kill(first)
    left = house.job(job)
    house.sweeping_worker()

    assert left["state"] == "running"
    assert house.wait_until_done(job) == {
        "state": "done",
        "done": 25,
        "attempts": 2,
        "failure": "",
    }
    noted = [int(line) for line in house.noted()]
    assert sorted(set(noted)) == list(range(1, 26))
    assert len(noted) <= 26


def test_a_job_rung_for_many_times_is_done_once(house):
    job, last = house.order(
        ("test.note", "first", {"line": "first"}), ("test.note", "last", {"line": "last"})
    )
    again = f"for _ in range(5): celery.ring({job})"
    house.shell(again)

    house.worker()
    house.wait_until_done(last)
    house.shell(again)
    (after,) = house.order(("test.note", "after", {"line": "after"}))
    house.wait_until_done(after)

    assert house.job(job) == {"state": "done", "done": 0, "attempts": 1, "failure": ""}
    assert sorted(house.noted()) == ["after", "first", "last"]


def test_a_job_ordered_while_the_broker_was_away_is_found_by_the_sweep(house):
    scheme = house.environment["CELERY_BROKER_URL"].partition(":")[0]
    began = time.monotonic()

    (job,) = house.order(
        ("test.note", "unheard", {"line": "unheard"}), CELERY_BROKER_URL=NOBODY[scheme]
    )
    ordered_within = time.monotonic() - began
    before = house.job(job)
    house.sweeping_worker()

    assert before["state"] == "queued"
    assert house.wait_until_done(job)["attempts"] == 1
    assert house.noted() == ["unheard"]
    assert ordered_within < 30


def test_two_workers_share_the_work_and_do_nothing_twice(house):
    house.worker()
    house.sweeping_worker()

    jobs = house.order(*(("test.note", f"note {n}", {"line": n}) for n in range(30)))
    for job in jobs:
        house.wait_until_done(job)

    assert sorted(map(int, house.noted())) == list(range(30))
    assert {house.job(job)["attempts"] for job in jobs} == {1}
