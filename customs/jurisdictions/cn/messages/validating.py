"""One verdict on a message: what the schema refuses, then what customs' other rules do."""

from dataclasses import replace

from customs.jurisdictions.cn.messages.bonded import bonded_findings, is_bonded
from customs.jurisdictions.cn.messages.conformance import against_schema
from customs.jurisdictions.cn.messages.faults import Finding, Level
from customs.jurisdictions.cn.messages.fields import shapes
from customs.jurisdictions.cn.messages.keeping import StatutoryUnits, Verdict, rule_findings
from customs.jurisdictions.cn.messages.quick import read_quickly
from customs.jurisdictions.cn.messages.reading import read_root
from customs.jurisdictions.cn.messages.trees import read_tree


def validate(
    content: bytes, *, statutory: StatutoryUnits | None = None, may_be_unsigned: bool = False
) -> Verdict:
    """Everything wrong in a message, schema first.

    ``may_be_unsigned`` takes a message that the broker's own client is still to sign.

    Raises:
        Refusal: the file is no XML that may be read, or no message.
    """
    quick = read_quickly(content)
    if quick is not None and (may_be_unsigned or quick.is_complete):
        found = rule_findings(quick.message, statutory)
        papers = len(quick.message.papers)
        return Verdict(quick.message.code, papers, tuple(found), is_signed=quick.is_signed)
    return judge_slowly(content, statutory=statutory, may_be_unsigned=may_be_unsigned)


def judge_slowly(
    content: bytes, *, statutory: StatutoryUnits | None = None, may_be_unsigned: bool = False
) -> Verdict:
    """The same verdict of any file at all, found element by element.

    Raises:
        Refusal: the file is no XML that may be read, or no message.
    """
    root = read_tree(content)
    if is_bonded(root):
        known = read_root(root)
        bonded = tuple(bonded_findings(root))
        return Verdict(known.code, 1, bonded, is_signed=known.is_signed)
    found = against_schema(root)
    if may_be_unsigned:
        found = [finding for finding in found if not _is_missing_signature(finding)]
    known = read_root(root)
    message = known.message
    if message is not None and shapes()[known.code].is_outbound:
        found += rule_findings(message, statutory)
    papers = len(message.papers) if message else 0
    return Verdict(known.code, papers, tuple(found), is_signed=known.is_signed)


def _is_missing_signature(finding: Finding) -> bool:
    is_there = finding.level is Level.SCHEMA and finding.code == "element-missing"
    return is_there and finding.refusal.params["name"] == "Signature"


def below(verdict: Verdict, root: str) -> Verdict:
    """The verdict with the file's name before every place."""
    findings = tuple(replace(each, path=f"{root}{each.path}") for each in verdict.findings)
    return replace(verdict, findings=findings)
