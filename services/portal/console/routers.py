"""The routers of the console, single pages before lists of any kind."""

from services.portal.console.records.lists import router as lists
from services.portal.console.records.showing import router as showing
from services.portal.console.signing_in.routes import router as signing_in
from services.portal.console.work.routes import router as work
from services.portal.console.writing.creating import router as creating
from services.portal.console.writing.editing import router as editing
from services.portal.console.writing.stepping import router as stepping

_RECORDS = (lists, creating, editing, stepping, showing)
CONSOLE = (signing_in, work, *_RECORDS)
