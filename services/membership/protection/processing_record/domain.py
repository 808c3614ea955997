"""What the record of processing says of the whole system."""

SECURITY_MEASURES = (
    "Rights follow from roles over countries and single records; other records do not exist for a caller.",
    "Row-level security of the database repeats the same rules for every statement.",
    "Sensitive transitions and grants need a second person.",
    "Each change has an entry in an audit trail, in which a manipulation is found.",
    "What the trail says of a person is encrypted with keys of that person, which their erasure deletes.",
    "Passwords are stored as argon2id, secrets and tokens as digests, waiting mails encrypted.",
    "Connections are encrypted up to the edge; requests are limited by caller and network address.",
    "Backups are stored for 35 days; a restore erases the erased persons before it opens the database.",
)
TRANSFERS = (
    "Records are read in the countries to which grants belong, by the roles and clients that are listed.",
    "Mails go through the mail server that the operator has set.",
    "Where ORCID is set up, people sign in to it themselves, and what they have published there is read.",
)
