"""The beginning of an installation: its operator, its pool, and the first user."""

import secrets
from dataclasses import dataclass

from django.db import transaction

from core import accounts, clock
from core.domain.credit_code import credit_code
from core.domain.errors import Refusal
from core.models import Membership, Party, Pool, Role, User


class PoolCodeTaken(Refusal):
    """Raised when a pool of that code is open."""

    code = "pool-code-taken"
    reason = "A pool “{pool_code}” is open already."
    remedy = "Choose another code, for instance the place and the year."


@dataclass(frozen=True)
class OperatorIntake:
    """Who will lead the pool."""

    code: str
    name: str
    name_zh: str
    uscc: str
    customs_code: str


@dataclass(frozen=True)
class PoolIntake:
    """The pool to be opened: its bonded zone, its port and its year."""

    code: str
    name: str
    name_zh: str
    year: int
    zone_code: str
    zone_name: str
    zone_name_zh: str
    customs_district: str
    port: str


@transaction.atomic
def open_pool(operator: OperatorIntake, pool: PoolIntake) -> Pool:
    """Open a pool; a new operator is entered, and keeps the book and declares at first.

    Raises:
        PoolCodeTaken, BadCreditCode: nothing was entered.
    """
    if Pool.objects.filter(code=pool.code).exists():
        raise PoolCodeTaken(pool_code=pool.code)
    leads, _ = Party.objects.get_or_create(
        kind=Party.Kind.OPERATOR,
        code=operator.code,
        defaults={
            "name": operator.name,
            "name_zh": operator.name_zh,
            "country": "CN",
            "uscc": credit_code(operator.uscc) if operator.uscc else "",
            "customs_code": operator.customs_code,
            "joined_on": clock.today(),
        },
    )
    return Pool.objects.create(**vars(pool), operator=leads, keeper=leads, broker=leads)


@transaction.atomic
def first_user(operator: Party, username: str) -> tuple[User, str]:
    """A user who may do everything for the operator, with a password drawn at random.

    Raises:
        NameTaken: nobody was entered.
    """
    if User.objects.filter(username=username).exists():
        raise accounts.NameTaken(username=username)
    password = secrets.token_urlsafe(12)
    user = User(username=username)
    accounts.set_password(user, password)
    user.save()
    Membership.objects.create(user=user, party=operator, role=Role.OPERATOR)
    return user, password
