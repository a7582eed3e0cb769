"""Read waybill.toml: which systems are connected, which store feeds which ERP, who approves.

A secret is never in the file: `env:NAME` names a variable, `file:/path` a file that holds it.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field, SecretStr, ValidationError, model_validator

from adapters.channels.smtp import SmtpSettings
from domain.approvals.policies import ApprovalPolicy, Approver
from domain.durations import Duration
from domain.errors import BadConfiguration
from domain.model import Strict
from domain.notices import NoticeEvent, NoticeRule
from domain.policy import Pair

VARIABLE = "WAYBILL_CONFIG"
DEFAULT_FILE = "waybill.toml"
_SECRETS = frozenset(
    {
        "access_token",
        "app_token",
        "auth_tokens",
        "client_secret",
        "consumer_key",
        "consumer_secret",
        "key",
        "password",
        "secret",
        "secrets",
        "signing_secrets",
        "token",
        "webhook_key",
        "webhook_secrets",
    }
)


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
"""A connection's or pair's name: it becomes part of ids, addresses and keys."""


class ConnectionSettings(Strict):
    """One connected system: its kind, and the settings that its adapter understands."""

    kind: str
    settings: dict[str, Any]


class GatewaySettings(Strict):
    """Where the gateway listens and what it takes."""

    host: str = Field(default="127.0.0.1", description="Put a TLS proxy in front of any other.")
    port: int = Field(default=8080, ge=0, le=65535, description="0: any free one.")
    largest_body: int = Field(default=256 * 1024, ge=1024, description="Bytes of a webhook's body.")
    body_seconds: float = Field(default=10, gt=0, description="How long a body may take to arrive.")
    most_connections: int = Field(default=1000, ge=1, description="Requests at once; more are told 503.")
    most_waiting: int = Field(
        default=20_000, ge=1, description="Waiting inbox rows beyond which 503 is said."
    )
    most_wrong_tokens: int = Field(
        default=20, ge=1, description="Wrong API tokens of one address within a minute; more are told 429."
    )


class ReconcilerSettings(Strict):
    """How often each store's own list is read."""

    every: Duration = Field(
        default=timedelta(seconds=60), ge=timedelta(seconds=1), description="For each store of a pair."
    )


class FeedSettings(Strict):
    """How closely ERPs are watched for what happens to posted orders."""

    every: Duration = Field(
        default=timedelta(seconds=2), gt=timedelta(0), description="The pause between two looks."
    )


class DocumentSettings(Strict):
    """Where delivery notes, invoices and labels are kept, and how long a link to one of them works."""

    store: str = Field(
        default="var/documents",
        min_length=1,
        description="A folder, or a URL such as s3://bucket/prefix (keys and region in its usual variables).",
    )
    link_lifetime: Duration = Field(
        default=timedelta(days=30), gt=timedelta(0), description="How long a link in a mail works."
    )


class TelemetrySettings(Strict):
    """Where metrics are served; traces follow OpenTelemetry's own environment variables."""

    prometheus: str = Field(
        default="",
        pattern=r"^([^:\s]+:\d{1,5})?$",
        description="An address such as 127.0.0.1:9464; empty: none.",
    )
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )


class Configuration(Strict):
    """All of waybill.toml."""

    database: str = Field(
        default="sqlite:///var/waybill.db", description="A SQLite file, or postgresql://user@host/name."
    )
    task_queue: str = Field(
        default="waybill",
        min_length=1,
        max_length=100,
        description="Another one for each installation on the same Temporal namespace.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8080",
        pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$",
        description="How approvers reach the gateway, for links in mails.",
    )
    secret: SecretStr = Field(min_length=32, description="Signs approval links; 32 characters or more.")
    alert_to: str = Field(
        default="",
        pattern=r"^([^@\s]+@[^@\s]+)?$",
        description="Who is mailed when a connection is in trouble.",
    )
    gateway: GatewaySettings = GatewaySettings()
    reconciler: ReconcilerSettings = ReconcilerSettings()
    feed: FeedSettings = FeedSettings()
    documents: DocumentSettings = DocumentSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    mail: SmtpSettings = SmtpSettings()
    connections: dict[Name, ConnectionSettings]
    pairs: dict[Name, Pair]
    approvers: tuple[Approver, ...] = ()
    policies: dict[Name, ApprovalPolicy] = Field(default_factory=dict)
    notices: tuple[NoticeRule, ...] = ()

    @model_validator(mode="after")
    def _notices_are_right(self) -> "Configuration":
        for number, rule in enumerate(self.notices):
            if NoticeEvent.RULE in rule.event:
                raise ValueError(
                    f"notices.{number}.event: what rules tell is written with the rule, as notify"
                )
            for key, sentence in rule.faults():
                raise ValueError(f"notices.{number}.{key}: {sentence}")
            for pair in rule.pairs:
                if pair not in self.pairs:
                    raise ValueError(f"notices.{number}.pairs: there is no pair {pair!r}")
        return self

    @model_validator(mode="after")
    def _pairs_are_right(self) -> "Configuration":
        stores = [pair.store for pair in self.pairs.values() if not pair.by_rule]
        for name, pair in self.pairs.items():
            for role, connection in (("store", pair.store), ("erp", pair.erp)):
                if connection not in self.connections:
                    raise ValueError(f"pairs.{name}.{role}: there is no connection {connection!r}")
            if stores.count(pair.store) > 1:
                raise ValueError(
                    f"pairs.{name}.store: {pair.store} feeds another ERP already; by_rule lets rules choose"
                )
            for key, sentence in pair.faults():
                raise ValueError(f"pairs.{name}.{key}: {sentence}")
        return self


