"""The sources of a process's settings, and the settings with which it does not start."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.access.settings import AccessSettings
from services.membership.settings import MembershipSettings
from services.portal.settings import PortalSettings
from shared.configuration.settings import DEVELOPMENT_SECRET, Settings, variable

SAFE = {
    "ESCM_ENVIRONMENT": "production",
    "ESCM_FICTIONAL_COUNTRIES": "false",
    "ESCM_SECRET_KEY": "k3Jd82mPq0zXw5Tn7Lrb",
    "ESCM_ROLE_PASSWORD": "r3Jd82mPq0zXw5Tn7Lrb",
    "DATABASE_URL": "postgresql://owner:d3Jd82mPq0zXw5Tn7Lrb@database/escm",
    "REDIS_URL": "redis://:v3Jd82mPq0zXw5Tn7Lrb@queue:6379/0",
    "ESCM_ISSUER": "https://api.plan.org",
    "ESCM_SMTP_URL": "smtps://mail.example.org",
}

WEAK = ("short", "a" * 40, "the-production-password", "changeme-changeme-changeme")


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with which production starts."""
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_file_holds_the_value_of_any_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "ESCM_SECRET_KEY", "ESCM_MEMBERSHIP_DATABASE_PASSWORD", "ESCM_MEMBERSHIP_POOL_SIZE"):
        (tmp_path / name).write_text("5\n")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    settings = MembershipSettings()
    assert (settings.database_url, settings.secret_key.get_secret_value(), settings.pool_size) == ("5", "5", 5)
    assert settings.database_password is not None
    assert settings.database_password.get_secret_value() == "5"
    assert variable("ESCM_MEMBERSHIP_DATABASE_PASSWORD") == "5"


def test_a_file_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file")
    monkeypatch.setenv("ESCM_SECRET_KEY", "from the environment")
    monkeypatch.setenv("ESCM_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert Settings().secret_key.get_secret_value() == variable("ESCM_SECRET_KEY") == "from the file"


def test_production_starts_with_secrets_of_its_own(production: pytest.MonkeyPatch) -> None:
    assert MembershipSettings().environment == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ESCM_SECRET_KEY", DEVELOPMENT_SECRET),
        ("ESCM_ROLE_PASSWORD", DEVELOPMENT_SECRET),
        ("DATABASE_URL", f"postgresql://escm:{DEVELOPMENT_SECRET}@database/escm"),
        ("REDIS_URL", f"redis://:{DEVELOPMENT_SECRET}@queue:6379/0"),
    ],
)
def test_production_refuses_every_development_secret(production: pytest.MonkeyPatch, name: str, value: str) -> None:
    production.setenv(name, value)
    with pytest.raises(ValidationError, match=f"{name} still has its development value"):
        MembershipSettings()


def test_production_refuses_fictional_countries(production: pytest.MonkeyPatch) -> None:
    production.setenv("ESCM_FICTIONAL_COUNTRIES", "true")
    with pytest.raises(ValidationError, match="must be off in production"):
        MembershipSettings()


def test_production_refuses_to_keep_mails_that_people_wait_for(production: pytest.MonkeyPatch) -> None:
    production.delenv("ESCM_SMTP_URL", raising=False)
    with pytest.raises(ValidationError, match="ESCM_SMTP_URL is not set"):
        AccessSettings()
    production.setenv("ESCM_SMTP_URL", "smtps://mail.example.org")
    assert AccessSettings().smtp_url is not None


def test_an_unknown_name_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCM_SECRET_KEYS", "x")
    with pytest.raises(ValidationError, match="check its spelling"):
        Settings()


@pytest.mark.parametrize(
    "name",
    ["ESCM_CLIENT_REQUESTS", "ESCM_ACCOUNT_REQUESTS", "ESCM_ADDRESS_REQUESTS", "ESCM_FAILED_AUTHENTICATIONS"],
)
@pytest.mark.parametrize("value", ["0", "-1", "1000000000", "many"])
def test_a_limit_has_bounds(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name):
        MembershipSettings()


