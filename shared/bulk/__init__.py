"""Imports, exports, and transitions of many records.

A service declares an `Importable` for each resource: its headings, how to parse a row, the side tables of a record.
`Reader` parses and validates rows in batches, `Planner` compares a batch with `ExistingRecords`, `Writer` writes it in
one fenced transaction. `BulkJobs` runs the jobs:

    EXPERT_IMPORT = Importable(kind=EXPERTS, roles=ROLES, headings=HEADINGS, parsed_row=parsed_row, ...)
"""
