"""The currencies of ISO 4217, of today and of earlier days, and other words that people write for them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, Field

CODES = frozenset(
    """
    AED AFA AFN ALK ALL AMD ANG AOA AOK AON AOR ARA ARL ARM ARP ARS ATS AUD AWG AZM AZN BAD BAM BAN BBD BDT BEC BEF BEL BGL BGM BGN
    BGO BHD BIF BMD BND BOB BOL BOP BRB BRC BRE BRL BRN BRR BRZ BSD BTN BUK BWP BYB BYN BYR BZD CAD CDF CHF CLE CLP CNY COP CRC CSD
    CSK CUC CUP CVE CYP CZK DDM DEM DJF DKK DOP DZD ECS EEK EGP ERN ESA ESB ESP ETB EUR FIM FJD FKP FRF GBP GEK GEL GHC GHS GIP GMD
    GNF GNS GQE GRD GTQ GWE GWP GYD HKD HNL HRD HRK HTG HUF IDR IEP ILP ILR ILS INR IQD IRR ISJ ISK ITL JMD JOD JPY KES KGS KHR KMF
    KPW KRH KRO KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LTT LUC LUF LUL LVL LVR LYD MAD MAF MCF MDC MDL MGA MGF MKD MKN MLF MMK MNT
    MOP MRO MRU MTL MTP MUR MVP MVR MWK MXN MXP MYR MZE MZM MZN NAD NGN NIC NIO NLG NOK NPR NZD OMR PAB PEI PEN PES PGK PHP PKR PLN
    PLZ PTE PYG QAR RHD ROL RON RSD RUB RUR RWF SAR SBD SCR SDD SDG SDP SEK SGD SHP SIT SKK SLE SLL SOS SRD SRG SSP STD STN SUR SVC
    SYP SZL THB TJR TJS TMM TMT TND TOP TPE TRL TRY TTD TWD TZS UAH UAK UGS UGX USD UYP UYU UZS VEB VED VEF VES VND VNN VUV WST XAF
    XAG XAU XCD XCG XDR XOF XPD XPF XPT YDD YER YUD YUM YUN YUR ZAL ZAR ZMK ZMW ZRN ZRZ ZWD ZWG ZWL ZWR
    """.split()  # noqa: SIM905 three hundred quoted codes would hide them
)  # fmt: skip
# words that are no codes, and the currency that they mean; units that markets quote are those of their currency
_MEANT = {
    "RMB": "CNY", "CNH": "CNY", "YUAN": "CNY", "RENMINBI": "CNY", "人民币": "CNY", "元": "CNY", "人民币元": "CNY",
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "欧元": "EUR", "$": "USD", "US$": "USD", "DOLLAR": "USD", "USDOLLAR": "USD", "美元": "USD",
    "£": "GBP", "STG": "GBP", "UKP": "GBP", "GBX": "GBP", "POUND": "GBP", "STERLING": "GBP", "英镑": "GBP",
    "YEN": "JPY", "JAP": "JPY", "日元": "JPY", "SFR": "CHF", "FRANKEN": "CHF",
    "瑞士法郎": "CHF", "HK$": "HKD", "港币": "HKD", "港元": "HKD",
    "NTD": "TWD", "NT$": "TWD", "新台币": "TWD", "WON": "KRW", "韩元": "KRW", "ZAC": "ZAR", "ILA": "ILS", "NIS": "ILS",
    "KC": "CZK", "KČ": "CZK", "ZL": "PLN", "ZŁ": "PLN", "FT": "HUF", "₽": "RUB", "₹": "INR", "RS": "INR", "₺": "TRY",
    "TL": "TRY", "R$": "BRL", "S$": "SGD", "A$": "AUD", "C$": "CAD",
}  # fmt: skip
# the usual ones, of which a mistyped code is most likely one
_USUAL = (
    "EUR", "USD", "GBP", "CNY", "JPY", "CHF", "HKD", "SGD", "AUD", "CAD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY",
    "KRW", "TWD", "INR", "BRL", "MXN", "ZAR", "AED", "SAR", "ILS", "THB", "IDR", "MYR", "PHP", "VND", "RUB", "UAH", "BGN", "ISK",
    "KZT", "KWD", "QAR", "EGP",
)  # fmt: skip


def nearest(written: str) -> str | None:
    """Return the currency that a word probably means, such as CNY for RMB; None if it is not like any."""
    word = "".join(written.split()).upper().rstrip(".")
    if word in CODES:
        return word
    if word in _MEANT:
        return _MEANT[word]
    return next(iter(get_close_matches(word, _USUAL, 1, 0.6) or get_close_matches(word, sorted(CODES), 1, 0.6)), None)


def _code(written: str) -> str:
    if written not in CODES:
        meant = nearest(written)
        raise ValueError(f"expected a currency's ISO code, such as {meant or 'EUR'}")
    return written


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), AfterValidator(_code)]
