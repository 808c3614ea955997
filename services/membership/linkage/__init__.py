"""Whether two records may be the same person or institution: how names, words and identifiers are compared.

Pure rules without a table. `register` asks them for duplicates.
"""
