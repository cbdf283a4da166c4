"""An empty installation gets its operator, its pool and somebody who can sign in."""

import re

import pytest
from django.core.management import CommandError, call_command

from core.models import Membership, Party, Pool, User

POOL = {
    "code": "ningbo-2026",
    "name": "Ningbo pool",
    "name_zh": "宁波共享仓",
    "year": 2026,
    "zone_code": "3105W90001",
    "zone_name": "Ningbo Beilun bonded zone",
    "zone_name_zh": "宁波北仑保税区",
    "customs_district": "3105",
    "port": "CNNGB",
    "operator_code": "beilun",
    "operator_name": "Beilun Pool Services",
    "operator_name_zh": "北仑联仓",
    "username": "fang",
}
pytestmark = pytest.mark.django_db


def test_the_first_user_signs_in_with_the_password_that_was_shown(client, capsys):
    call_command("open_pool", **POOL)

    said = capsys.readouterr().out
    password = re.search(r"Sign in as fang with (\S+)\n", said).group(1)
    assert client.login(username="fang", password=password)
    assert client.get("/home/").status_code == 200
    (membership,) = Membership.objects.all()
    assert (membership.role, membership.party.name_zh) == ("operator", "北仑联仓")
    assert sorted(membership.rights) == ["manage", "money", "plan", "trade"]


def test_until_others_join_the_operator_keeps_the_book_and_declares():
    call_command("open_pool", **POOL)

    pool = Pool.objects.get()
    assert pool.operator == pool.keeper == pool.broker
    assert (pool.currency, pool.is_simulated, pool.year) == ("CNY", False, 2026)


def test_the_next_pool_has_the_same_operator_and_another_user():
    call_command("open_pool", **POOL)

    call_command("open_pool", **{**POOL, "code": "ningbo-2027", "year": 2027, "username": "lin"})

    assert Party.objects.count() == 1
    assert list(Pool.objects.order_by("year").values_list("year", flat=True)) == [2026, 2027]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"username": "other"}, "A pool “ningbo-2026” is open already"),
        ({"code": "ningbo-2027"}, "The user name “fang” is taken"),
        ({"code": "x", "operator_code": "y", "operator_uscc": "91330200MA00000000"}, "credit code"),
    ],
)
def test_what_cannot_be_opened_leaves_everything_as_it_was(change, said):
    call_command("open_pool", **POOL)

    with pytest.raises(CommandError, match=said):
        call_command("open_pool", **{**POOL, **change})

    assert (Pool.objects.count(), Party.objects.count(), User.objects.count()) == (1, 1, 1)
