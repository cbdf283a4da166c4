"""Signatures: what is signed is what any other reader of XML signatures checks."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from lxml import etree

from customs.jurisdictions.cn.messages.signing import KeyNotUsable, PemSigner, write_signed
from customs.jurisdictions.cn.messages.writing import write
from customs.services import signing
from customs.services.signing import ServiceSigner, SigningServiceFailed, configured_signer
from tests.customs.messages.documents import SENT, dice_of, message

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SHA1 = hashes.SHA1()  # noqa: S303


def sha1(content):
    digest = hashes.Hash(SHA1)
    digest.update(content)
    return b64encode(digest.finalize()).decode()


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


def part(root, name):
    return root.find(f".//{DS}{name}")


@pytest.mark.parametrize("code", SENT)
def test_digest_and_signature_hold_under_another_canonicalisation(code, key):
    dice = dice_of(f"{code} signed")

    for _ in range(5):
        root = etree.fromstring(
            write_signed(message(dice, code, papers=2), PemSigner.load(pem(key), key_name="0001"))
        )
        info = etree.fromstring(etree.tostring(part(root, "SignedInfo")))
        signed = b64decode(part(root, "SignatureValue").text)
        digest = part(root, "DigestValue").text
        root.remove(part(root, "Signature"))

        assert digest == sha1(etree.tostring(root, method="c14n"))
        key.public_key().verify(
            signed, etree.tostring(info, method="c14n"), padding.PKCS1v15(), SHA1
        )


def test_without_a_signer_the_message_is_written_as_it_is():
    plain = message(dice_of("plain"), "CEB311", papers=1)

    assert write_signed(plain, None) == write(plain)


def test_a_key_that_is_not_rsa_or_no_key_is_refused():
    for content in (pem(ec.generate_private_key(ec.SECP256R1())), b"no key"):
        with pytest.raises(KeyNotUsable):
            PemSigner.load(content, key_name="1")


class Answer:
    """What the signing service answers."""

    def __init__(self, body, status=200):
        self.body, self.status = body, status

    def raise_for_status(self):
        if self.status != 200:
            raise signing.requests.HTTPError

    def json(self):
        return self.body


def test_a_service_signs_what_it_is_sent(monkeypatch):
    asked = []
    monkeypatch.setattr(
        signing.requests,
        "post",
        lambda url, **more: asked.append((url, more["json"])) or Answer({"signature": "c2lnbmVk"}),
    )
    sm2 = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3"
    signer = ServiceSigner("https://box.example/sign", "0001", "", sm2)

    assert signer.sign(b"info") == b"signed"
    assert asked == [
        ("https://box.example/sign", {"algorithm": sm2, "content": b64encode(b"info").decode()})
    ]
    assert signer.digest_method == "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3"
    assert (
        signer.digest(b"abc").hex()
        == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


@pytest.mark.parametrize("answer", [Answer({}, 500), Answer({}), Answer({"signature": "no!"})])
def test_a_service_that_gives_no_signature_is_a_refusal(monkeypatch, answer):
    monkeypatch.setattr(signing.requests, "post", lambda url, **more: answer)

    with pytest.raises(SigningServiceFailed):
        ServiceSigner("https://box.example/sign", "0001").sign(b"info")


def test_the_settings_name_who_signs(settings, tmp_path, key):
    assert configured_signer() is None

    (tmp_path / "key.pem").write_bytes(pem(key))
    settings.CUSTOMS_SIGNING_KEY = str(tmp_path / "key.pem")
    assert isinstance(configured_signer(), PemSigner)

    settings.CUSTOMS_SIGNING_URL = "https://box.example/sign"
    assert isinstance(configured_signer(), ServiceSigner)
