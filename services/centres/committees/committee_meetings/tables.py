"""Meetings of committees."""

from services.centres.committees.committee_meetings.record import CommitteeMeeting
from shared.records.columns import table_of

committee_meeting = table_of(CommitteeMeeting, "centre_committee_meeting")
