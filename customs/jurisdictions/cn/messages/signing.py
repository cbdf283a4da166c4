"""Signing a message: the signature stands inside it, over all of it but itself.

Who holds the key is of no matter here: a file for tests and drills, a service in front of a
crypto box, or nobody, in which case the broker's own client signs. Source: XML Signature of
2002-02-12 with canonical XML of 2001-03-15, as the interface of 2022-05 asks.
"""

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from core.domain.errors import Refusal
from customs.jurisdictions.cn.messages.fields import CEB, DSIG, shapes
from customs.jurisdictions.cn.messages.papers import Message
from customs.jurisdictions.cn.messages.writing import FIRST_LINE, canonical, plain_text, value_text

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DSIG}enveloped-signature"


class KeyNotUsable(Refusal):
    """Raised for a key file that holds no RSA key, or is locked."""

    code = "signing-key-not-usable"
    reason = "The key file holds no RSA key that can be opened."
    remedy = "Give a PEM file with an RSA private key that no password locks."


class Signer(Protocol):
    """Whoever can sign for a company."""

    @property
    def signature_method(self) -> str:
        """The method of the signature by its address."""

    @property
    def digest_method(self) -> str:
        """The method of the digest by its address."""

    @property
    def key_name(self) -> str:
        """The serial number of the key's card."""

    @property
    def certificate(self) -> str:
        """The certificate as base64, or nothing."""

    def digest(self, content: bytes) -> bytes:
        """The digest that goes into the signature."""

    def sign(self, content: bytes) -> bytes:
        """The signature over canonical bytes."""


@dataclass(frozen=True, slots=True)
class PemSigner:
    """Signs with an RSA key from a file: RSA with SHA-1, which the interface still asks for."""

    key: rsa.RSAPrivateKey
    key_name: str
    certificate: str = ""
    signature_method: str = f"{DSIG}rsa-sha1"
    digest_method: str = f"{DSIG}sha1"

    @classmethod
    def load(cls, pem: bytes, *, key_name: str, certificate: str = "") -> "PemSigner":
        """The signer whose private key is in a PEM file.

        Raises:
            KeyNotUsable: it is no RSA key, or it is locked by a password.
        """
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise KeyNotUsable from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise KeyNotUsable
        return cls(key, key_name, certificate)

    def digest(self, content: bytes) -> bytes:
        """SHA-1 of the content."""
        return hashlib.sha1(content, usedforsecurity=False).digest()

    def sign(self, content: bytes) -> bytes:
        """The signature by PKCS #1 v1.5."""
        return self.key.sign(content, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303


def write_signed(message: Message, signer: Signer | None) -> bytes:
    """The message with its signature; without one where there is no signer."""
    content = canonical(message)
    if signer is None:
        return FIRST_LINE + content
    end = f"</ceb:{shapes()[message.code].root.name}>".encode()
    return FIRST_LINE + content.removesuffix(end) + _signature(content, signer).encode() + end


def _signature(content: bytes, signer: Signer) -> str:
    digest = b64encode(signer.digest(content)).decode()
    info = _signed_info(signer, digest)
    signed = b64encode(signer.sign(info.encode())).decode()
    certificate = (
        f"<ds:X509Data><ds:X509Certificate>{signer.certificate}</ds:X509Certificate></ds:X509Data>"
        if signer.certificate
        else ""
    )
    return (
        f'<ds:Signature xmlns:ds="{DSIG}">{_as_it_stands(info)}'
        f"<ds:SignatureValue>{signed}</ds:SignatureValue>"
        f"<ds:KeyInfo><ds:KeyName>{plain_text(signer.key_name)}</ds:KeyName>{certificate}</ds:KeyInfo>"
        "</ds:Signature>"
    )


_OUTER = f' xmlns:ceb="{CEB}" xmlns:ds="{DSIG}"'
"""Namespaces around the signed part: canonical XML of a part repeats them on its first element."""


def _signed_info(signer: Signer, digest: str) -> str:
    """The part that is signed, in canonical form."""
    return (
        f"<ds:SignedInfo{_OUTER}>"
        f"{_method('CanonicalizationMethod', C14N)}"
        f"{_method('SignatureMethod', signer.signature_method)}"
        '<ds:Reference URI="">'
        f"<ds:Transforms>{_method('Transform', ENVELOPED)}</ds:Transforms>"
        f"{_method('DigestMethod', signer.digest_method)}"
        f"<ds:DigestValue>{digest}</ds:DigestValue>"
        "</ds:Reference></ds:SignedInfo>"
    )


def _as_it_stands(info: str) -> str:
    """The signed part inside the message, where its namespaces are known already."""
    return info.replace(_OUTER, "", 1)


def _method(name: str, algorithm: str) -> str:
    return f'<ds:{name} Algorithm="{value_text(algorithm)}"></ds:{name}>'
