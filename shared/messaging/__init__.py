"""Facts and jobs: from the transaction that leaves them to the worker that handles them.

`announce_change` and `defer` write to the outbox within a unit of work; the `Relay` puts facts in order and notifies
their consumers; a `Worker` takes batches and jobs with leases and fences; `JobRun` is a job under way; a `Schedule` is
work that comes again. Relay and workers wait for a `WakeUp`, and for nothing else:

    job = defer(uow, "membership", "import", {"import": str(record)}, created_by=principal.label, bulk=True)
"""
