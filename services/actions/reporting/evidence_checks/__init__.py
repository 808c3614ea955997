"""The check and the scan of stored files of evidence."""
