"""The reference of the API at `/docs`: operations by service and context, tasks, a search over them, and each operation
as a document of its own, which the browser draws."""
