"""What there is to say about the post's broker: its address, its state, and how long to wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from command.errors import UsageError
from sensors.words import _, tr

# Why there is no connection: message ids for `tr`, since each console has its own language.
CLOSED = _("This post is not the first one and stays away from the broker")
CONNECTING = _("Connecting to the broker")
UNREACHABLE = _("The broker cannot be reached")
LOST = _("The connection to the broker was lost")
SILENT = _("The broker does not answer")
CONTESTED = _("Another program uses this post's broker sessions")
FOREIGN = _("The broker does not speak MQTT 3.1.1")
REFUSED = _("The broker refuses the connection")
REFUSED_TOPICS = _("The broker refuses a subscription: check its access rules")
REFUSALS = {  # CONNACK codes, numbered as in MQTT 5, which is how paho gives them
    132: FOREIGN,
    133: _("The broker refuses the client id"),
    134: _("The broker refuses the user name or password"),
    135: _("The broker does not let this post in: check its access rules"),
    136: _("The broker is not available at present"),
}


@dataclass(frozen=True, slots=True)
class BrokerState:
    """For the officer: `reason` is a message id for `tr`, empty when all is well.

    `since` is when `connected` last changed (POSIX seconds); `detail` is technical text of at most
    200 characters; the rest are counts since the start.
    """

    connected: bool
    reason: str
    detail: str
    since: float
    reconnects: int
    takeovers: int
    dropped_qos0: int
    unreadable_topics: int


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds: before connecting again, and before asking again for a refused subscription."""

    first: float = 0.2
    longest: float = 5.0
    contested: float = 30.0
    refused: float = 30.0

    def after(self, failures: int, contested: int, jitter: float) -> float:
        """Doubled with each failure in a row; `jitter` (0..1) parts two that were lost together."""
        longest = self.contested if contested > 1 else self.longest
        return float(min(longest, self.first * 2 ** min(failures, 16)) * (1 + jitter) / 2)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker is, and as whom we come."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)


def address(url: str) -> Address:
    """Read `mqtt://[USER:PASSWORD@]HOST[:PORT]`, or mqtts. UsageError if it is anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        # The URL itself is not shown: it may hold a password.
        message = tr("The broker's address must look like mqtt://HOST:PORT or mqtts://HOST:PORT")
        raise UsageError(message)
    tls = parts.scheme == "mqtts"
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Address(parts.hostname, port or (8883 if tls else 1883), tls, user, password)
