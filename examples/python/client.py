"""A client of STORM: keeps a socket, catches up, and sends messages until there is an answer (docs/protocol.md)."""

import asyncio
import json
import os
import random
import time
import unicodedata
import uuid
from dataclasses import dataclass

from api import Api, Problem
from state import State
from websocket import Refused, WebSocket

QUIET, PONG_WITHIN, REPLY_WITHIN = 30, 10, 30  # seconds
STALE = (15 * 60, 20 * 60)  # after so long there is a sync, because a push may have been lost
MOVE = (90 * 60, 110 * 60)  # after so long another socket takes over, because this one lives for two hours


@dataclass
class Own:
    """An own message: one that waits for its answer, or that was acknowledged in an epoch."""

    id: str
    conversation_id: str
    text: str
    after: int | None
    epoch: str | None
    sent: bool = False
    refused: str | None = None


def backoff(failures):
    return random.uniform(0, min(30, 0.5 * 2**failures))


class Ids:
    """UUIDv7, each greater than the one before."""

    def __init__(self):
        self.last = 0

    def next(self):
        bits = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
        bits = bits & ~(0xF << 76) | 0x7 << 76  # the version
        bits = bits & ~(0x3 << 62) | 0x2 << 62  # the variant
        self.last = max(bits, self.last + 1)
        return str(uuid.UUID(int=self.last))


