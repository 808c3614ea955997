"""The command line of the Python client finds a resource by the prefix that the database gives to its refs."""

import re

import asyncpg

from clients.python.escm_client.commands.refs import RESOURCES_BY_PREFIX
from clients.python.escm_client.contract import RESOURCES
from tests.architecture.test_registration import SERVICES, _kinds

_DEFAULTS = """
SELECT relname, pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_class c ON c.oid = adrelid
WHERE pg_get_expr(adbin, adrelid) LIKE '%core_ref(%'
"""


async def test_each_prefix_leads_to_the_resource_whose_refs_it_begins(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        defaults = dict(await connection.fetch(_DEFAULTS))
    finally:
        await connection.close()
    prefixes = {table: re.findall(r"core_ref\('(\w+)'", default)[0] for table, default in defaults.items()}
    kinds = [kind for service in SERVICES for kind in _kinds(service) if kind.table.name in prefixes]
    listed = {prefixes[kind.table.name]: kind.resource.name for kind in kinds if kind.resource.name in RESOURCES}
    assert listed == RESOURCES_BY_PREFIX
