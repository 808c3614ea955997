"""Open data of a service: datasets of what everybody may know, as files in four formats.

- `datasets.Dataset` is the rows and fields of one; `dataset_of` makes it from a kind of record.
- `queries.OpenData` is all of a service, and reads them.
- `routes.open_data_routes` are their routes.

    HERBARIA = OpenData("herbaria", ROLES, [dataset_of(Sheet, sheet, "Sheets", "What is kept.", "schema:Thing", where)])
    router = open_data_routes(HERBARIA)

A file is made while it is read, in one snapshot.
"""
