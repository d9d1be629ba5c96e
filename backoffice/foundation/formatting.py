"""How amounts, days, times, counts and sizes look, everywhere: one formatter, no exceptions.

Each function is pure. The locale is the reader's unless it is named; a mail or a PDF names the
recipient's. Amounts carry a true minus (−) and never a currency sign in a column; days are
`Thu 26 Nov`; times are 24 h.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

from backoffice.foundation.currencies import currency_exponent
from backoffice.foundation.language import _, current_locale, ngettext
from backoffice.foundation.money import Money

MINUS = "\u2212"
NO_BREAK = "\u00a0"
SIZE_UNITS = ("kB", "MB", "GB", "TB")  # of a thousand each, as our readers' file managers count


def amount(value: Money | int, currency: str | None = None, locale: str | None = None) -> str:
    """`−1,234.56`: grouped, all decimals of the currency, without the currency itself.

    A column of these, right-aligned, stands point under point. An int is in minor units.
    """
    money = value if isinstance(value, Money) else Money(value, _needed(currency))
    decimals = currency_exponent(money.currency)
    return number(money.decimal, locale, decimals=decimals)


def amount_with_currency(
    value: Money | int, currency: str | None = None, locale: str | None = None
) -> str:
    """`GBP −1,234.56`: for a lone figure, where no column head names the currency."""
    money = value if isinstance(value, Money) else Money(value, _needed(currency))
    return f"{money.currency}{NO_BREAK}{amount(money, locale=locale)}"


def number(value: Decimal | int, locale: str | None = None, *, decimals: int | None = None) -> str:
    """A grouped number with its own decimals, or rounded half even to the count of them named."""
    if decimals is None:
        decimals = max(0, -int(Decimal(value).normalize().as_tuple().exponent))
    pattern = _pattern(locale or current_locale()) + ("." + "0" * decimals if decimals else "")
    text = format_decimal(abs(Decimal(value)), format=pattern, locale=_locale(locale))
    return MINUS + text if _is_negative(value, text) else text


def count(value: int, locale: str | None = None) -> str:
    """`1,204`: a number of things."""
    return number(value, locale)


def percent(share: Decimal, locale: str | None = None, *, decimals: int = 0) -> str:
    """`12%` from 0.12, rounded half up to the decimals asked for."""
    shown = (share * 100).quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP")
    return _("%(number)s%%", number=number(shown, locale, decimals=decimals))


def day(value: date, locale: str | None = None) -> str:
    """`Thu 26 Nov`: a day of about now, where the weekday helps and the year is plain."""
    return _dated(value, "EEE d MMM", locale)


def short_day(value: date, locale: str | None = None) -> str:
    """`26 Nov`: a day in a column whose heading says the year."""
    return _dated(value, "d MMM", locale)


def full_day(value: date, locale: str | None = None) -> str:
    """`26 Nov 2026`: a day that may be of any year."""
    return _dated(value, "d MMM y", locale)


def day_of_year(value: str, locale: str | None = None) -> str:
    """`1 April` from `04-01`: a day of every year."""
    return format_date(date.fromisoformat(f"2000-{value}"), "d MMMM", locale=_locale(locale))


def period(value: str | date, locale: str | None = None) -> str:
    """`November 2026` from `2026-11`, or from any day of the month."""
    first = value if isinstance(value, date) else date.fromisoformat(f"{value}-01")
    return format_date(first, "LLLL y", locale=_locale(locale))


def month_name(value: str | date, locale: str | None = None) -> str:
    """`Nov` from `2026-11`: beside other months, where the year is plain."""
    first = value if isinstance(value, date) else date.fromisoformat(f"{value}-01")
    return format_date(first, "LLL", locale=_locale(locale))


def period_of_days(first: date, last: date, locale: str | None = None) -> str:
    """`1–30 Nov 2026`: both ends included, what they share said once."""
    if first == last:
        return full_day(last, locale)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{full_day(last, locale)}"
    pattern = "d MMM" if first.year == last.year else "d MMM y"
    return f"{_dated(first, pattern, locale)} – {full_day(last, locale)}"


def time_of_day(instant: datetime, zone: str, locale: str | None = None) -> str:
    """`14:05` in that zone."""
    return format_time(_in_zone(instant, zone), "HH:mm", locale=_locale(locale))


def moment(instant: datetime, zone: str, locale: str | None = None) -> str:
    """`Thu 26 Nov, 14:05` in that zone."""
    local_day = day(_in_zone(instant, zone).date(), locale)
    return _("%(day)s, %(time)s", day=local_day, time=time_of_day(instant, zone, locale))


def full_moment(instant: datetime, zone: str, locale: str | None = None) -> str:
    """`26 Nov 2026, 14:05 GMT`: names year and zone, for records and readers of two zones."""
    local = _in_zone(instant, zone)
    return _(
        "%(day)s, %(time)s %(zone)s",
        day=full_day(local.date(), locale),
        time=time_of_day(instant, zone, locale),
        zone=zone_name(local),
    )


def zone_name(local: datetime) -> str:
    """`GMT`, `WIB`, or `UTC+03` where the zone has no letters of its own."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name


