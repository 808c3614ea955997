"""Notices over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.register.notices import operations
from services.membership.register.notices.queries import LISTING
from services.membership.register.notices.schemas import Notice, NoticeBody, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi

router = record_routes(
    RecordApi(
        kind=operations.NOTICES,
        roles=ROLES,
        listing=LISTING,
        response_model=Notice,
        present=present,
        bodies=Bodies(creation=NoticeBody),
        create=operations.create,
        is_public=True,
    )
)
