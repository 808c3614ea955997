"""Public documents as PDF, printed once per state by the worker, and stored until they say something else."""
