"""Settings: everything wrong is named at once, and nothing secret is ever printed."""

from __future__ import annotations

import base64

import pytest

from config.settings import ROLES, Settings, SettingsUnusable, expand_key

KEY = base64.b64encode(bytes(range(32))).decode()
LEAST = {"BACKOFFICE_KEY": KEY, "DATABASE_URL": "postgresql://admin:hush@db.example/backoffice"}


def problems_of(environ: dict[str, str], *, serving: bool = False) -> list[str]:
    with pytest.raises(SettingsUnusable) as refused:
        Settings.from_environment(environ, serving=serving)
    return refused.value.problems


def test_all_that_is_missing_is_named_at_once() -> None:
    missing = [problem.split()[0] for problem in problems_of({}, serving=True)]
    assert missing == ["BACKOFFICE_KEY", "DATABASE_URL", "REDIS_URL", "STORAGE_URL", "SMTP_URL"]


def test_missing_and_malformed_are_named_together_without_their_values() -> None:
    wrong = {
        "BACKOFFICE_KEY": "c2hvcnQ=",
        "DATABASE_URL": "mysql://hush@db/backoffice",
        "DATABASE_URL_PORTAL": "sqlite:///hush.db",
        "REDIS_URL": "hush",
        "BACKOFFICE_WORK_PORT": "70000",
        "BACKOFFICE_WEB_THREADS": "٣",
        "BACKOFFICE_LEASE_SECONDS": "nan",
        "BACKOFFICE_POLL_SECONDS": "soon",
        "BACKOFFICE_SECURE_COOKIES": "perhaps",
    }
    problems = problems_of(wrong, serving=True)
    assert {problem.split()[0] for problem in problems} == {*wrong, "STORAGE_URL", "SMTP_URL"}
    assert len(problems) == len(wrong) + 2
    assert "hush" not in "\n".join(problems)


def test_empty_counts_as_unset() -> None:
    assert Settings.from_environment({**LEAST, "REDIS_URL": " "}).redis_url is None
    assert problems_of({**LEAST, "BACKOFFICE_KEY": ""})[0].startswith("BACKOFFICE_KEY is missing")


def test_a_lease_must_survive_one_lost_renewal() -> None:
    problems = problems_of({**LEAST, "BACKOFFICE_LEASE_SECONDS": "30"})
    assert problems == [
        "BACKOFFICE_LEASE_RENEWAL_SECONDS is more than half of BACKOFFICE_LEASE_SECONDS."
    ]


def test_nothing_secret_is_printed() -> None:
    settings = Settings.from_environment(
        {
            **LEAST,
            "REDIS_URL": "redis://:hush@redis.example",
            "SMTP_URL": "smtp://robot:hush@mail.example",
            "STORAGE_URL": "s3://id:hush@bucket",
            "DATABASE_URL_WORKER": "postgresql://worker:hush@db.example/backoffice",
        }
    )
    assert "hush" not in repr(settings)
    assert KEY not in repr(settings)
    assert repr(settings.key) not in repr(settings)
    assert "work.localhost" in repr(settings)


def test_a_role_s_address_is_the_migrator_s_with_its_own_name_and_password() -> None:
    settings = Settings.from_environment(LEAST)
    password = settings.derived_password("portal")
    assert settings.role_url("portal") == f"postgresql://portal:{password}@db.example/backoffice"
    assert len({settings.derived_password(role) for role in ROLES}) == len(ROLES)
    assert settings.role_passwords()["portal"] == password


def test_a_role_s_address_through_a_socket_keeps_the_socket() -> None:
    url = "postgresql://admin:hush@/backoffice?host=/run/sockets&port=5433"
    settings = Settings.from_environment({**LEAST, "DATABASE_URL": url})
    password = settings.derived_password("worker")
    expected = f"postgresql://worker:{password}@/backoffice?host=/run/sockets&port=5433"
    assert settings.role_url("worker") == expected


def test_a_role_s_own_variable_wins_and_the_migrator_gives_that_password() -> None:
    url = "postgresql://portal:p%40ss@pooler.example/backoffice"
    settings = Settings.from_environment({**LEAST, "DATABASE_URL_PORTAL": url})
    assert settings.role_url("portal") == url
    assert settings.role_passwords()["portal"] == "p@ss"


def test_another_key_gives_other_passwords() -> None:
    other = base64.b64encode(bytes(32)).decode()
    ours = Settings.from_environment(LEAST).role_passwords()
    theirs = Settings.from_environment({**LEAST, "BACKOFFICE_KEY": other}).role_passwords()
    assert not set(ours.values()) & set(theirs.values())


def test_the_key_is_expanded_as_the_standard_says() -> None:
    # RFC 5869, test case 3: no salt, no purpose, the first block.
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert expand_key(b"\x0b" * 22, purpose="").hex() == expected


def test_only_the_demo_moves_the_clock_and_does_without_tls() -> None:
    real = Settings.from_environment(LEAST)
    assert real.secure_cookies
    assert not real.business_clock_may_move
    assert real.work_address == "https://work.localhost"
    demo = Settings.from_environment({**LEAST, "BACKOFFICE_DEMO": "1"}, serving=True)
    assert demo.business_clock_may_move
    assert demo.portal_address == "http://portal.localhost:8020"
