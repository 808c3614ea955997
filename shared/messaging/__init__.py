"""Facts and jobs, from the transaction that writes them to the worker that handles them.

`announce_change` and `defer` write to the outbox within a unit of work. The `Relay` orders facts and notifies their
consumers. A `Worker` takes batches and jobs with leases and fences. `JobRun` is a running job, a `Schedule` is periodic
work. Relay and workers wait only for a `WakeUp`:

    job = defer(uow, "membership", "import", {"import": str(record)}, created_by=principal.label, bulk=True)
"""
