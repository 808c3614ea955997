"""Files as objects that are named by the SHA-256 digest of their content, in a folder or in S3.

- `objects.ObjectStore` puts, reads and removes them.
- `disk.sync` returns when a file is on disk.

    store = ObjectStore("file:///var/lib/escm/files/evidence")
    await store.put(digest, file)
    async for block in store.blocks(digest, range(100)):
        ...

Equal content is one object, which may belong to many records.
"""
