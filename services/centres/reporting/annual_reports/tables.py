"""Reports of centres."""

from services.centres.reporting.annual_reports.record import AnnualReport
from shared.records.columns import table_of

annual_report = table_of(AnnualReport, "centre_annual_report")
