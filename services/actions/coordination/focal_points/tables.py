"""Focal points."""

from services.actions.coordination.focal_points.record import FocalPoint
from shared.records.columns import table_of

focal_point = table_of(FocalPoint, "action_focal_point")
