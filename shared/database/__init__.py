"""PostgreSQL, as one role of this process.

`Database` lends connections. `unit_of_work` opens a transaction with its context, audit entries and facts.
`AccessContext` holds the settings of row-level security. `Statement` is a compiled SQLAlchemy statement. `Shapes`
caches the statements of one query by what they depend on:

    async with unit_of_work(database, context, origin) as uow:
        row = await _LOCK.fetchrow(uow.connection, key=key)
"""
