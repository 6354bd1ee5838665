"""The HTTP API: calls with the access token, which is renewed in time."""

import asyncio
import json
import time
import urllib.error
import urllib.request


class Problem(Exception):
    """The server has refused a call, or gave no answer."""

    def __init__(self, status, code, temporary, retry_after=0.0):
        super().__init__(f"{status} {code}")
        self.status, self.code, self.temporary, self.retry_after = status, code, temporary, retry_after


class Api:
    def __init__(self, page):
        with urllib.request.urlopen(f"{page}/config.json") as answer:
            config = json.load(answer)
        self.http_url, self.ws_url = config["httpUrl"], config["wsUrl"]
        self.user = None
        self.session = None
        self.renew_at = 0.0
        self.renewing = asyncio.Lock()

    async def sign_in(self, route, body):
        """Registers (`/auth/register`) or logs in (`/auth/login`)."""
        self._keep(await self._call("POST", route, body))

    async def token(self):
        async with self.renewing:  # one refresh at a time: a token that comes twice may end the login
            if time.monotonic() >= self.renew_at:
                self._keep(await self._call("POST", "/auth/refresh", {"refreshToken": self.session["refreshToken"]}))
        return self.session["accessToken"]

    def discard_token(self):
        self.renew_at = 0.0

    async def call(self, method, path, body=None):
        """Makes a call as the user. Errors are `Problem`."""
        try:
            return await self._call(method, path, body, await self.token())
        except Problem as problem:
            if problem.code != "unauthorized":
                raise
        self.discard_token()
        return await self._call(method, path, body, await self.token())

    def _keep(self, session):
        self.session, self.user = session, session["user"]
        self.renew_at = time.monotonic() + session["expiresIn"] - 60

    async def _call(self, method, path, body=None, token=None):
        return await asyncio.to_thread(self._request, method, path, body, token)

    def _request(self, method, path, body, token):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.http_url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise self._problem(error) from None
        except (OSError, ValueError):
            raise Problem(0, "no_answer", True) from None

    @staticmethod
    def _problem(error):
        try:
            told = json.load(error)
        except ValueError:
            told = {}
        # An answer of the gateway itself has no code.
        temporary = told.get("temporary", error.code in (429, 500, 502, 503, 504))
        return Problem(error.code, told.get("code", "gateway"), temporary, told.get("retryAfterMs", 0) / 1000)
