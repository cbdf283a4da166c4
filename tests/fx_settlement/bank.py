"""A bank for tests: it writes statements, notifications and answers as banks do."""

from decimal import Decimal

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ACCOUNT = "4000023029200000000"


def movement(amount, *, end_to_end="", text="", on="2025-03-12", own="", currency="USD", parts=""):
    """One ``Ntry``; a negative amount is a debit."""
    sign = "CRDT" if Decimal(amount) > 0 else "DBIT"
    refs = f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>" if end_to_end else ""
    told = f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>" if text else ""
    details = parts or (f"<TxDtls>{refs}{told}</TxDtls>" if refs or told else "")
    return (
        f'<Ntry><Amt Ccy="{currency}">{abs(Decimal(amount))}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>"
        f"<AcctSvcrRef>{own}</AcctSvcrRef>"
        f"{f'<NtryDtls>{details}</NtryDtls>' if details else ''}</Ntry>"
    )


def part(amount, end_to_end, *, currency="USD"):
    """One of several payments that are booked as one movement."""
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>"
        f'<Amt Ccy="{currency}">{abs(Decimal(amount))}</Amt></TxDtls>'
    )


def balance(code, amount, on, currency):
    sign = "CRDT" if Decimal(amount) >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{abs(Decimal(amount))}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def statement(
    *movements, opening, closing, number="S-1", on="2025-03-12", currency="USD", account=ACCOUNT
):
    """A camt.053 with one statement."""
    return (
        f'{HEAD}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M-{number}</MsgId></GrpHdr><Stmt><Id>{number}</Id><Acct><Id><Othr>"
        f"<Id>{account}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balance('OPBD', opening, on, currency)}{balance('CLBD', closing, on, currency)}"
        f"{''.join(movements)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def notification(*movements, currency="USD", number="N-1", account=ACCOUNT):
    """A camt.054 with one notification."""
    return (
        f'{HEAD}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">'
        f"<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M</MsgId></GrpHdr><Ntfctn><Id>{number}</Id>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>"
        f"{''.join(movements)}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def answer(original, *payments, group="PART", number="A-1"):
    """A pain.002.001.11; payments as (EndToEndId, status, reason code)."""
    named = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        + (f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else "")
        + "</TxInfAndSts>"
        for name, status, reason in payments
    )
    information = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{original}/1</OrgnlPmtInfId>{named}</OrgnlPmtInfAndSts>"
    )
    return (
        f'{HEAD}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.11">'
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{number}</MsgId><CreDtTm>2025-03-12T10:00:00+08:00"
        f"</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts>"
        f"{information if payments else ''}</CstmrPmtStsRpt></Document>"
    ).encode()


def mt940(*lines, opening, closing, account=ACCOUNT, currency="USD"):
    """An MT940 with one statement; lines as (amount, reference)."""
    booked = "".join(
        f":61:2503120312{'C' if Decimal(amount) > 0 else 'D'}"
        f"{str(abs(Decimal(amount))).replace('.', ',')}NTRF{reference}\n:86:{reference}\n"
        for amount, reference in lines
    )
    first, last = str(opening).replace(".", ","), str(closing).replace(".", ",")
    return (
        f":20:STMT\n:25:{account}\n:28C:1/1\n:60F:C250311{currency}{first}\n"
        f"{booked}:62F:C250312{currency}{last}\n-\n"
    ).encode()
