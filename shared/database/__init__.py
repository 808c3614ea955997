"""Postgres as one role of this process sees it.

`Database` hands out connections for a block; `unit_of_work` opens a transaction with its context, audit entries and
facts; `AccessContext` is what row-level security reads; `Statement` is a compiled SQLAlchemy statement; `Shapes`
caches the statements of one query by what they depend on:

    async with unit_of_work(database, context, origin) as uow:
        row = await _LOCK.fetchrow(uow.connection, key=key)
"""
