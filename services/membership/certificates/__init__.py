"""Certificates that the plan issues: their records, templates and mailed links.

The office writes templates and issues certificates; `issuing` makes their files and credentials.
"""
