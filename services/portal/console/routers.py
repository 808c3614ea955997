"""The routers of the console, single pages before lists of any kind."""

from services.portal.console.centre_file.routes import router as centre_file
from services.portal.console.countries.routes import router as countries
from services.portal.console.imports.routes import files as import_files
from services.portal.console.imports.routes import router as imports
from services.portal.console.jobs.routes import router as jobs
from services.portal.console.merging.routes import router as merging
from services.portal.console.people.routes import router as people
from services.portal.console.records.lists import router as lists
from services.portal.console.records.manuscript import router as manuscript
from services.portal.console.records.many import router as many
from services.portal.console.records.showing import router as showing
from services.portal.console.reporting.routes import router as reporting
from services.portal.console.screening.routes import router as screening
from services.portal.console.signing_in.routes import router as signing_in
from services.portal.console.work.routes import router as work
from services.portal.console.writing.creating import router as creating
from services.portal.console.writing.editing import router as editing
from services.portal.console.writing.stepping import router as stepping

_RECORDS = (lists, many, creating, editing, stepping, showing)
_PAGES = (work, countries, reporting, jobs, imports, import_files, people, screening, centre_file, merging, manuscript)
CONSOLE = (signing_in, *_PAGES, *_RECORDS)
