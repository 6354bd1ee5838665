"""Talks in the terminal: python3 chat.py http://localhost:3000 ann "a long enough secret" [register]"""

import asyncio
import sys

from client import Client


async def main(page, name, password, *register):
    client = Client(page)
    if register:
        body = {"username": name, "email": f"{name}@example.org", "password": password}
        await client.api.sign_in("/auth/register", body)
    else:
        await client.api.sign_in("/auth/login", {"login": name, "password": password})
    await client.start()
    print('Type "@somebody text" to write to somebody.')
    shown = set()
    asyncio.ensure_future(read_lines(client))
    while True:
        for c in list(client.state.conversations.values()):
            if not c.loaded:
                client.state.load_page(c)
            for seq, message in sorted(c.messages.items()):
                key = (c.id, seq, message.get("updatedSeq"))
                if key not in shown:
                    shown.add(key)
                    print(f"[{c.name or 'direct'}] {await name_of(client, message['senderId'])}: {message['text'] or '…'}")
        await asyncio.sleep(0.2)


async def read_lines(client):
    while line := await asyncio.to_thread(sys.stdin.readline):
        name, _, text = line.strip().removeprefix("@").partition(" ")
        if not line.startswith("@") or not text:
            print('Type "@somebody text" to write to somebody.')
            continue
        found = (await client.api.call("GET", f"/users?username={name}"))["users"]
        for user in [user for user in found if user["username"] == name and text]:
            body = {"type": "direct", "memberIds": [user["id"]]}
            view = await client.api.call("POST", "/conversations", body)
            client.state.described(view)
            client.send(view["id"], text)


names = {}


async def name_of(client, user_id):
    if user_id not in names:
        names[user_id] = (await client.api.call("GET", f"/users/{user_id}"))["username"]
    return names[user_id]


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
