"""What leaves the plan as documents: open data, IATI activities, and reports as PDF.

It is for everybody, and shows published records alone. `printed_documents` prints each state once, by the worker.
"""
