"""What leaves the plan, and enters it, as files: spreadsheets of results, targets, actions and milestones, open data,
IATI activities, and PDF of reports.

Offices of countries fill in the spreadsheets. Open data and IATI are for everybody: they show published records alone.
"""
