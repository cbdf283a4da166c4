"""One verdict on a message: what the schema refuses, then what customs' other rules do."""

from dataclasses import replace

from customs.jurisdictions.cn.messages.bonded import bonded_findings, is_bonded
from customs.jurisdictions.cn.messages.conformance import against_schema
from customs.jurisdictions.cn.messages.faults import Finding, Level
from customs.jurisdictions.cn.messages.fields import shapes
from customs.jurisdictions.cn.messages.keeping import StatutoryUnits, Verdict, rule_findings
from customs.jurisdictions.cn.messages.reading import read
from customs.jurisdictions.cn.messages.trees import read_tree


def validate(
    content: bytes, *, statutory: StatutoryUnits | None = None, may_be_unsigned: bool = False
) -> Verdict:
    """Everything wrong in a message, schema first.

    ``may_be_unsigned`` takes a message that the broker's own client is still to sign.

    Raises:
        Refusal: the file is no XML that may be read, or no message.
    """
    root = read_tree(content)
    if is_bonded(root):
        known = read(content)
        return Verdict(known.code, 1, tuple(bonded_findings(root)))
    found = against_schema(root)
    if may_be_unsigned:
        found = [finding for finding in found if not _is_missing_signature(finding)]
    known = read(content)
    message = known.message
    if message is not None and shapes()[known.code].is_outbound:
        found += rule_findings(message, statutory)
    return Verdict(known.code, len(message.papers) if message else 0, tuple(found))


def _is_missing_signature(finding: Finding) -> bool:
    is_there = finding.level is Level.SCHEMA and finding.code == "element-missing"
    return is_there and finding.refusal.params["name"] == "Signature"


def below(verdict: Verdict, root: str) -> Verdict:
    """The verdict with the file's name before every place."""
    findings = tuple(replace(each, path=f"{root}{each.path}") for each in verdict.findings)
    return replace(verdict, findings=findings)
