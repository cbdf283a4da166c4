"""Who signs for this installation: nobody, a key in a file, or a service in front of a crypto box.

The service is asked by ``POST {"algorithm": …, "content": base64}`` and answers
``{"signature": base64}``; it never sees more than the part of the message that is signed.
"""

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

import requests
from django.conf import settings

from core.domain.errors import Refusal
from customs.jurisdictions.cn.messages.fields import DSIG
from customs.jurisdictions.cn.messages.signing import PemSigner, Signer

TIMEOUT_SECONDS = 10
DIGESTS = {f"{DSIG}rsa-sha1": (f"{DSIG}sha1", "sha1")}
_SM = "http://www.chinaport.gov.cn/2022/04/xmldsig#"
DIGESTS[f"{_SM}sm2-sm3"] = (f"{_SM}sm3", "sm3")
"""Signature methods of the interface, each with its digest."""


class SigningServiceFailed(Refusal):
    """Raised when the signing service gives no signature."""

    code = "signing-service-failed"
    reason = "The signing service gave no signature."
    remedy = "See that the service runs and that its key card is in place; the work is tried again."


@dataclass(frozen=True, slots=True)
class ServiceSigner:
    """Signs by asking a service."""

    url: str
    key_name: str
    certificate: str = ""
    signature_method: str = f"{DSIG}rsa-sha1"

    @property
    def digest_method(self) -> str:
        """The digest that goes with the signature's method."""
        return DIGESTS[self.signature_method][0]

    def digest(self, content: bytes) -> bytes:
        """The digest, made here."""
        return hashlib.new(
            DIGESTS[self.signature_method][1], content, usedforsecurity=False
        ).digest()

    def sign(self, content: bytes) -> bytes:
        """The service's signature.

        Raises:
            SigningServiceFailed: it does not answer, or not with a signature.
        """
        asked = {"algorithm": self.signature_method, "content": b64encode(content).decode()}
        try:
            answer = requests.post(
                self.url, json=asked, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
            answer.raise_for_status()
            return b64decode(answer.json()["signature"], validate=True)
        except (requests.RequestException, KeyError, TypeError, ValueError) as error:
            raise SigningServiceFailed from error


def configured_signer() -> Signer | None:
    """The signer that the settings name; None where the broker's own client signs."""
    name, certificate = settings.CUSTOMS_KEY_NAME, settings.CUSTOMS_CERTIFICATE
    if settings.CUSTOMS_SIGNING_URL:
        return ServiceSigner(
            settings.CUSTOMS_SIGNING_URL, name, certificate, settings.CUSTOMS_SIGNATURE_METHOD
        )
    if settings.CUSTOMS_SIGNING_KEY:
        pem = Path(settings.CUSTOMS_SIGNING_KEY).read_bytes()
        return PemSigner.load(pem, key_name=name, certificate=certificate)
    return None