class Client:
    open_socket = staticmethod(WebSocket.open)

    def __init__(self, page):
        self.api = Api(page)
        self.state = None
        self.own = []  # a real program stores these
        self.socket = None
        self.online = asyncio.Event()
        self.ids = Ids()
        self.replies = {}
        self.tasks = set()
        self.behind = False
        self.syncing = False
        self.sending = set()
        self.synced_at = None
        self.heard_at = 0.0
        self.bye = None  # why the server has closed the last socket

    async def start(self):
        """Connects. Somebody must be signed in (`api.sign_in`)."""
        self.state = State(self.api.user["id"], self)
        self.spawn(self.keep_connected())
        self.spawn(self.keep_fresh())
        await self.online.wait()

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.socket:
            self.socket.close()

    def spawn(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # What somebody does.

    def send(self, conversation_id, text):
        c = self.state.conversations.get(conversation_id)
        text = unicodedata.normalize("NFC", text)
        self.own.append(Own(self.ids.next(), conversation_id, text, c and c.cursor, c and c.epoch))
        self.flush()

    async def command(self, action, conversation_id, **fields):
        """Edits, deletes, reacts and so on. Returns the reply, or None if there was none: then it may be repeated."""
        return await self.ask_socket({"action": action, "id": self.ids.next(), "conversationId": conversation_id, **fields})

    async def read(self, conversation_id):
        """Reports that everything has been read."""
        seq = self.state.conversations[conversation_id].cursor
        reply = await self.command("receipt", conversation_id, seq=seq, status="read")
        c = self.state.conversations.get(conversation_id)
        if c and reply and "ok" in reply:
            self.state.reach(c, self.state.me, seq, seq)

    # The socket.

    async def keep_connected(self):
        failures = 0
        while True:
            try:
                headers = {"Authorization": f"Bearer {await self.api.token()}", "Sec-WebSocket-Protocol": "storm.v1"}
                socket = await self.open_socket(self.api.ws_url, headers)
                failures = 0
                await self.use(socket)
            except Refused as refused:
                if refused.args[0] == 401:
                    self.api.discard_token()
            except Problem as problem:
                if not problem.temporary:
                    raise  # the login has ended
                await asyncio.sleep(problem.retry_after)
            except OSError:
                pass
            if self.bye and not self.bye["reconnect"]:
                return  # the login has ended, or there are too many sockets: `bye` says why
            pause = (self.bye or {}).get("retryAfterMs", 0) / 1000
            await asyncio.sleep(max(pause, backoff(failures)))
            failures += 1

    async def use(self, socket):
        """Uses a socket until it is lost, or until another one should take over."""
        self.socket = socket
        self.bye = None
        self.online.set()
        self.sync()
        beat = asyncio.ensure_future(self.heartbeat(socket))
        try:
            async with asyncio.timeout(random.uniform(*MOVE)):
                while not self.hear(json.loads(await socket.receive())):
                    pass
        except TimeoutError:
            pass
        finally:
            beat.cancel()
            self.online.clear()
            self.socket = None
            socket.close()
            for reply in self.replies.values():
                reply.cancel()

    def hear(self, frame):
        """Takes a frame. Returns whether another socket should take over."""
        self.heard_at = time.monotonic()
        for event in frame.get("events", []):
            self.state.pushed(event)
            self.recognise(event)
            if event["type"] == "bye":
                self.bye = event
        reply = self.replies.get(frame.get("re"))
        if reply and not reply.done():
            reply.set_result(frame)
        return self.bye is not None

    async def heartbeat(self, socket):
        while True:
            await asyncio.sleep(QUIET)
            if time.monotonic() - self.heard_at < QUIET:
                continue
            await socket.send(json.dumps({"action": "ping"}))
            sent_at = time.monotonic()
            await asyncio.sleep(PONG_WITHIN)
            if self.heard_at < sent_at:
                socket.close()

    async def ask_socket(self, frame):
        """Sends a frame and returns its reply, or None if the outcome is unknown."""
        socket = self.socket
        if socket is None:
            return None
        reply = self.replies[frame["id"]] = asyncio.get_running_loop().create_future()
        try:
            await socket.send(json.dumps(frame))
            return await asyncio.wait_for(reply, REPLY_WITHIN)
        except (OSError, TimeoutError):
            return None
        except asyncio.CancelledError:
            if reply.cancelled() and self.socket is not socket:
                return None  # the socket was lost
            raise
        finally:
            del self.replies[frame["id"]]

    # What the state asks for.

    def sync(self):
        self.behind = True
        if not self.syncing:
            self.syncing = True
            self.spawn(self.catch_up())

    def sync_soon(self):
        async def later():
            await asyncio.sleep(0.5)
            if any(c.ahead for c in self.state.conversations.values()):
                self.sync()

        self.spawn(later())

    def page(self, c, start, before):
        async def load():
            query = "" if before is None else f"?before={before}"
            answer = await self.until_answered("GET", f"/conversations/{c.id}/messages{query}")
            if answer:
                self.state.page(c, start, answer)
            else:
                c.late = None

        self.spawn(load())

    def offer(self, c):
        """What was acknowledged in another epoch may be lost. What the server still has isn't doubled."""
        for own in self.own:
            if own.conversation_id == c.id and own.sent and own.epoch != c.epoch:
                own.sent = False

    async def catch_up(self):
        while self.behind:
            self.behind = False
            request = self.state.request()
            left_out = self.state.conversations.keys() - request["cursors"].keys()
            answer = await self.until_answered("POST", "/sync", request)
            if answer is None:
                self.state.undescribed |= left_out
                continue
            self.state.synced(answer, request)
            for entry in answer["conversations"]:
                for event in entry["events"]:
                    self.recognise(event)
            self.synced_at = time.monotonic()
        self.syncing = False
        self.flush()

    async def keep_fresh(self):
        while True:
            await asyncio.sleep(random.uniform(*STALE))
            if self.synced_at and time.monotonic() - self.synced_at > STALE[0]:
                self.sync()

    async def until_answered(self, method, path, body=None):
        """Repeats a call until there is an answer. Returns None if it is refused for good."""
        failures = 0
        while True:
            try:
                return await self.api.call(method, path, body)
            except Problem as problem:
                if not problem.temporary:
                    return None
                await asyncio.sleep(max(problem.retry_after, backoff(failures)))
                failures += 1

    # Own messages.

    def flush(self):
        """Sends what waits: one message at a time in each conversation. What isn't known yet waits for the first sync."""
        for conversation_id in {own.conversation_id for own in self.waiting()}:
            if self.synced_at is not None and conversation_id not in self.sending:
                self.sending.add(conversation_id)
                self.spawn(self.send_all(conversation_id))

    def waiting(self, conversation_id=None):
        waiting = [own for own in self.own if not own.sent and not own.refused]
        return [own for own in waiting if conversation_id in (None, own.conversation_id)]

    async def send_all(self, conversation_id):
        failures = 0
        try:
            while waiting := self.waiting(conversation_id):
                await self.online.wait()
                own = waiting[0]
                self.look_after(own)
                frame = {"action": "message", "id": own.id, "conversationId": conversation_id, "text": own.text}
                if own.after is not None:
                    frame["after"] = own.after
                reply = await self.ask_socket(frame)
                if reply and "ok" in reply:
                    self.acked(own, reply["ok"])
                    failures = 0
                elif reply and not reply["error"]["temporary"]:
                    own.refused = reply["error"]["code"]
                else:
                    wait = reply["error"].get("retryAfterMs", 0) / 1000 if reply else 0
                    await asyncio.sleep(max(wait, backoff(failures)))
                    failures += 1
        finally:
            self.sending.discard(conversation_id)

    def look_after(self, own):
        """A message of another epoch is looked for from where this epoch may have it."""
        c = self.state.conversations.get(own.conversation_id)
        if c and own.epoch != c.epoch:
            own.epoch = c.epoch
            own.after = None if own.after is None else min(own.after, c.cursor)

    def acked(self, own, ok):
        own.sent = True
        message = {"seq": ok["seq"], "senderId": self.state.me, "clientId": own.id, "text": own.text}
        message |= {"media": [], "replyTo": None, "sentAt": ok["sentAt"]}
        place = {"conversationId": own.conversation_id, "seq": ok["seq"]}
        self.state.pushed({"type": "message", **place, "message": message})

    def recognise(self, event):
        """An own message may come before its ack, or in place of it. What was deleted isn't offered again."""
        message = event.get("message") or {}
        for own in [own for own in self.own if own.id == message.get("clientId")]:
            if "deletedAt" in message:
                self.own.remove(own)
            else:
                self.look_after(own)
                own.sent = True
