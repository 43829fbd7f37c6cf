"""One MQTT connection of a handheld. The only place that touches paho under aiomqtt.

aiomqtt 2.5 has no manual acknowledgement: paho would acknowledge an order before it is on disk.
So paho is told before connecting (a resumed session delivers at once) that we acknowledge.
"""

from __future__ import annotations

import random
import socket
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from aiomqtt import Client, Message

KEEPALIVE_S = 20
TIMEOUT_S = 5.0  # for the broker to answer anything
PAUSE_FIRST_S, PAUSE_LAST_S = 0.5, 5.0
BRIEF_S = 3.0  # a connection that lived shorter than this did not work


@dataclass(frozen=True, slots=True)
class Server:
    """Where the broker is, from an mqtt:// or mqtts:// address."""

    host: str
    port: int
    tls: bool
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_server(url: str) -> Server:
    """The server of `mqtt[s]://[user[:password]@]host[:port]`; ValueError says what is wrong."""
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise ValueError("the broker's address must look like mqtt://HOST:PORT")
    parts.hostname.encode("idna")  # raises a ValueError too; connecting would raise it later
    tls = parts.scheme == "mqtts"
    return Server(
        host=parts.hostname,
        port=parts.port or (8883 if tls else 1883),
        tls=tls,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def new_client(server: Server, client_id: str) -> Client:
    """A client for one connection only: a used one may still send what it failed to publish."""
    client = Client(
        server.host,
        server.port,
        username=server.username,
        password=server.password,
        identifier=client_id,
        clean_session=False,
        keepalive=KEEPALIVE_S,
        timeout=TIMEOUT_S,
        tls_context=ssl.create_default_context() if server.tls else None,
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )
    client._client.manual_ack_set(on=True)  # noqa: SLF001 - aiomqtt 2.5 has no public way
    return client


def acknowledge(client: Client, message: Message) -> None:
    """Tell the broker that `message` is safe here. A dead connection makes it come again."""
    client._client.ack(message.mid, message.qos)  # noqa: SLF001 - see new_client


def pause_s(failures: int) -> float:
    """How long to wait before connecting again; jitter keeps a whole township from one instant."""
    longest = min(PAUSE_LAST_S, PAUSE_FIRST_S * 2.0 ** min(failures, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
