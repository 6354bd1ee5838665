"""Lets clients talk over a bad network, and compares what each has in the end with a fresh fetch.

python3 faults.py http://localhost:3000 [seed]

The page must be one of a stack for development, because it makes accounts. The program ends with 1 if a client has something else.
"""

import asyncio
import json
import random
import sys
import time
import uuid

import client as client_module
from api import Api, Problem
from client import Client
from websocket import WebSocket

EMOJI = ["👍", "🎉", "❤️"]
network = {"calm": False}


class BadSocket(WebSocket):
    """A socket that drops, repeats and holds back frames, and is cut off now and then."""

    held = ()

    async def receive(self):
        while True:
            if self.held and random.random() < 0.4:
                return self.held.pop(random.randrange(len(self.held)))
            text = await super().receive()
            chance = 1 if network["calm"] else random.random()
            if chance < 0.03:
                self.close()
                raise ConnectionError("cut off")
            if chance < 0.08 and "events" in json.loads(text):
                continue  # a push that is lost on an open socket
            if chance < 0.2:
                self.held = [*self.held, text]
                if chance < 0.14:
                    continue  # it comes after the next ones
            return text


class BadApi(Api):
    """An API of which some calls don't arrive, and some answers are lost or late."""

    def _request(self, method, path, body, token):
        chance = 1 if network["calm"] or path.startswith("/auth/") else random.random()
        if chance < 0.05:
            raise Problem(0, "no_answer", True)
        answer = super()._request(method, path, body, token)
        if chance < 0.3:
            time.sleep(random.uniform(0, 0.5))
        if chance < 0.1:
            raise Problem(0, "no_answer", True)
        return answer


async def act(client, room):
    """Does something at random."""
    c = client.state.conversations.get(room)
    seqs = list(c.messages) if c else []
    chance = random.random()
    if chance < 0.4:
        client.send(room, f"text {uuid.uuid4()}")
    elif not seqs or chance < 0.5:
        if c:
            client.state.load_page(c)
    elif chance < 0.55:
        await client.read(room)
    elif chance < 0.62:
        client.spawn(client.command("edit", room, seq=random.choice(seqs), text=f"edited {chance}"))
    elif chance < 0.66:
        client.spawn(client.command("delete", room, seq=random.choice(seqs)))
    else:
        fields = {"seq": random.choice(seqs[-8:]), "emoji": random.choice(EMOJI), "remove": chance > 0.9}
        client.spawn(client.command("react", room, **fields))


async def fresh(api, room):
    """What a client sees that fetches everything anew."""
    view = await api.call("GET", f"/conversations/{room}")
    messages, has_more, before = [], True, ""
    while has_more:
        page = await api.call("GET", f"/conversations/{room}/messages?limit=100{before}")
        messages = page["messages"] + messages
        has_more = page["hasMore"]
        before = f"&before={messages[0]['seq']}" if messages else ""
    members = {member["userId"]: member["role"] for member in view["members"]}
    names = ("name", "memberCount", "lastSeq", "readSeq", "unread", "muted")
    return {**{name: view[name] for name in names}, "members": members, "messages": [shown(m) for m in messages]}


def shown(message):
    """A message without its `n`, which an acknowledgement doesn't have."""
    return {name: value for name, value in message.items() if name != "n" and value != []}


async def seen(client, room):
    """What a client has, with its whole history."""
    c = client.state.conversations[room]
    while c.has_older:
        client.state.load_page(c)
        await asyncio.sleep(0.02)
    messages = []
    for _, message in sorted(c.messages.items()):
        reactions = []
        for reaction in message.get("reactions", []):
            reactions.append({name: value for name, value in reaction.items() if name != "mine"})
            if client.state.is_mine(c, message, reaction):
                reactions[-1]["mine"] = True
        messages.append(shown({**message, "reactions": reactions}))
    counts = {"memberCount": c.member_count, "lastSeq": c.cursor, "readSeq": c.read_seq, "unread": c.unread}
    return {"name": c.name, **counts, "muted": c.muted, "members": c.members, "messages": messages}


async def open_device(page, account, api_class=BadApi):
    device = Client(page)
    device.api.__class__ = api_class
    device.open_socket = BadSocket.open
    await device.api.sign_in("/auth/login", {"login": account, "password": "a long enough secret"})
    await device.start()
    return device


async def main(page, seed):
    random.seed(seed)
    client_module.backoff = lambda failures: random.uniform(0, 0.2)
    people = []
    for name in ("ann", "ben", "cara"):
        api = Api(page)
        name = f"{name}_{uuid.uuid4().hex[:12]}"
        body = {"username": name, "email": f"{name}@example.org", "password": "a long enough secret"}
        await api.sign_in("/auth/register", body)
        people.append((name, api))
    ann = people[0][1]
    body = {"type": "group", "name": "room", "memberIds": [api.user["id"] for _, api in people[1:]]}
    room = (await ann.call("POST", "/conversations", body))["id"]
    devices = [await open_device(page, name) for name, _ in [people[0], *people]]
    for step in range(200):
        await act(random.choice(devices), room)
        if step % 60 == 30:
            await ann.call("PATCH", f"/conversations/{room}", {"name": f"room {step}"})
        await asyncio.sleep(0.01)
    network["calm"] = True
    while any(device.waiting() or device.syncing or not device.online.is_set() for device in devices):
        await asyncio.sleep(0.1)
    wrong = 0
    for device in devices:
        device.sync()  # a push may be lost on an open socket: as after a quiet quarter of an hour
        for _ in range(100):
            await asyncio.sleep(0.1)
            expected, found = await fresh(device.api, room), await seen(device, room)
            if expected == found:
                break
        else:
            wrong += 1
            print("expected", json.dumps(expected), "found", json.dumps(found), sep="\n")
    texts = [own.text for device in devices for own in device.own if own.refused]
    messages = len((await fresh(ann, room))["messages"])
    print(f"seed {seed}: {messages} messages, {len(texts)} refused, {wrong} of {len(devices)} clients are wrong")
    for device in devices:
        await device.stop()
    return 1 if wrong or texts else 0


if __name__ == "__main__":
    _, page, *more = sys.argv
    sys.exit(asyncio.run(main(page, int(more[0]) if more else random.randrange(10**6))))
