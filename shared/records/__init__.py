"""What all records have in common: fields, access, lists, changes, histories.

`Record` says at each field who is shown it and what else holds for it; `AccessScope` is what a principal may see and
write of one resource; `ResourceType` inserts, updates and takes records through transitions, each with an audit entry
and a fact; `Listing` makes the statements of a list; `presenter` renders rows:

    VISITS = ResourceType.of(Visit, visit, LIFECYCLE)
    row = await VISITS.insert(uow, {**values, "status": "planned"})
"""
