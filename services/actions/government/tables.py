"""Government bodies, focal points and meetings."""

from services.actions.government.record import FocalPoint, GovernmentBody, Meeting
from shared.records.columns import table_of

government_body = table_of(GovernmentBody, "action_government_body")
focal_point = table_of(FocalPoint, "action_focal_point")
meeting = table_of(Meeting, "action_meeting")