def duration(length: timedelta, locale: str | None = None) -> str:
    """`2 d 4 h`, `1 h 38`, `12 min`, `40 s`: the two largest units, cut, never rounded up."""
    seconds = abs(int(length.total_seconds()))
    sign = MINUS if length < timedelta(0) and seconds else ""
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    if days:
        rest = [_("%(hours)s h", hours=hours)] if hours else []
        return sign + " ".join([_("%(days)s d", days=count(days, locale)), *rest])
    if hours and minutes:
        return sign + _("%(hours)s h %(minutes)s", hours=hours, minutes=f"{minutes:02d}")
    if hours:
        return sign + _("%(hours)s h", hours=hours)
    if minutes:
        return sign + _("%(minutes)s min", minutes=minutes)
    return sign + _("%(seconds)s s", seconds=seconds)


def relative(instant: datetime, now: datetime, locale: str | None = None) -> str:
    """`in 2 d 4 h`, `12 min ago`, `now`: how far a moment is from another."""
    distance = instant - now
    if abs(distance) < timedelta(minutes=1):
        return _("now")
    if distance > timedelta(0):
        return _("in %(duration)s", duration=duration(distance, locale))
    return _("%(duration)s ago", duration=duration(-distance, locale))


def relative_day(value: date, today: date, locale: str | None = None) -> str:
    """`today`, `tomorrow`, `yesterday`, else the day, with its year where that differs."""
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get((value - today).days)
    if near is not None:
        return near
    return day(value, locale) if value.year == today.year else full_day(value, locale)


def file_size(size: int, locale: str | None = None) -> str:
    """`512 bytes`, `12 kB`, `3.4 MB`: thousands, not 1,024s; one decimal below ten."""
    if size < 1000:
        return ngettext("%(number)s byte", "%(number)s bytes", size)
    steps = 1
    while Decimal(size).scaleb(-3 * steps) >= Decimal("999.5") and steps < len(SIZE_UNITS):
        steps += 1
    scaled = Decimal(size).scaleb(-3 * steps)
    decimals = 1 if scaled < Decimal("9.95") else 0
    shown = scaled.quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP")
    return f"{number(shown, locale, decimals=decimals)}{NO_BREAK}{SIZE_UNITS[steps - 1]}"


def listed(names: list[str], locale: str | None = None) -> str:
    """`Priya, Tom and Ana`."""
    return format_list(names, locale=_locale(locale))


def _needed(currency: str | None) -> str:
    if currency is None:
        raise TypeError("An amount in minor units needs its currency")
    return currency


def _locale(locale: str | None) -> Locale:
    return _parsed(locale or current_locale())


@cache
def _parsed(locale: str) -> Locale:
    return Locale.parse(locale)


@cache
def _pattern(locale: str) -> str:
    """The grouping of the locale (`#,##0` or `#,##,##0`) without decimals."""
    return str(_parsed(locale).decimal_formats[None].pattern).partition(".")[0]


def _is_negative(value: Decimal | int, text: str) -> bool:
    return value < 0 and any(digit in text for digit in "123456789")


def _dated(value: date, pattern: str, locale: str | None) -> str:
    # "Sept" would make one month of the British year wider than the others in a column.
    return format_date(value, pattern, locale=_locale(locale)).replace("Sept", "Sep")


def _in_zone(instant: datetime, zone: str) -> datetime:
    if instant.tzinfo is None:
        raise TypeError("A moment needs its zone; this one has none")
    return instant.astimezone(ZoneInfo(zone))
