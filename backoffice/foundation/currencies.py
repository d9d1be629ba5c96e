"""How many decimals a currency has, exactly as ISO 4217 says.

Not CLDR's figures, which follow shop prices (it gives the Afghani no decimals, ISO two). Codes
withdrawn since 1999 stay readable, because old statements carry them. Metals, funds without a
minor unit and the testing codes (XAU, XDR, XXX, XTS …) are not money here.
"""

from __future__ import annotations

from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _

_CODES_BY_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
        "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
        "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
        "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
        "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST "
        "XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_WITHDRAWN_BY_DECIMALS = {
    0: "BEF BYR ESP GRD ITL LUF PTE TRL",
    2: (
        "ANG ATS AZM BGN BGL CUC CYP DEM EEK FIM FRF GHC HRK IEP LTL LVL MRO MTL MZM NLG ROL SDD "
        "SIT SKK SLL SRG STD USS VEB VEF YUM ZMK ZWD ZWL ZWR"
    ),
}

DECIMALS_MAX = 4
ACTIVE_CURRENCIES = frozenset(
    code for codes in _CODES_BY_DECIMALS.values() for code in codes.split()
)
_EXPONENTS = {
    code: decimals
    for table in (_WITHDRAWN_BY_DECIMALS, _CODES_BY_DECIMALS)
    for decimals, codes in table.items()
    for code in codes.split()
}


def currency_exponent(code: str) -> int:
    """Decimals of the currency: 2 for GBP and IDR, 0 for JPY, 3 for KWD, 4 for CLF."""
    try:
        return _EXPONENTS[code]
    except KeyError:
        raise BadInput(
            _(
                "“%(code)s” is not a currency. Write the three capital letters of ISO 4217, "
                "such as GBP, USD or IDR.",
                code=code[:12],
            ),
            code="currency_unknown",
        ) from None


def is_currency(code: str) -> bool:
    """Whether an amount may be in it, withdrawn codes included."""
    return code in _EXPONENTS
