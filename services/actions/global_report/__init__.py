"""The ESCM Global Report: editions with their calls, and the contributions of which they are made.

Editors open an edition. People propose chapters and write them, with figures of the API; experts and governments
comment in rounds. A worker builds the files, which are published with what cites them. Everybody sees who is late.
"""
