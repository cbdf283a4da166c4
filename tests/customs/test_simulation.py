import pytest

from core import tenancy
from customs import services, simulation
from customs.models import CustomsReceipt
from tests.customs.shop import OTHER_BUYER

NUMBERS = [f"DEC-2025-{n:06d}" for n in range(1, 2_001)]


def last_status(seed, number):
    return simulation.answers(seed, number)[-1].status


def test_the_same_seed_gives_the_same_answers():
    assert simulation.answers("a", NUMBERS[0]) == simulation.answers("a", NUMBERS[0])


def test_nearly_all_are_released_and_a_small_share_is_refused_with_a_reason():
    ends = [last_status("2025", number) for number in NUMBERS]

    assert set(ends) == {"800", "100"}
    assert 20 <= ends.count("100") <= 90


def test_every_simulated_answer_says_that_it_is_simulated():
    for number in NUMBERS[:100]:
        assert all(x.raw.startswith("[simulated]") for x in simulation.answers("2025", number))


def test_every_refusal_carries_an_error_code_of_the_interface():
    codes = {code for code, _ in simulation.REASONS}
    said = [simulation.answers("2025", number)[-1] for number in NUMBERS]

    for refused in (answer for answer in said if answer.status == "100"):
        assert any(code in refused.raw for code in codes)


def test_answers_come_in_the_order_of_their_time():
    for number in NUMBERS[:200]:
        times = [answer.after for answer in simulation.answers("2025", number)]
        assert times == sorted(times)


@pytest.mark.django_db
def test_a_batch_is_answered_once_and_released(take, stocked):
    batch = services.declare_batch(stocked, [take(1), take(1, buyer=OTHER_BUYER)], request_key="b1")

    states = simulation.answer_batch(batch, seed="2025")
    again = simulation.answer_batch(batch, seed="2025")

    assert states == again == {"released": 2}
    with tenancy.as_operator("test"):
        assert CustomsReceipt.objects.count() == 4
        declaration = batch.declarations.order_by("pk").first()
    assert declaration.invt_no == "31052025I000000001"
