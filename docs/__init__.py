"""The guides as they stand here, carried with the code: the portal shows them at `/guides/`."""
