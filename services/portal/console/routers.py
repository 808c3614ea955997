"""The routers of the console, single pages before lists of any kind."""

from services.portal.console.countries.routes import router as countries
from services.portal.console.imports.routes import files as import_files
from services.portal.console.imports.routes import router as imports
from services.portal.console.people.routes import router as people
from services.portal.console.signing_in.routes import router as signing_in
from services.portal.console.work.routes import router as work

CONSOLE = (signing_in, work, countries, imports, import_files, people)
