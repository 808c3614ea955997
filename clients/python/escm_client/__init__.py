"""Client of the API of the secretariat of the ESCM Plan.

from escm_client import Api, ClientSecret

with Api("https://escm.example.org", ClientSecret("id", "secret")) as api:
    for expert in api.membership.experts.list(country="XA"):
        print(expert["ref"], expert["display_name"])
"""

from .client import Api as Api
from .contract import VERSION as VERSION
from .credentials import ApiKey as ApiKey
from .credentials import ClientSecret as ClientSecret
from .credentials import Credentials as Credentials
from .credentials import Password as Password
from .credentials import Session as Session
from .credentials import SignedKey as SignedKey
from .dpop import DPoP as DPoP
from .errors import ApiError as ApiError
from .errors import Forbidden as Forbidden
from .errors import Gone as Gone
from .errors import InvalidRequest as InvalidRequest
from .errors import JobFailed as JobFailed
from .errors import NotAllowedNow as NotAllowedNow
from .errors import NotFound as NotFound
from .errors import TryLater as TryLater
from .errors import Unauthenticated as Unauthenticated
from .errors import VersionConflict as VersionConflict
from .feed import FilePosition as FilePosition
from .feed import Positions as Positions
from .jobs import Job as Job
from .resources import Collection as Collection
from .resources import Service as Service
from .webhooks import InvalidSignature as InvalidSignature
from .webhooks import verify as verify