def load(path: Path | None = None) -> Configuration:
    """Read the configuration; `BadConfiguration` names the key and the fix."""
    file = path or Path(os.environ.get(VARIABLE, DEFAULT_FILE))
    try:
        text = file.read_text("utf-8")
    except OSError:
        raise BadConfiguration(
            f"{file} cannot be read",
            remedy=f"Write {DEFAULT_FILE}, or set {VARIABLE} to where it is; `waybill demo` shows one.",
        ) from None
    try:
        return parse(tomllib.loads(text), os.environ)
    except tomllib.TOMLDecodeError as problem:
        raise BadConfiguration(f"{file} is not TOML: {problem}", remedy="Mend the line named.") from None


def parse(raw: Mapping[str, Any], environment: Mapping[str, str]) -> Configuration:
    """Build the configuration from its parsed form; secrets are looked up in `environment` and in files."""
    known = _with_secrets(raw, environment, "")
    shared = {"approvers": known.get("approvers", []), "policies": _tables(known, "policies")}
    pairs = {name: {"name": name, **shared, **pair} for name, pair in _tables(known, "pairs").items()}
    connections = {
        name: {"kind": settings.get("kind", ""), "settings": _without_kind(settings)}
        for name, settings in _tables(known, "connections").items()
    }
    whole = {**known, "pairs": pairs, "connections": connections}
    for place in _unknown(Configuration, whole, ""):
        raise BadConfiguration(f"waybill.toml, {place}: there is no such key", field=place)
    try:
        return Configuration.model_validate(whole)
    except ValidationError as problem:
        raise BadConfiguration(sentence_of(problem, "waybill.toml"), field=field_of(problem)) from None


def settings_of(name: str, connection: ConnectionSettings, model: type[BaseModel]) -> BaseModel:
    """Return a connection's settings as its adapter understands them. Raises `BadConfiguration`."""
    try:
        return model.model_validate(connection.settings)
    except ValidationError as problem:
        where = f"waybill.toml, connections.{name}"
        raise BadConfiguration(sentence_of(problem, where), field=f"connections.{name}") from None


def _tables(raw: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    tables = raw.get(key, {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise BadConfiguration(f"waybill.toml, {key}: write a table for each, [{key}.NAME]", field=key)
    return tables


def _unknown(expected: Any, given: Any, place: str) -> Iterator[str]:
    """Yield the keys of a parsed file that no model has; models in histories read more leniently."""
    if isinstance(expected, type) and issubclass(expected, BaseModel) and isinstance(given, Mapping):
        for name, value in given.items():
            field = expected.model_fields.get(name)
            here = f"{place}.{name}".removeprefix(".")
            if field is None:
                yield here
            else:
                yield from _unknown(field.annotation, value, here)
    else:
        for part, value, here in _parts(expected, given, place):
            yield from _unknown(part, value, here)


def _parts(expected: Any, given: Any, place: str) -> Iterator[tuple[Any, Any, str]]:
    """Yield the parts of a choice, a list or a table of tables, each with what is expected there."""
    if isinstance(expected, UnionType):
        yield from ((part, given, place) for part in get_args(expected))
    elif isinstance(given, list):
        for number, value in enumerate(given):
            yield from ((part, value, f"{place}.{number}") for part in get_args(expected))
    elif isinstance(given, Mapping):
        for name, value in given.items():
            yield from ((part, value, f"{place}.{name}") for part in get_args(expected)[1:])


def _without_kind(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name != "kind"}


def sentence_of(problem: ValidationError, where: str) -> str:
    """Return the first thing wrong as one sentence that names the key; values are left out."""
    first = problem.errors(include_input=False, include_url=False)[0]
    return f"{where}, {field_of(problem) or 'as a whole'}: {first['msg'].removeprefix('Value error, ')}"


def field_of(problem: ValidationError) -> str:
    """Return the key of the first thing wrong."""
    return ".".join(str(part) for part in problem.errors()[0]["loc"])


def _with_secrets(value: Any, environment: Mapping[str, str], place: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_secrets(item, environment, f"{place}.{name}") for name, item in value.items()}
    if isinstance(value, list):
        return [_with_secrets(item, environment, place) for item in value]
    name = place.rpartition(".")[2]
    if isinstance(value, str) and name in _SECRETS:
        return _secret(value, environment, place.removeprefix("."))
    return value


def _secret(reference: str, environment: Mapping[str, str], place: str) -> SecretStr:
    where, _, rest = reference.partition(":")
    if where == "env":
        if not environment.get(rest):
            raise BadConfiguration(
                f"{place} points to the variable {rest}, which is not set",
                field=place,
                remedy=f"Set {rest}, or point {place} elsewhere.",
            )
        return SecretStr(environment[rest])
    if where == "file":
        try:
            return SecretStr(Path(rest).read_text("utf-8").strip())
        except OSError:
            raise BadConfiguration(
                f"{place} points to the file {rest}, which cannot be read",
                field=place,
                remedy=f"Put the secret into {rest}, or point {place} elsewhere.",
            ) from None
    raise BadConfiguration(
        f"{place} holds a secret in plain text",
        field=place,
        remedy=f"Write env:NAME or file:/path for {place}, and keep the secret there.",
    )
