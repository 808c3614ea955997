"""The trail of every change, in a chain of hashes that proves it.

`enter` appends an entry within a unit of work; what describes a person is encrypted under a key that erasure forgets;
`Chain` links entries in the order of facts; `Sealing` signs checkpoints; `verify` reads an exported trail and says
what of it is whole:

    enter(uow, uuid7(), now(), "centres.visits", "update", before=before, after=after, changes=changes, ...)
"""
