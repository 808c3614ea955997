"""What an operation of the contract may require of its caller."""

from dataclasses import dataclass
from enum import StrEnum


class Ask(StrEnum):
    """A condition of an operation."""

    NOTHING = "nothing"
    SIGNED_IN = "a token"
    SEE = "the record in access"
    DO = "a verb on the record in access"
    STEP = "any writing verb on the record in access"
    PART = "the record and its part in access"
    ANOTHERS = "a verb on the record in access, and the country of what another wrote about it in access"
    STEP_PART = "the record and its part in access, and any writing verb on the part"
    ENTER = "a verb in the record's country"
    ENTER_UNDER = "a verb in the country of a record in access"
    ENTER_PART = "a verb on a record in access that the body names"
    ANYWHERE = "a verb in any country"
    APPLY = "nobody's office, or a verb in the record's country"
    STARTER = "to have started it, or to oversee"
    PERSON = "to be a person"
    MAILED = "to be a person, and a token that came by mail"
    ONESELF = "to be a person with a record, and to see the call"
    PROPOSE = "a verb on an edition in access; or its open call, and to be an author"
    PANEL = "to see the record, and to be in its panel, or in that of its call"
    SENT = "a verb in any country, and a mail that was sent"
    NO_KEY = "to be no key"
    FOR_ONESELF = "to be a person, or a verb in any country"
    SELF = "to be the person of the record"
    OWNER = "to be its owner, or a verb on the record in access"
    SANDBOX = "to call a sandbox"
    NOTIFIED = "to be the person that it notifies"
    BOTH = "a verb on two records in access, and to merge in their countries"
    HAND_ON = "a verb in the record's country, and to be no key"
    OFFICIAL = "a verb everywhere, or in the record's country and to be no key"
    CREDENTIAL = "a verb on the record in access, and to hand on all that the client holds"
    DELEGATE = "to hold the grant that is passed on"
    HAND_OVER = "a verb on the record in access, and to hold the grant or to hand on its role in its country"


@dataclass(frozen=True, slots=True)
class Demand:
    """A condition with its verb and resource (plural), by default the path's own. `under` is the kind of the record
    under which the body creates another."""

    ask: Ask
    verb: str = ""
    resource: str = ""
    under: str = ""
