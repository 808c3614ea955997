"""Addresses of databases are read and joined alike on every supported Python."""

import pytest

from services.membership.settings import MembershipSettings
from shared.configuration.addresses import DatabaseAddress, each_server, fault_of_servers

MIXED = "postgresql://u:p%40ss@one:1,[::1]:2/escm?target_session_attrs=primary"


@pytest.mark.parametrize(
    "address",
    [
        MIXED,
        "postgresql://[::1]:5432/escm",
        "postgresql:///escm",
        "postgresql://u@h",
        "redis://:p@h:6379/0",
        "none",
        "",
    ],
)
def test_the_parts_of_an_address_join_to_the_same_address(address: str) -> None:
    assert str(DatabaseAddress.of(address)) == address


def test_a_later_server_may_have_an_ipv6_address() -> None:
    assert each_server(MIXED) == [
        "postgresql://u:p%40ss@one:1/escm?target_session_attrs=primary",
        "postgresql://u:p%40ss@[::1]:2/escm?target_session_attrs=primary",
    ]
    assert DatabaseAddress.of(MIXED).password == "p@ss"
    assert fault_of_servers(MIXED) is None
    assert fault_of_servers(MIXED.partition("?")[0]) is not None


def test_a_service_uses_its_own_role_and_the_pooler_beside_an_ipv6_address() -> None:
    settings = MembershipSettings(database_url=MIXED, role_password="own", database_pooler="pooler:6432")
    assert settings.database_dsn() == MIXED.replace("u:p%40ss", "escm_membership:own")
    assert settings.app_dsn == "postgresql://escm_membership:own@pooler:6432/escm?target_session_attrs=primary"
