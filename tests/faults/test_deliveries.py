"""Work that arrives twice, late or in another order; work that poisons; a bell that is broken."""

import random

import pytest
from django.test import override_settings

from core import jobs
from core.jobs import JobContext
from core.models import Fact, Job
from customs.models import DeclarationBatch
from tests.attacks.world import NOW, changed, standing

pytestmark = pytest.mark.django_db


def deliver_all_again(seed):
    """Every finished piece of work once more, in an order of its own."""
    done = list(Job.objects.filter(state="done").order_by("pk"))
    random.Random(seed).shuffle(done)  # noqa: S311  an order, not a secret
    for job in done:
        for _ in range(2):
            Job.objects.filter(pk=job.pk).update(state="queued", attempts=0)
            assert jobs.run(job.pk)


def without_counters(rows):
    """Rows, without the table that counts how often work was tried."""
    return {table: each for table, each in rows.items() if table != "core_job"}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_task_may_be_delivered_again_in_any_order(world, seed):
    before = without_counters(standing())

    deliver_all_again(seed)

    assert without_counters(standing()) == before
    assert not Job.objects.filter(state="running").exists()


def test_a_job_that_two_workers_see_is_worked_on_by_one(world):
    job = jobs.order("customs.build_batch", key="again", batch=world.batch.pk)

    first, second = jobs.claim(job.pk), jobs.claim(job.pk)

    assert (first is not None, second) == (True, None)


def test_a_worker_that_was_given_up_cannot_write_over_its_heir(world):
    job = jobs.order("customs.build_batch", key="again", batch=world.batch.pk)
    late = JobContext(jobs.claim(job.pk))
    Job.objects.filter(pk=job.pk).update(lease_until=NOW)
    heir = JobContext(jobs.claim(job.pk))
    heir.progress(2, 4, "by the heir")

    with pytest.raises(jobs.LeaseLost):
        late.progress(1, 4, "by the dead")

    job.refresh_from_db()
    assert (job.done, job.message) == (2, "by the heir")


def test_poisoned_work_is_parked_after_its_tries_while_other_work_goes_on(world):
    def poison(_job):
        raise RuntimeError("cannot be done")

    jobs.task("test.poison")(poison)
    bad = jobs.order("test.poison", key="poison")
    good = jobs.order("customs.build_batch", key="good", batch=world.batch.pk)

    for _ in range(jobs.MOST_ATTEMPTS + 2):
        Job.objects.filter(pk=bad.pk).update(run_after=None)
        jobs.run_until_idle()

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.attempts, good.state) == ("parked", jobs.MOST_ATTEMPTS, "done")
    page = world.client("operator").get("/work/").content.decode()
    assert "RuntimeError" in page


def test_work_that_nobody_knows_is_parked_and_stops_no_worker(world):
    unknown = jobs.order("test.never.written", key="unknown")
    good = jobs.order("customs.build_batch", key="good", batch=world.batch.pk)

    for _ in range(jobs.MOST_ATTEMPTS):
        Job.objects.filter(pk=unknown.pk).update(run_after=None)
        jobs.run_until_idle()

    unknown.refresh_from_db()
    good.refresh_from_db()
    assert (unknown.state, good.state) == ("parked", "done")


@override_settings(JOB_BELL="config.celery.ring", CELERY_BROKER_URL="redis://127.0.0.1:1/0")
def test_a_lost_broker_holds_no_form_up_and_loses_no_work(
    world, django_capture_on_commit_callbacks, monkeypatch
):
    client = world.client("broker")
    waited: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", waited.append)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/customs/batches/declare/", {"pool": world.pool.pk})

    made = DeclarationBatch.objects.latest("pk")
    assert (answer.status_code, made.job.state) == (302, "queued")
    assert sum(waited) == 0
    jobs.run_until_idle()
    made.refresh_from_db()
    assert made.state == "built"


def test_a_form_sent_twice_by_an_impatient_reader_is_followed_once(world):
    client = world.client("broker")
    client.post("/customs/batches/declare/", {"pool": world.pool.pk})
    before = standing()

    again = client.post("/customs/batches/declare/", {"pool": world.pool.pk})

    assert again.status_code == 302
    assert changed(before) == []
    assert Fact.objects.filter(name="customs.declaration.declared").count() == 3
