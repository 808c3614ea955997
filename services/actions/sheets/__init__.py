"""Files of rows: results and targets, and actions and milestones, as spreadsheets that are imported and exported.

Offices of countries fill them in. `bulk` of the service names them as collections.
"""
