"""The post's end of MQTT: two persistent sessions, and no PUBACK before the commit.

    broker = Broker(dialler(url), root="fs", township="jingming", now=..., people=..., ...)
    tasks.create_task(broker.run())
    broker.open()                                     # open only while the lease is held
    await broker.wait()
    batch = broker.take(256)
    ...                                               # commit, and only then
    broker.settle(batch)

aiomqtt 2.5 has no manual acknowledgement, and its queue, its `publish` and its way of waiting for
the socket take longer than all that we do. So this file, and no other, reaches under it, to paho.

- Nothing is acknowledged before `settle`, and then in order of arrival, to the connection that
  delivered. What an older one delivered is acknowledged only if this one brings it again (hand.py).
- A packet id that is still owed on this connection is the same message again: it is dropped.
- paho's lock is not re-entrant: no callback below may close a connection.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from itertools import chain, islice
from typing import Any, Literal, TypeVar

import structlog
from aiomqtt import Client, MqttError, TLSParameters
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import ConnectFlags, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from command import broker as words
from command.broker import BrokerState, Pauses, address
from command.hand import Delivery, Owed
from command.joining import join
from command.session import QOS_1, Line, Session

KEEPALIVE_S = 10
ANSWER_S = 5.0  # how long the broker may take for a CONNACK or a SUBACK
OUTGOING = 50_000  # messages on their way out; packet ids end at 65,535
READ_AT_ONCE = 32  # packets read in one turn of the loop
READ_BYTES = 65_536  # asked of the socket at a time: a storm's packets come many to a call
NODELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)  # 88 ms a trip without it, 0.9 with
PROTOCOL_ERROR = 130  # CONNACK code 1, of which paho tells nobody, or what is not MQTT at all

log = structlog.get_logger("mqtt")
T = TypeVar("T")


class _Link:
    """One connection. Never used again once lost: paho would send what failed on the old one."""

    def __init__(self, client: Client, session: Session) -> None:
        self._client = client
        self._paho = paho = client._client  # noqa: SLF001
        self._session = session
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._wanted = True
        self._refusal = ""
        self._owed = Owed()
        self._sent: dict[int, Callable[[], None]] = {}
        self._packets = 0
        self._got, self._at = b"", 0  # read from the socket, and how much of it paho has taken
        self.accepted_at: float | None = None  # loop time
        self.lost: asyncio.Future[tuple[str, str]] = self._loop.create_future()
        paho.manual_ack_set(on=True)  # before connecting: a resumed session delivers at once
        paho.connect_timeout = ANSWER_S
        self._receive = paho._sock_recv  # noqa: SLF001
        paho._sock_recv = self._recv  # type: ignore[method-assign]  # noqa: SLF001
        self._handle_puback = paho._handle_pubackcomp  # noqa: SLF001
        paho._handle_pubackcomp = self._on_puback  # type: ignore[method-assign]  # noqa: SLF001
        paho.disable_logger()  # three lines a packet that nobody reads; we say what is lost and why
        paho.on_connect = self._on_connect
        paho.on_disconnect = self._on_disconnect
        paho.on_message = self._on_message
        paho.on_publish = None
        paho.on_socket_open = self._on_socket_open
        paho.on_socket_register_write = self._on_register_write
        paho.on_socket_unregister_write = self._on_unregister_write

    @property
    def is_lost(self) -> bool:
        return self.lost.done()

    async def serve(self, topics: Sequence[str], pause: float) -> tuple[str, str]:
        """Connect, subscribe, stay until the connection is lost; then why, and in detail."""
        try:
            await self._step(self._client.__aenter__())
            while refused := await self._subscribe(topics):
                self._session.is_up(words.REFUSED_TOPICS, " ".join(refused))
                await asyncio.wait({self.lost}, timeout=pause)
            self._session.is_up("", "")
        except (MqttError, ValueError) as error:
            silent = isinstance(error.__context__, TimeoutError)
            self._end(words.SILENT if silent else words.UNREACHABLE, str(error))
        return await self.lost

    async def _step(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(work)
        parts: set[asyncio.Future[Any]] = {task, self.lost}
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            if self.lost.done():
                raise MqttError(self.lost.result()[0])
            return task.result()
        finally:
            task.cancel()
            task.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _subscribe(self, topics: Sequence[str]) -> list[str]:
        # At QoS 1, always: the broker downgrades QoS 2, which paho half acknowledges by itself.
        wanted = [(topic, QOS_1) for topic in topics]
        codes = await self._step(self._client.subscribe(wanted)) if wanted else ()
        answers = zip(topics, codes, strict=True)
        granted = frozenset(topic for topic, code in answers if code == QOS_1)
        self._session.granted = granted
        return [topic for topic in topics if topic not in granted]

    def publish(
        self, topic: str, payload: bytes, qos: int, sent: Callable[[], None] | None, *, retain: bool
    ) -> bool:
        paho = self._paho
        unacknowledged = paho._out_messages  # noqa: SLF001
        if self.accepted_at is None or self.lost.done():
            return False
        if len(unacknowledged) + len(paho._out_packet) >= OUTGOING:  # noqa: SLF001
            return False
        if sent is None:
            return self._send_plainly(topic, payload, qos, retain=retain)
        # QoS 0 uses up packet ids as well, and must not be taken for a message still on its way.
        while paho._last_mid % 65535 + 1 in unacknowledged:  # noqa: SLF001
            paho._mid_generate()  # noqa: SLF001
        info = paho.publish(topic, payload, qos, retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        if sent is not None:
            paho.on_publish = self._on_publish  # it costs paho more than the PUBACK itself
            self._sent[info.mid] = sent
        return True

    def _send_plainly(self, topic: str, payload: bytes, qos: int, *, retain: bool) -> bool:
        # What nobody waits for needs none of paho's book-keeping, half of a message's time. An
        # order's is the outbox: it goes again until the handheld has it, whatever the broker says.
        paho = self._paho
        mid = paho._mid_generate() if qos else 0  # noqa: SLF001
        code = paho._send_publish(mid, topic.encode(), payload, qos, retain)  # noqa: SLF001
        return code == MQTTErrorCode.MQTT_ERR_SUCCESS

    def flush(self) -> None:
        if self.accepted_at is not None and not self.lost.done():
            self._write()

    def settle(self, mid: int) -> None:
        for first, qos in self._owed.settle(mid):
            self._paho.ack(first, qos)

    def close(self) -> None:
        """Leave at once, and in order if the socket takes it; otherwise the will speaks for us."""
        self._wanted = False
        if self.accepted_at is not None and not self.lost.done():
            self._session.say(online=False)
            self._paho.disconnect()
            self._paho.loop_write()
        self._paho._sock_close()  # noqa: SLF001
        self._end(words.CLOSED, "")

    def _end(self, reason: str, detail: str) -> None:
        if not self.lost.done():
            self.lost.set_result((reason, detail[:200]))

    def _on_connect(
        self, paho: Paho, data: Any, flags: ConnectFlags, code: ReasonCode, props: Properties | None
    ) -> None:
        if code.is_failure:
            self._refusal = words.REFUSALS.get(code.value, words.REFUSED)
        else:
            self.accepted_at = self._loop.time()
        self._client._on_connect(paho, data, flags, code, props)  # noqa: SLF001

    def _on_disconnect(
        self, _paho: Paho, _data: Any, _flags: Any, code: ReasonCode, _: Any
    ) -> None:
        # aiomqtt does not hear of a connection that ends before its CONNACK, or just after it.
        reason = words.FOREIGN if code.value == PROTOCOL_ERROR else words.LOST
        self._end(self._refusal or (reason if self._wanted else words.CLOSED), str(code))

    def _on_message(self, _paho: Paho, _data: Any, message: MQTTMessage) -> None:
        self._packets += 1
        if message.qos and not self._owed.arrives(message.mid, message.qos):
            return
        if not self._is_kept(message) and message.qos:
            self.settle(message.mid)

    def _is_kept(self, message: MQTTMessage) -> bool:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            self._session.unreadable += 1
            return False
        payload, retained = bytes(message.payload), bool(message.retain)
        return self._session.keeps(
            self, message.mid, message.qos, topic, payload, retained=retained
        )

    def _on_puback(self, cmd: Literal["PUBACK", "PUBCOMP"]) -> MQTTErrorCode:
        # paho takes each apart, into an object for each part of it, before it asks who waits: of
        # orders nobody does. Between packets `_out_messages` holds what was published for `sent`.
        if self._paho._out_messages:  # noqa: SLF001
            return self._handle_puback(cmd)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _on_publish(self, _paho: Paho, _data: Any, mid: int, _code: Any, _props: Any) -> None:
        sent = self._sent.pop(mid, None)
        if sent is not None:
            self._loop.call_soon(sent)  # outside paho's lock

    def _on_socket_open(self, _paho: Paho, _data: Any, sock: Any) -> None:
        # In the thread of connect(), which nothing can stop: it must not open a session that is
        # another post's by now.
        if not self._wanted:
            sock.close()
            raise ConnectionAbortedError(words.CLOSED)
        self._loop.call_soon_threadsafe(self._begin, sock)

    def _begin(self, sock: socket.socket) -> None:
        # aiomqtt does this by file number: closed meanwhile, that could be another's socket.
        if self._paho.socket() is sock:
            self._loop.add_reader(sock, self._read)
            misc = self._client._misc_loop()  # noqa: SLF001
            self._client._misc_task = self._loop.create_task(misc)  # noqa: SLF001

    def _recv(self, bufsize: int) -> bytes:
        # paho asks for one byte, for another, and for the rest: three calls to the system a packet.
        if self._at == len(self._got):
            self._got, self._at = self._receive(READ_BYTES), 0
        part = self._got[self._at : self._at + bufsize]
        self._at += len(part)
        return part

    def _read(self) -> None:
        # One packet a turn, as aiomqtt reads, leaves half of a storm's time to the loop itself.
        try:
            for _ in range(READ_AT_ONCE):
                self._paho.loop_read()
                if not self._pending():
                    return  # the selector tells when there is more
        except Exception as error:
            log.exception("mqtt.unreadable")  # paho cannot go on from here; a new connection can
            self._end(words.LOST, repr(error))
        if self._pending():
            self._loop.call_soon(self._read)

    def _pending(self) -> bool:
        # What was read already, by us or by TLS, no selector will tell us of.
        if self.lost.done():
            return False
        sock = self._paho.socket()
        return self._at < len(self._got) or (isinstance(sock, ssl.SSLSocket) and sock.pending() > 0)

    def _on_register_write(self, _paho: Paho, _data: Any, _sock: Any) -> None:
        here = threading.get_ident() == self._thread
        (self._loop.call_soon if here else self._loop.call_soon_threadsafe)(self._write)

    def _write(self) -> None:
        # In the next turn of the loop; the selector is asked only when the socket is full.
        join(self._paho._out_packet)  # noqa: SLF001
        self._paho.loop_write()
        sock = self._paho.socket()
        if sock is not None and self._paho.want_write():
            self._loop.add_writer(sock, self._write)

    def _on_unregister_write(self, _paho: Paho, _data: Any, sock: Any) -> None:
        self._loop.remove_writer(sock)


# Makes a connection for a session under this client id; it connects when it is served.
Dial = Callable[[str, Session], Line]


def dialler(url: str) -> Dial:
    """Connections to the broker at `url`. UsageError if that is of no use."""
    where = address(url)

    def dial(identifier: str, session: Session) -> Line:
        client = Client(
            where.host,
            where.port,
            username=where.user,
            password=where.password,
            identifier=identifier,
            clean_session=False,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_S,
            will=session.will(),
            # paho's own limit is 20; under any limit each PUBACK searches all that is on its way.
            max_inflight_messages=0,
            socket_options=NODELAY,
            tls_params=TLSParameters() if where.tls else None,
        )
        return _Link(client, session)

    return dial


class Broker:
    """The post's two sessions at its broker: `people` is taken first, and carries what we publish.

    `people` and `devices` are topic filters. A topic that `people` names in full is left to it by
    `devices`, whose wildcards cover it. `status(online)` is the payload for the retained topic
    `{root}/{township}/post/status` and for its will.
    """

    def __init__(
        self,
        dial: Dial,
        *,
        root: str,
        township: str,
        now: Callable[[], float],
        people: Sequence[str],
        devices: Sequence[str],
        status: Callable[[bool], bytes],
        pauses: Pauses = Pauses(),  # noqa: B008 - frozen
        arrived: asyncio.Event | None = None,  # the caller's own, to wait for more than this
    ) -> None:
        self._dial = dial
        self._scope = f"fengsui-{root}-{township}"
        self._pauses = pauses
        self._gate = asyncio.Event()
        self._arrived = arrived or asyncio.Event()
        voice = (f"{root}/{township}/post/status", status)
        self._people = Session("people", people, now, self._arrived, self._connect, voice=voice)
        self._devices = Session(
            "devices", devices, now, self._arrived, self._connect, elder=self._people
        )
        self._sessions = (self._people, self._devices)

    async def run(self) -> None:
        """Stay connected while the gate is open. Ends only by being cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for session in self._sessions:
                    tasks.create_task(session.run(self._gate, self._pauses))
        finally:
            self.close()

    def open(self) -> None:
        """The lease is held: connect."""
        self._gate.set()

    def stay(self) -> None:
        """The lease is in doubt: a connection that stands may stand, and none is made anew."""
        self._gate.clear()

    def close(self) -> None:
        """The lease is not held: disconnect at once, forget what is in hand."""
        self._gate.clear()
        self._arrived.clear()
        for session in self._sessions:
            session.leave()

    async def wait(self) -> None:
        """Until there is something to take."""
        await self._arrived.wait()

    def take(self, limit: int) -> list[Delivery]:
        """At most `limit` messages, people's first, each session's in order of arrival."""
        batch = self._people.hand.take(limit)
        batch += self._devices.hand.take(limit - len(batch))
        if not self.is_waiting:
            self._arrived.clear()
        return batch

    @property
    def is_waiting(self) -> bool:
        """There is more to take."""
        return any(session.hand.is_waiting for session in self._sessions)

    def settle(self, deliveries: Iterable[Delivery]) -> None:
        """These are on disk: acknowledge them."""
        for delivery in deliveries:
            delivery.hand.settle(delivery)

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = QOS_1,
        retain: bool = False,
        sent: Callable[[], None] | None = None,
    ) -> bool:
        """Hand over to the network; False if there is no connection, or no room on it.

        `sent` is called when the broker has acknowledged (QoS 0: when it is written), on this
        connection or never. The topic is one of ours: it has no wildcard.
        """
        link = self._people.link
        return link is not None and link.publish(topic, payload, qos, sent, retain=retain)

    def flush(self) -> None:
        """Give what was published to the system now, and not in the next turn of the loop."""
        link = self._people.link
        if link is not None:
            link.flush()

    def in_hand(self) -> int:
        """How many messages are taken or waiting, and not settled."""
        return sum(len(session.hand) for session in self._sessions)

    def peek(self, limit: int) -> list[Delivery]:
        """The first `limit` of those, for the strip of alarms that are not yet on disk."""
        return list(islice(chain.from_iterable(s.hand for s in self._sessions), limit))

    @property
    def connected(self) -> bool:
        """Both sessions are connected and subscribed; `state` says it with reasons."""
        return all(session.up for session in self._sessions)

    @property
    def state(self) -> BrokerState:
        """Both sessions in one: what troubles people's is said first."""
        sessions = self._sessions
        connected = self.connected
        reason, detail = next(((s.reason, s.detail) for s in sessions if s.reason), ("", ""))
        return BrokerState(
            connected=connected,
            reason=reason,
            detail=detail,
            since=max(s.since for s in sessions if s.up is connected),
            reconnects=sum(max(0, s.connections - 1) for s in sessions),
            takeovers=sum(s.takeovers for s in sessions),
            dropped_qos0=sum(s.hand.dropped for s in sessions),
            unreadable_topics=sum(s.unreadable for s in sessions),
        )

    def _connect(self, session: Session) -> Line:
        return self._dial(f"{self._scope}-{session.name}", session)