def test_limits_are_those_of_the_guides_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLIENT_REQUESTS", "ACCOUNT_REQUESTS", "ADDRESS_REQUESTS", "FAILED_AUTHENTICATIONS"):
        monkeypatch.delenv(f"ESCM_{name}", raising=False)
    settings = MembershipSettings()
    assert (settings.client_requests, settings.account_requests, settings.address_requests) == (6000, 6000, 600000)
    assert settings.failed_authentications == 300


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, weak) for name in ("ESCM_SECRET_KEY", "ESCM_ROLE_PASSWORD") for weak in WEAK),
        ("ESCM_MEMBERSHIP_DATABASE_PASSWORD", "short"),
        ("ESCM_BACKUP_DATABASE_PASSWORD", "a" * 40),
        ("DATABASE_URL", "postgresql://owner:short@database/escm"),
        ("REDIS_URL", "redis://queue:6379/0"),
        ("REDIS_URL", "redis://:short@queue:6379/0"),
        *(
            ("ESCM_ISSUER", issuer)
            for issuer in (
                "https://escm.invalid",
                "http://api.plan.org",
                "api.plan.org",
                "https://",
                "https://api.plan.org?x=1",
                "https://api.plan.org#x",
                "https://user:word@api.plan.org",
                "https://localhost",
                "https://127.0.0.1:8000",
                "https://api.plan.org:port",
            )
        ),
    ],
)
def test_production_refuses_what_is_weak(production: pytest.MonkeyPatch, name: str, value: str) -> None:
    production.setenv(name, value)
    with pytest.raises(
        ValidationError, match=f"{name.replace('MEMBERSHIP_DATABASE', 'ROLE')} .*; production refuses it"
    ):
        MembershipSettings()


def test_the_portal_has_no_secrets_that_could_be_weak(production: pytest.MonkeyPatch) -> None:
    for name in ("ESCM_SECRET_KEY", "ESCM_ROLE_PASSWORD"):
        production.setenv(name, "none")
    production.delenv("REDIS_URL")
    production.delenv("ESCM_ISSUER")
    assert PortalSettings().environment == "production"


def test_the_backup_role_opens_with_a_password_of_its_own(production: pytest.MonkeyPatch) -> None:
    production.setenv("ESCM_BACKUP_DATABASE_PASSWORD", "b3Jd82mPq0zXw5Tn7Lrb")
    settings = MembershipSettings()
    assert ":b3Jd82mPq0zXw5Tn7Lrb@" in settings.database_dsn("backup")
    assert ":r3Jd82mPq0zXw5Tn7Lrb@" in settings.database_dsn("relay")


@pytest.mark.parametrize("given", ["192.0.2.1, 2001:db8::/64", '["192.0.2.1", "2001:db8::/64"]'])
def test_proxies_are_a_list_and_none_by_default(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert Settings().trusted_proxies == ()
    monkeypatch.setenv("ESCM_TRUSTED_PROXIES", given)
    assert [str(network) for network in Settings().trusted_proxies] == ["192.0.2.1/32", "2001:db8::/64"]
    monkeypatch.setenv("ESCM_TRUSTED_PROXIES", "*")
    with pytest.raises(ValidationError, match="ESCM_TRUSTED_PROXIES"):
        Settings()


_ORCID = {
    "ESCM_MEMBERSHIP_ORCID_URL": "https://orcid.org",
    "ESCM_MEMBERSHIP_ORCID_API_URL": "https://pub.orcid.org",
    "ESCM_MEMBERSHIP_ORCID_CLIENT_ID": "APP-1",
    "ESCM_MEMBERSHIP_ORCID_CLIENT_SECRET": "a secret of orcid",
}


def test_orcid_is_configured_as_a_whole(production: pytest.MonkeyPatch) -> None:
    assert MembershipSettings().has_orcid is False
    for name, value in _ORCID.items():
        production.setenv(name, value)
    assert MembershipSettings().has_orcid is True
    assert "a secret of orcid" not in repr(MembershipSettings())
    for name, value in _ORCID.items():
        production.setenv(name, "")
        with pytest.raises(ValidationError, match="are set together"):
            MembershipSettings()
        production.setenv(name, value)


@pytest.mark.parametrize("name", ["ESCM_MEMBERSHIP_ORCID_URL", "ESCM_MEMBERSHIP_ORCID_API_URL"])
@pytest.mark.parametrize("value", ["http://orcid.org", "orcid.org", "https://orcid.org/?x", "ftp://orcid.org"])
def test_production_reads_orcid_over_tls(production: pytest.MonkeyPatch, name: str, value: str) -> None:
    for other, good in _ORCID.items():
        production.setenv(other, good)
    production.setenv(name, value)
    with pytest.raises(ValidationError):
        MembershipSettings()


def test_several_servers_need_one_that_takes_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = "postgresql://owner:secret@one:5432,other:5433/escm"
    for wrong in (pair, f"{pair}?target_session_attrs=any"):
        monkeypatch.setenv("DATABASE_URL", wrong)
        with pytest.raises(ValidationError, match="add \\?target_session_attrs=primary"):
            Settings()
    settings = MembershipSettings(database_url=f"{pair}?target_session_attrs=primary", role_password="own")
    own = "postgresql://escm_membership:own@one:5432,other:5433/escm?target_session_attrs=primary"
    assert settings.database_dsn() == own
