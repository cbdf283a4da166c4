"""The second factor of operators and brokers: time-based codes (RFC 6238) and spare codes."""

import secrets
from datetime import timedelta

import pyotp
from django.conf import settings
from django.db import transaction

from core import clock, keys, throttle
from core.domain.errors import Refusal
from core.models.party import Membership
from core.models.user import SecondFactor, User

ISSUER = "Bondpool"
STEP_SECONDS = 30
SPARE_CODES = 8
MOST_TRIES = 5
WINDOW = timedelta(minutes=15)


class WrongCode(Refusal):
    """Raised for a code that is not the present one, or was used before."""

    code = "wrong-second-factor"
    reason = "The six digits are not those of the present half minute, or were used already."
    remedy = "Wait for the next digits and type them; check that the device's clock is right."


def is_required(user: User) -> bool:
    """Whether one of the user's roles asks for a second factor in this installation."""
    roles = settings.SECOND_FACTOR_ROLES
    return Membership.objects.filter(user=user, is_active=True, role__in=roles).exists()


def is_confirmed(user: User) -> bool:
    """Whether the user has set one up."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def is_begun(user: User) -> bool:
    """Whether a secret was drawn for the user, confirmed or not."""
    return SecondFactor.objects.filter(user=user).exists()


def begin(user: User) -> str:
    """Draw a secret (again, until confirmed); returns the address for the authenticator's QR."""
    secret = pyotp.random_base32()
    sealed = keys.ring().seal("vault", secret.encode(), _context(user))
    factor, is_new = SecondFactor.objects.get_or_create(
        user=user, defaults={"sealed_secret": sealed}
    )
    if not is_new and factor.confirmed_at is None:
        SecondFactor.objects.filter(pk=factor.pk).update(sealed_secret=sealed)
    return pyotp.TOTP(_secret(user)).provisioning_uri(name=user.username, issuer_name=ISSUER)


def pending_address(user: User) -> str:
    """The authenticator's address of a secret that was drawn and not confirmed yet."""
    return pyotp.TOTP(_secret(user)).provisioning_uri(name=user.username, issuer_name=ISSUER)


@transaction.atomic
def confirm(user: User, code: str) -> list[str]:
    """Confirm with a first code; returns the spare codes, which are shown once.

    Raises:
        WrongCode: nothing was confirmed.
    """
    check(user, code)
    spare = [secrets.token_hex(5) for _ in range(SPARE_CODES)]
    SecondFactor.objects.filter(user=user).update(
        confirmed_at=clock.now(), spare_digests=[_spare_digest(user, each) for each in spare]
    )
    return spare


def check(user: User, code: str) -> None:
    """Accept the code of the present or the last half minute, each once; or a spare code, once.

    Raises:
        WrongCode: not accepted. TooManyTries: five wrong ones within a quarter of an hour.
    """
    throttle.refuse_above(MOST_TRIES, "second-factor", str(user.pk), window=WINDOW)
    if _take_step(user, code.strip()) or _take_spare(user, code.strip().lower()):
        throttle.forget("second-factor", str(user.pk))
        return
    throttle.note("second-factor", str(user.pk), window=WINDOW)
    raise WrongCode


def _take_step(user: User, code: str) -> bool:
    """Whether the code fits a step later than the last one used; then that step is used up."""
    totp = pyotp.TOTP(_secret(user))
    now = int(clock.now().timestamp())
    for moment in (now, now - STEP_SECONDS):
        step = moment // STEP_SECONDS
        if secrets.compare_digest(totp.at(moment).encode(), code.encode()):
            unused = SecondFactor.objects.filter(user=user, last_step__lt=step)
            return bool(unused.update(last_step=step))
    return False


@transaction.atomic
def _take_spare(user: User, code: str) -> bool:
    factor = SecondFactor.objects.select_for_update().get(user=user)
    digest = _spare_digest(user, code)
    if digest not in factor.spare_digests:
        return False
    left = [each for each in factor.spare_digests if each != digest]
    SecondFactor.objects.filter(pk=factor.pk).update(spare_digests=left)
    return True


def _secret(user: User) -> str:
    sealed = SecondFactor.objects.values_list("sealed_secret", flat=True).get(user=user)
    return keys.ring().unseal("vault", bytes(sealed), _context(user)).decode()


def _spare_digest(user: User, code: str) -> str:
    return keys.ring().hmac("index", f"spare:{user.pk}:{code}".encode()).hex()


def _context(user: User) -> bytes:
    return f"second-factor:{user.pk}".encode()
