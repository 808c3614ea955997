"""The audit trail of every change, in a chain of hashes that proves it.

`enter` appends an entry within a unit of work and encrypts what describes a person under a key that erasure deletes.
`Chain` links entries in the order of facts. `Sealing` signs checkpoints. `verify` checks an exported trail:

    enter(uow, uuid7(), now(), "centres.visits", "update", before=before, after=after, changes=changes, ...)
"""
