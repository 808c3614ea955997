"""Files of records: imports, exports, and transitions of many records.

A service gives an `Importable` for each resource: headings, how a row is parsed, what follows from it. `Reader` parses
and validates rows in batches, `Planner` compares a batch with `ExistingRecords`, `Writer` writes it in one fenced
transaction. Jobs run through `BulkJobs`:

    EXPERT_IMPORT = Importable(kind=EXPERTS, roles=ROLES, headings=HEADINGS, parsed_row=parsed_row, ...)
"""
