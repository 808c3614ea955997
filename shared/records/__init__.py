"""The common parts of all records: fields, access, lists, changes, histories.

`Record` declares each field with its audience and traits. `AccessScope` is what a principal may read and write of one
resource. `ResourceType` inserts, updates and transitions records, each with an audit entry and a fact. `Listing` builds
the statements of a list. `presenter` renders rows:

    VISITS = ResourceType.of(Visit, visit, LIFECYCLE)
    row = await VISITS.insert(uow, {**values, "status": "planned"})
"""
