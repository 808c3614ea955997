"""Typed settings from the environment and from secret files. Unknown names are errors."""

import os
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, IPvAnyNetwork, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.configuration.addresses import DatabaseAddress, as_user, fault_of_servers, origin_of
from shared.configuration.strength import issuer_fault, weakness

DEVELOPMENT_SECRET = "development-only"  # noqa: S105
_LICENCES = r"^(CC-BY-4\.0|CC-BY-SA-4\.0|CC0-1\.0|ODC-By-1\.0|ODbL-1\.0|PDDL-1\.0|https://\S+)$"
_MOST_REQUESTS = 100_000_000
_KNOWN_ELSEWHERE = ("ESCM_LOCAL_", "ESCM_MEMBERSHIP_", "ESCM_CENTRES_", "ESCM_ACTIONS_", "ESCM_ACCESS_", "ESCM_PORTAL_")


class Settings(BaseSettings):
    """Settings of every process of the system. `X_FILE` names a file that holds the value of `X`.

    Unknown variables with the prefix `ESCM_`, and development secrets in production, prevent the start.
    """

    model_config = SettingsConfigDict(env_prefix="ESCM_", extra="ignore", populate_by_name=True)
    service: ClassVar[str] = ""
    rls_on_writes: ClassVar[bool] = True
    """Whether row-level security checks the country of rows that a caller writes."""
    has_secrets: ClassVar[bool] = True
    """Whether the process uses secrets, to sign or to reach the database or Valkey, that must be strong in
    production."""
    sends_mail: ClassVar[bool] = False
    """Whether this service sends mail that people wait for, and production needs a mail server."""

    database_url: str = Field("postgresql://escm@127.0.0.1:5432/escm", validation_alias="DATABASE_URL")
    """PostgreSQL 18: for `migrate` with a user that may create roles, for the services host and database. Of several
    servers, `postgresql://user:password@one:5432,other:5432/escm?target_session_attrs=primary`, all processes use the
    primary."""
    database_pooler: str = Field("", pattern=r"^([^\s:/@]+:[0-9]{1,5})?$", validation_alias="ESCM_DATABASE_POOLER")
    """Host and port of a PgBouncer in transaction mode for apps; workers, relay and commands use `DATABASE_URL`."""
    database_replica_url: str = Field(
        "", pattern=r"^(postgres(ql)?://[^\s,]+)?$", validation_alias="ESCM_DATABASE_REPLICA_URL"
    )
    """Host and database of one standby, from which apps read for anonymous callers."""
    replica_seconds: float = Field(2.0, gt=0, le=60, validation_alias="ESCM_REPLICA_SECONDS")
    """Seconds by which the standby may lag behind; beyond them, apps read from the primary."""
    redis_url: str = Field("redis://127.0.0.1:6379/0", validation_alias="REDIS_URL")
    """Valkey 9 or Redis."""
    environment: Literal["laptop", "test", "sandbox", "production"] = Field(
        "laptop", validation_alias="ESCM_ENVIRONMENT"
    )
    """`production` refuses development secrets, fictional countries, secrets of fewer than 20 characters or with common
    words, a Valkey without a password, and an issuer that is not an `https://` address of a host that others reach.
    `sandbox` is for trying integrations: it refuses the same, has the fictional countries, and keeps all mails as
    files."""
    fictional_countries: bool = Field(default=True, validation_alias="ESCM_FICTIONAL_COUNTRIES")
    """Whether there are the fictional countries XA to XM."""
    secret_key: SecretStr = Field(SecretStr(DEVELOPMENT_SECRET), validation_alias="ESCM_SECRET_KEY")
    """Signs cursors, encrypts the keys of tokens and credentials, and is half of the keys of histories of persons."""
    role_prefix: str = Field("escm", pattern=r"^[a-z][a-z0-9_]{0,20}$", validation_alias="ESCM_ROLE_PREFIX")
    """What the names of the database roles begin with."""
    role_password: SecretStr = Field(SecretStr(DEVELOPMENT_SECRET), validation_alias="ESCM_ROLE_PASSWORD")
    """Password of the database roles of all services."""
    backup_password: SecretStr | None = Field(None, validation_alias="ESCM_BACKUP_DATABASE_PASSWORD")
    """Password of the role that reads everything, for `backup`, `audit` and `migrate`. Outside production that of the
    roles by default; in production the role cannot log in without it."""
    issuer: str = Field("https://escm.invalid", validation_alias="ESCM_ISSUER")
    """Issuer of tokens, and address of the system. Its host is also that of credentials, `did:web:HOST`: another host
    makes every credential of before worthless."""
    api: str = Field("", pattern=r"^(https?://\S+)?$", validation_alias="ESCM_API")
    """Where pages and figures read the services, such as `http://{service}:8000`; by default the issuer's address."""
    api_seconds: float = Field(2.0, gt=0, le=60, validation_alias="ESCM_API_SECONDS")
    """Seconds for which a page or figure waits for one response of a service, including its time in the queue."""
    record_page: str = Field("", pattern=r"^(https?://\S+)?$", validation_alias="ESCM_RECORD_PAGE")
    """The frontend's page of a record, to which the portal's pages of records lead, such as
    `https://desk.example/{language}/{service}/{resource}/{id}`. `{id}` is an id or a ref."""
    doi_prefix: str = Field("", pattern=r"^(10\.[1-9]\d{3,8}(\.\d+)*)?$", validation_alias="ESCM_DOI_PREFIX")
    """Prefix of the DOIs of editions and contributions, such as `10.5555`; without one their citations name pages."""
    audience: str = Field("escm", validation_alias="ESCM_AUDIENCE")
    """Audience of tokens."""
    grants_believed: float = Field(30.0, gt=0, le=30, validation_alias="ESCM_GRANTS_BELIEVED")
    """Seconds for which keys, grants and revocations are cached: after that a revoked one stops in every process."""
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = Field((), validation_alias="ESCM_TRUSTED_PROXIES")
    """Addresses and networks of proxies whose `X-Forwarded-For` is trusted, separated by commas; by default none."""
    cors_origins: tuple[str, ...] = Field((), validation_alias="ESCM_CORS_ORIGINS")
    """JSON list of the exact origins that browsers may call from; on a laptop also pages of this machine. Keys, status
    lists and verifications of certificates are for every origin."""
    compression: bool | None = Field(None, validation_alias="ESCM_COMPRESSION")
    """Whether apps compress responses themselves; by default only on a laptop, which has no edge."""
    security_contact: str = Field("", pattern=r"^((mailto:|https://)\S+)?$", validation_alias="ESCM_SECURITY_CONTACT")
    """Where to report vulnerabilities, `mailto:` or `https://`; `/.well-known/security.txt` is 404 without it."""
    data_licence: str = Field("CC-BY-4.0", pattern=_LICENCES, validation_alias="ESCM_DATA_LICENCE")
    """Licence of what is published: an SPDX id of a licence of data, or the address of another one. The catalogue, the
    pages and the files of open data name it."""
    metrics_port: int = Field(0, ge=0, le=65535, validation_alias="ESCM_METRICS_PORT")
    """Port of `/metrics`; 0 for none."""
    metrics_host: str = Field("127.0.0.1", validation_alias="ESCM_METRICS_HOST")
    """Host of `/metrics`; by default for an app that of its `--host`."""
    request_log: bool = Field(default=False, validation_alias="ESCM_REQUEST_LOG")
    """Whether there is a line of the log for each request."""
    client_requests: int = Field(6_000, ge=1, le=_MOST_REQUESTS, validation_alias="ESCM_CLIENT_REQUESTS")
    """Requests a minute of one API client or key."""
    account_requests: int = Field(6_000, ge=1, le=_MOST_REQUESTS, validation_alias="ESCM_ACCOUNT_REQUESTS")
    """Requests a minute of one person."""
    address_requests: int = Field(600_000, ge=1, le=_MOST_REQUESTS, validation_alias="ESCM_ADDRESS_REQUESTS")
    """Requests a minute without a token from one IPv4 address or IPv6 /64, which a whole ministry may share. Lower it
    in front of the public."""
    failed_authentications: int = Field(300, ge=1, le=_MOST_REQUESTS, validation_alias="ESCM_FAILED_AUTHENTICATIONS")
    """Failed authentications a minute from one address."""
    body_seconds: float = Field(30.0, ge=1, le=600, validation_alias="ESCM_BODY_SECONDS")
    """Seconds in which a body must arrive; longer for one that arrives at 64 KiB/s."""
    head_seconds: float = Field(10.0, ge=1, le=600, validation_alias="ESCM_HEAD_SECONDS")
    """Seconds in which the head of a request must arrive."""
    connections: int = Field(4_096, ge=16, le=100_000, validation_alias="ESCM_CONNECTIONS")
    """Connections of one process. Beyond them, the one that has waited longest for a request is closed."""
    storage_path: Path = Field(Path(".local/files"), validation_alias="ESCM_STORAGE_PATH")
    """Folder of stored files, which apps and workers of one host share; with `ESCM_STORAGE_URL`, of files while they
    are received or read."""
    storage_url: str = Field("", pattern=r"^((file:///|s3://)\S+)?$", validation_alias="ESCM_STORAGE_URL")
    """Where all hosts store files, `file:///folder` or `s3://bucket/prefix`, the same for every process; by default in
    `ESCM_STORAGE_PATH`."""
    audit_years: int = Field(10, ge=1, le=100, validation_alias="ESCM_AUDIT_YEARS")
    """Years for which the audit trail is stored; the relay deletes whole months."""
    responses_mebibytes: int = Field(10_240, ge=16, validation_alias="ESCM_RESPONSES_MEBIBYTES")
    """Maximum MiB on disk of responses stored under idempotency keys, for the relay; beyond it, the oldest are deleted
    before their 72 hours."""
    undo_days: int = Field(90, ge=1, le=3_650, validation_alias="ESCM_UNDO_DAYS")
    """Days for which an import can be undone and its failed rows are stored."""
    smtp_url: SecretStr | None = Field(None, validation_alias="ESCM_SMTP_URL")
    """Mail server: `smtp://user:password@host:587` (TLS where it offers it), `smtp+starttls://` (TLS or no mail) or
    `smtps://`. Without it mails are files in `ESCM_MAIL_FOLDER`, which production refuses and a sandbox does always."""
    egress_proxy: str = Field("", pattern=r"^(https?://\S+)?$", validation_alias="ESCM_EGRESS_PROXY")
    """Filtering proxy through which all addresses outside are opened; names are then its to resolve."""
    egress_ports: tuple[int, ...] = Field((443, 8443), validation_alias="ESCM_EGRESS_PORTS")
    """JSON list of the ports of webhooks."""
    mail_sender: str = Field("ESCM secretariat <secretariat@escm.invalid>", validation_alias="ESCM_MAIL_SENDER")
    """Sender of mails; its domain is part of the Message-ID."""
    mail_folder: Path = Field(Path(".local/mail"), validation_alias="ESCM_MAIL_FOLDER")
    """Folder of mails without a mail server."""
    pool_size: int = Field(8, ge=1, le=40)
    """Database connections of an app, without three for streams."""
    database_password: SecretStr | None = None
    """Password of the service's database role; that of all services by default."""

    def __init__(self, **values: Any) -> None:
        prefix = str(self.model_config["env_prefix"])
        fields = {
            f"{prefix}{name}".upper(): name
            for name, field in type(self).model_fields.items()
            if not field.validation_alias
        }
        super().__init__(**{**{fields.get(name, name): value for name, value in _from_files().items()}, **values})

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _by_commas(cls, given: Any) -> Any:
        """A list as JSON, or separated by commas."""
        if not isinstance(given, str):
            return given
        return [part for part in given.strip("[] ").replace('"', "").replace(" ", "").split(",") if part]

    @field_validator("database_url")
    @classmethod
    def _one_primary(cls, given: str) -> str:
        if fault := fault_of_servers(given):
            raise ValueError(f"DATABASE_URL {fault}")
        return given

    @field_validator("record_page")
    @classmethod
    def _name_the_record(cls, given: str) -> str:
        try:
            named = given.format(language="en", service="actions", resource="tasks", id="TSK-1")
        except (AttributeError, IndexError, KeyError, ValueError):
            raise ValueError(
                "ESCM_RECORD_PAGE has {language}, {service}, {resource} and {id} alone in braces"
            ) from None
        if given and "TSK-1" not in named:
            raise ValueError("ESCM_RECORD_PAGE has no {id}")
        return given

    @model_validator(mode="after")
    def _refuse(self) -> "Settings":
        known = {field.validation_alias for field in type(self).model_fields.values()}
        prefix = str(self.model_config["env_prefix"])
        known |= {f"{prefix}{name}".upper() for name in type(self).model_fields}
        known |= {f"{name}_FILE" for name in known if name}
        for name in os.environ:
            elsewhere = any(name.startswith(other) for other in _KNOWN_ELSEWHERE if other != prefix)
            if name.startswith("ESCM_") and name not in known and not elsewhere:
                raise ValueError(f"{name} is not a setting of {self.service or 'this system'}; check its spelling")
        return self

    @model_validator(mode="after")
    def _refuse_weak(self) -> "Settings":
        if not self.is_guarded:
            return self
        secrets = {
            "ESCM_SECRET_KEY": self.secret_key.get_secret_value(),
            "ESCM_ROLE_PASSWORD": (self.database_password or self.role_password).get_secret_value(),
            "DATABASE_URL": DatabaseAddress.of(self.database_url).password,
            "REDIS_URL": urlsplit(self.redis_url).password,
            **({"ESCM_BACKUP_DATABASE_PASSWORD": secret_of(self.backup_password)} if self.backup_password else {}),
        }
        for name, secret in secrets.items():
            if secret == DEVELOPMENT_SECRET:
                raise ValueError(f"{name} still has its development value; {self.environment} refuses it")
            if self.has_secrets and (secret or name != "DATABASE_URL") and (fault := weakness(secret)):
                raise ValueError(f"{name} {fault}; {self.environment} refuses it")
        if fault := issuer_fault(self.issuer) if self.has_secrets else None:
            raise ValueError(f"ESCM_ISSUER {fault}; {self.environment} refuses it")
        return self

    @model_validator(mode="after")
    def _refuse_elsewhere(self) -> "Settings":
        if self.environment == "sandbox":
            if not self.fictional_countries:
                raise ValueError("ESCM_FICTIONAL_COUNTRIES must be on in a sandbox")
            self.smtp_url = None
        if self.environment == "production":
            if self.fictional_countries:
                raise ValueError("ESCM_FICTIONAL_COUNTRIES must be off in production")
            if self.sends_mail and self.smtp_url is None:
                raise ValueError(f"ESCM_SMTP_URL is not set: in production mails of {self.service} go to a mail server")
        return self

    @property
    def is_guarded(self) -> bool:
        """Whether others reach the installation, so that weak secrets and private addresses are refused."""
        return self.environment in ("sandbox", "production")

    @property
    def page(self) -> str:
        """The page that mails lead to. They append the token as a fragment, which no server receives."""
        return f"{self.issuer.rstrip('/')}/account"

    @property
    def own_origins(self) -> frozenset[str]:
        """The origins of the installation: of the issuer, of the page that mails lead to, and of its frontends."""
        return frozenset(origin_of(address) for address in (self.issuer, self.page, *self.cors_origins))

    @property
    def is_compressing(self) -> bool:
        """Whether apps compress their responses."""
        return self.environment == "laptop" if self.compression is None else self.compression

    @property
    def objects_url(self) -> str:
        """Where evidence is stored."""
        return self.shared_url("evidence") or (self.storage_path / "evidence").absolute().as_uri()

    def shared_url(self, part: str) -> str:
        """Where files of one kind are stored for all hosts; empty if they are in `storage_path`."""
        return self.storage_url and f"{self.storage_url.rstrip('/')}/{part}"

    def database_dsn(self, role: str | None = None) -> str:
        """The database address of a role: `DATABASE_URL` with this service's (or the given) role and password."""
        own = role is None and self.database_password is not None
        password = self.database_password if own and self.database_password else self.role_password
        if role == "backup" and self.backup_password:
            password = self.backup_password
        user = f"{self.role_prefix}_{role or self.service}:{quote(password.get_secret_value(), safe='')}"
        return as_user(user, self.database_url)

    @property
    def replica_dsn(self) -> str:
        """The address of the standby for this service's role; empty without one."""
        user = DatabaseAddress.of(self.database_dsn()).user
        return self.database_replica_url and as_user(user, self.database_replica_url)

    @property
    def app_dsn(self) -> str:
        """The database address of an app of this service: that of the pooler, if there is one."""
        parts = DatabaseAddress.of(self.database_dsn())
        return str(parts.with_hosts(self.database_pooler or parts.hosts))


def secret_of(value: SecretStr | None) -> str | None:
    """The text of a secret; None if there is none."""
    return value.get_secret_value() if value else None


def variable(name: str) -> str | None:
    """The value of an environment variable, or of the file that `NAME_FILE` names."""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ.get(name)


def secret_key() -> bytes:
    """The secret of this installation, for code without access to the settings."""
    return (variable("ESCM_SECRET_KEY") or DEVELOPMENT_SECRET).encode()


def _from_files() -> dict[str, str]:
    """Values of every `NAME_FILE` in the environment whose `NAME` is a setting."""
    names = (name.removesuffix("_FILE") for name in os.environ if name.endswith("_FILE"))
    ours = (name for name in names if name.startswith("ESCM_") or name in ("DATABASE_URL", "REDIS_URL"))
    return {name: content for name in ours if (content := variable(name)) is not None}
