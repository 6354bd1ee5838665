"""A WebSocket client (RFC 6455) of the standard library: text frames, no extensions."""

import asyncio
import base64
import hashlib
import os
import ssl
import struct
from urllib.parse import urlsplit

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Refused(Exception):
    """The server has refused the upgrade; the first argument is the HTTP status."""


class WebSocket:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, url, headers):
        parts = urlsplit(url)
        secure = parts.scheme == "wss"
        port = parts.port or (443 if secure else 80)
        context = ssl.create_default_context() if secure else None
        reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
        key = base64.b64encode(os.urandom(16))
        lines = [f"GET {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "Connection: Upgrade", "Upgrade: websocket"]
        lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key.decode()}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            status, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        except asyncio.IncompleteReadError:
            status, rest = "HTTP/1.1 0", []
        answers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        expected = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        if status.split()[1] != "101" or answers.get("sec-websocket-accept") != expected:
            writer.close()
            raise Refused(int(status.split()[1]))
        return cls(reader, writer)

    async def send(self, text, opcode=TEXT):
        data = text if isinstance(text, bytes) else text.encode()
        length = len(data)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
        elif length < 65_536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
        mask = os.urandom(4)
        self.writer.write(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))
        await self.writer.drain()

    async def receive(self):
        """Returns the next text. Raises `ConnectionError` when there won't be another one."""
        whole = b""
        try:
            while True:
                first, second = await self.reader.readexactly(2)
                length = second & 0x7F
                if length == 126:
                    (length,) = struct.unpack("!H", await self.reader.readexactly(2))
                elif length == 127:
                    (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
                data = await self.reader.readexactly(length)
                opcode = first & 0x0F
                if opcode == PING:
                    await self.send(data, PONG)
                elif opcode == CLOSE:
                    raise ConnectionError("closed")
                elif opcode != PONG:
                    whole += data
                    if first & 0x80:
                        return whole.decode()
        except asyncio.IncompleteReadError:
            raise ConnectionError("lost") from None

    def close(self):
        self.writer.close()
