"""What a client knows, and how events, pages and answers change it: docs/protocol.md, "A client's state", in Python."""

from dataclasses import dataclass, field


def version(message):
    return message.get("updatedSeq", 0)


@dataclass
class Conversation:
    """A conversation. It has every change up to `cursor`, and all messages between the first of `messages` and there."""

    id: str
    epoch: str
    cursor: int
    read_seq: int
    unread: int
    history: str
    name: str | None = None
    avatar_url: str | None = None
    muted: bool = False
    members: dict = field(default_factory=dict)  # the roles, by user
    member_count: int = 0
    described_seq: int = 0
    messages: dict = field(default_factory=dict)  # by seq
    ahead: dict = field(default_factory=dict)  # events beyond a gap, by seq
    receipts: dict = field(default_factory=dict)  # (delivered, read), by user
    erased: dict = field(default_factory=dict)  # the events, by user
    mine: dict = field(default_factory=dict)  # own reactions: {(seq, emoji): (seq of the change, on)}
    mine_as_of: dict = field(default_factory=dict)  # up to which change the server has told them, by message
    loaded: bool = False
    has_older: bool = True
    start: object = field(default_factory=object)  # a new one whenever the messages are emptied
    late: list | None = None  # what came while a page is under way


class State:
    def __init__(self, me, ask):
        """`me` is the user's own id. `ask` has `sync`, `sync_soon`, `offer` and `page`, which need the network."""
        self.me = me
        self.ask = ask
        self.conversations = {}
        self.undescribed = set()
        self.left_out = set()

    def pushed(self, event):
        """Takes an event from a socket, or an acked message as such an event."""
        c = self.conversations.get(event.get("conversationId"))
        if event["type"] == "muted":
            if c:
                c.muted = event["muted"]
            self.ask.sync()
        elif event["type"] == "receipt":
            if c:
                self.reach(c, event["userId"], event["delivered"], event["read"])
        elif "seq" not in event:
            return  # typing, presence, media, invitation, bye, and what is new
        elif c is None:
            self.ask.sync()
        else:
            self.show(c, event, personal=False)
            if event["seq"] <= c.cursor:
                return  # a repeat
            c.ahead[event["seq"]] = event
            self.close_gap(c)
            if c.ahead:
                self.ask.sync_soon()

    def close_gap(self, c):
        while event := c.ahead.pop(c.cursor + 1, None):
            self.show(c, event, personal=False)  # once more: the messages may have been emptied since
            self.count(c, event)

    def show(self, c, event, personal):
        """What a message is now: in any order, and as often as you like. What came over HTTP is `personal`."""
        if c.late is not None:
            c.late.append((event, personal))  # the page that is under way may be older than this
        if event.get("change") == "erased":
            c.erased[event["userId"]] = event
            for message in c.messages.values():
                self.erase(c, message)
        message = event.get("message")
        if message is None:
            return
        if message["seq"] not in c.messages and message["seq"] <= c.cursor:
            return  # further back than what is loaded, or an old repeat
        self.put(c, message, personal)
        if event["type"] == "reacted" and event["by"] == self.me:
            key = (event["target"], event["emoji"])
            known_seq, _ = c.mine.get(key, (c.mine_as_of.get(event["target"], 0), False))
            if event["seq"] > known_seq:
                c.mine[key] = (event["seq"], not event.get("removed", False))

    def put(self, c, message, personal):
        seq = message["seq"]
        known = c.messages.get(seq)
        if known:
            is_newer = version(message) > version(known)
            is_fuller = version(message) == version(known) and (personal or "n" not in known)  # an ack has no `n`
            if not (is_newer or is_fuller):
                return
        if personal:
            c.mine = {key: value for key, value in c.mine.items() if key[0] != seq}
            c.mine_as_of[seq] = version(message)
            for reaction in message.get("reactions", []):
                if reaction.get("mine"):
                    c.mine[(seq, reaction["emoji"])] = (version(message), True)
        if known and "deletedAt" in known and "deletedAt" not in message:
            # What was deleted stays so: a reaction from before an erasure may arrive after it.
            message = {**known, "updatedSeq": version(message)}
        c.messages[seq] = dict(message)
        self.erase(c, c.messages[seq])

    def erase(self, c, message):
        event = c.erased.get(message["senderId"])
        if event is None or message["seq"] > event["seq"] or "deletedAt" in message:
            return
        message.update(text="", media=[], deletedAt=event["at"])
        for name in ("reactions", "editedAt"):
            message.pop(name, None)

    def is_mine(self, c, message, reaction):
        """Whether a reaction is the user's own. `userIds` may be cut off."""
        _, on = c.mine.get((message["seq"], reaction["emoji"]), (0, False))
        return self.me in reaction["userIds"] or (reaction["count"] > len(reaction["userIds"]) and on)

    def count(self, c, event):
        """What happens once: in order, with the cursor."""
        c.cursor = event["seq"]
        if event["type"] == "message":
            sender = event["message"]["senderId"]
            if sender != self.me and event["seq"] > c.read_seq:
                c.unread += 1
            self.reach(c, sender, event["seq"], event["seq"])
        if event["type"] not in ("member", "conversation") or event["seq"] <= c.described_seq:
            return  # the description has it
        c.described_seq = event["seq"]
        if event["type"] == "conversation":
            c.name = event.get("name", c.name)
            c.avatar_url = event.get("avatarUrl", c.avatar_url)
            self.set_history(c, event.get("history", c.history))
            return
        user, change = event["userId"], event["change"]
        if change == "added":
            c.members[user] = event["role"]
            c.member_count += 1
            self.reach(c, user, event["seq"], event["seq"])
        elif change == "role" and user in c.members:
            c.members[user] = event["role"]
        elif change in ("removed", "left"):
            if user == self.me:
                return self.forget(c)
            c.members.pop(user, None)
            c.receipts.pop(user, None)
            c.member_count -= 1

    def forget(self, c):
        """The user isn't a member any more, unless they were added again since."""
        self.conversations.pop(c.id, None)
        self.ask.sync()

    def reach(self, c, user, delivered, read):
        """How far somebody has received and read. For oneself also when the server has taken a receipt of this client."""
        if user != self.me:
            before = c.receipts.get(user, (0, 0))
            c.receipts[user] = (max(before[0], delivered), max(before[1], read))
        elif read > c.read_seq:
            c.read_seq = read
            self.recount(c)

    def recount(self, c):
        reaches_back = c.messages and min(c.messages) <= c.read_seq + 1
        if c.read_seq >= c.cursor or reaches_back or not c.has_older:
            c.unread = self.unread_after(c, c.read_seq)
        else:
            self.ask.sync()  # only the server can count that far back

    def unread_after(self, c, seq):
        return sum(seq < m["seq"] <= c.cursor and m["senderId"] != self.me for m in c.messages.values())

    def described(self, view):
        """A conversation as the server describes it: in `added`, and as the answer of POST and PATCH."""
        c = self.conversations.get(view["id"]) or self.begin(view)
        if view["epoch"] != c.epoch:
            return self.ask.sync()
        c.muted = view["muted"]
        if view["lastSeq"] < c.described_seq:
            self.undescribed.add(c.id)  # it was overtaken by events: leave out the cursor of the next sync
            return self.ask.sync()
        c.name, c.avatar_url, c.member_count = view["name"], view["avatarUrl"], view["memberCount"]
        c.members = {member["userId"]: member["role"] for member in view["members"]}
        c.described_seq = view["lastSeq"]
        self.set_history(c, view["history"])
        if view["lastSeq"] > c.cursor:
            self.ask.sync()

    def begin(self, view):
        c = Conversation(view["id"], view["epoch"], view["lastSeq"], view["readSeq"], view["unread"], view["history"])
        self.conversations[c.id] = c
        if view["lastMessage"]:
            self.put(c, view["lastMessage"], personal=True)
        self.ask.offer(c)
        return c

    def empty(self, c):
        """Empties the messages. From here on a page that was asked for before is of no use."""
        c.messages, c.mine, c.mine_as_of = {}, {}, {}
        c.start, c.loaded, c.has_older = object(), False, True

    def set_history(self, c, history):
        if history == c.history:
            return
        c.history = history
        was_loaded = c.loaded
        self.empty(c)
        if was_loaded:
            self.load_page(c)

    def load_page(self, c):
        """Loads the newest page, and then the one before. One at a time, and repeated until there is an answer."""
        if c.late is not None or not c.has_older:
            return
        c.late = []
        self.ask.page(c, c.start, min(c.messages, default=None) if c.loaded else None)

    def page(self, c, start, page):
        """Takes the answer to `ask.page`."""
        late, c.late = c.late, None
        if self.conversations.get(c.id) is not c:
            return
        if start is not c.start:
            return self.load_page(c)
        for message in page["messages"]:
            self.put(c, message, personal=True)
        c.loaded, c.has_older = True, page["hasMore"]
        for event, personal in late:
            self.show(c, event, personal)

    def request(self):
        """Returns the body of the next POST /sync."""
        named = [c for c in self.conversations.values() if c.id not in self.undescribed]
        self.left_out = set(self.undescribed)
        self.undescribed.clear()  # if the call fails, add them again
        return {"cursors": {c.id: c.cursor for c in named}, "epochs": {c.id: c.epoch for c in named}}

    def synced(self, answer, request):
        """Takes the answer of POST /sync to a request."""
        for view in answer["added"]:
            self.described(view)
            self.left_out.discard(view["id"])
        for conversation_id in answer["removed"]:
            self.conversations.pop(conversation_id, None)
        for entry in answer["conversations"]:
            c = self.conversations.get(entry["conversationId"])
            if c:
                self.take(c, entry, request["cursors"][c.id])
        # What has no description comes with a later page, or the user isn't a member any more, which the next answer says.
        missing = self.left_out & self.conversations.keys()
        if answer["more"]:
            self.undescribed |= missing
        if answer["more"] or missing:
            self.ask.sync()

    def take(self, c, entry, sent):
        restored = entry["epoch"] != c.epoch
        if restored and not entry.get("resync"):
            return  # the page comes with another answer
        if restored:
            self.begin_anew(c, entry["epoch"])
        c.muted = entry["muted"]
        overtaken = c.cursor > entry["lastSeq"] and c.cursor > sent  # by events
        if not overtaken:
            self.catch_up(c, entry, sent)
        if restored:
            self.ask.offer(c)
        if entry["more"]:
            return
        if entry["readSeq"] < c.read_seq:
            self.recount(c)  # the answer was made before the pointer moved
        else:
            c.read_seq = entry["readSeq"]
            c.unread = entry["unread"] + self.unread_after(c, max(entry["readSeq"], entry["lastSeq"]))

    def begin_anew(self, c, epoch):
        """The server was restored to an earlier state: no number of before means anything."""
        c.epoch, c.cursor, c.read_seq, c.unread, c.described_seq = epoch, 0, 0, 0, 0
        c.ahead, c.receipts, c.erased = {}, {}, {}

    def catch_up(self, c, entry, sent):
        events = entry["events"]
        # The user may have left and come back, and the first changes are not theirs to see any more.
        skips = sent == 0 and entry["lastSeq"] > 0 and (not events or events[0]["seq"] != 1)
        if entry.get("resync") or skips:
            self.empty(c)
            c.cursor, c.loaded = 0, True
            self.undescribed.add(c.id)  # members and name may have changed, too
        for event in events:
            self.show(c, event, personal=True)
            if event["seq"] > c.cursor:
                self.count(c, event)
        if not entry["more"]:
            c.cursor = entry["lastSeq"]
        c.ahead = {seq: event for seq, event in c.ahead.items() if seq > c.cursor}
        self.close_gap(c)
        if self.undescribed:
            self.ask.sync()
