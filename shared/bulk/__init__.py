"""Imports, exports, and transitions of many records.

A service declares an `Importable` for each resource: how a row is read and shown (`RowFormat`, with a `Column` where a
cell says one field), what its values do to a record (`Entry`), which records it leads to and names (`RowRecords`), the
side tables of a record.

`Reader` parses and validates rows in batches, `Planner` compares a batch with `ExistingRecords`, `Writer` writes it in
one fenced transaction. `BulkJobs` runs the jobs:

    EXPERT_IMPORT = Importable(EXPERTS, ROLES, RowFormat(HEADINGS, parsed_row, cells), Entry(enter, change), LISTING)
"""
