"""Template filters: every amount, day and count on a page goes through the one formatter."""

from datetime import datetime

from flask import Flask, g

from backoffice.foundation import formatting


def register(app: Flask) -> None:
    """Filters bear the names of the formatter's functions; `size` is short for file_size."""
    app.jinja_env.filters.update(
        amount=formatting.amount,
        amount_with_currency=formatting.amount_with_currency,
        number=formatting.number,
        count=formatting.count,
        percent=formatting.percent,
        day=formatting.day,
        short_day=formatting.short_day,
        full_day=formatting.full_day,
        day_of_year=formatting.day_of_year,
        period=formatting.period,
        month_name=formatting.month_name,
        moment=moment,
        full_moment=full_moment,
        time_of_day=time_of_day,
        duration=formatting.duration,
        size=formatting.file_size,
        listed=formatting.listed,
    )


def moment(instant: datetime, zone: str | None = None) -> str:
    return formatting.moment(instant, zone or reader_zone())


def full_moment(instant: datetime, zone: str | None = None) -> str:
    return formatting.full_moment(instant, zone or reader_zone())


def time_of_day(instant: datetime, zone: str | None = None) -> str:
    return formatting.time_of_day(instant, zone or reader_zone())


def reader_zone() -> str:
    """The zone of the person who reads, which the app puts into `flask.g.zone`; else UTC."""
    return str(g.get("zone", "UTC"))
