"""The protocol's own client for Python, unchanged: goes through what a program does, or follows a room.

    program.py exercise|follow < {"url", "token", "refreshToken", "user", "room", "closedRoom"}

exercise prints a line for each thing that works, and ends with 1 at the first that does not. follow prints the offset of each
publication, and "recovered" or "lost" whenever it came back, until its input ends.
"""

import asyncio
import json
import sys
import urllib.request

from centrifuge import (
    Client,
    ClientEventHandler,
    ReplyError,
    StreamPosition,
    SubscriptionEventHandler,
)

within_s = 15


def api(url, method, path, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/api/v1{path}", data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=within_s) as answer:
        return json.loads(answer.read() or b"null")


async def until(condition, what):
    for _ in range(within_s * 100):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"waited in vain for {what}")


def check(name, got, expected):
    if got != expected:
        raise AssertionError(f"{name}: got {got!r}, not {expected!r}")


class Heard(ClientEventHandler):
    def __init__(self):
        self.ended = None

    async def on_disconnected(self, context):
        self.ended = context.code


class Room(SubscriptionEventHandler):
    def __init__(self):
        self.publications = []
        self.subscribed = []
        self.ended = None

    async def on_subscribed(self, context):
        self.subscribed.append(context)

    async def on_publication(self, context):
        self.publications.append(context.pub)

    async def on_unsubscribed(self, context):
        self.ended = context.code

    def offsets(self):
        return [publication.offset for publication in self.publications]


async def code_of(call):
    try:
        await call
    except ReplyError as error:
        return error.code
    return None


async def exercise(given):
    url, room = given["url"], f"room:{given['room']}"
    tokens = {"access": given["token"], "refresh": given["refreshToken"], "asked": 0}

    async def get_token():
        tokens["asked"] += 1
        body = {"refreshToken": tokens["refresh"]}
        answer = await asyncio.to_thread(api, url, "POST", "/sessions/refresh", body)
        tokens.update(access=answer["accessToken"], refresh=answer["refreshToken"])
        return tokens["access"]

    async def http(method, path, body=None):
        return await asyncio.to_thread(api, url, method, path, body, tokens["access"])

    async def post(text):
        await http("POST", f"/rooms/{given['room']}/messages", {"text": text})

    heard = Heard()
    address = url.replace("http", "ws", 1) + "/connection/websocket"
    client = Client(address, events=heard, token=given["token"], get_token=get_token, min_reconnect_delay=0.05)
    await client.connect()
    await client.ready(within_s)
    check("tokens asked for", tokens["asked"], 1)
    print("an expired token is replaced")

    events = Room()
    subscription = client.new_subscription(room, events=events)
    await subscription.subscribe()
    await subscription.ready(within_s)
    check("recoverable", events.subscribed[0].recoverable, True)
    start = events.subscribed[0].stream_position.offset
    for n in range(1, 6):
        await subscription.publish({"text": f"m{n}"})
    await until(lambda: len(events.publications) == 5, "five publications")
    check("offsets", events.offsets(), [start + n for n in range(1, 6)])
    check("texts", [each.data["text"] for each in events.publications], [f"m{n}" for n in range(1, 6)])
    check("author", events.publications[0].info.user, given["user"])
    print("publications come in order")

    newest = await subscription.history(limit=2, reverse=True)
    check("newest", [each.offset for each in newest.publications], [start + 5, start + 4])
    top = await subscription.history(limit=0)
    check("top", (top.offset, len(top.publications)), (start + 5, 0))
    since = await subscription.history(limit=9, since=StreamPosition(offset=start + 2, epoch=top.epoch))
    check("since", [each.offset for each in since.publications], [start + 3, start + 4, start + 5])
    other = subscription.history(limit=9, since=StreamPosition(offset=1, epoch="other"))
    check("another epoch", await code_of(other), 112)
    print("history is read both ways")

    here = await subscription.presence()
    check("here", given["user"] in [each.user for each in here.clients.values()], True)
    check("stats", (await subscription.presence_stats()).num_users, len(here.clients))
    print("presence is told")

    posted = await client.rpc("message.post", {"room": given["room"], "text": "by rpc"})
    await until(lambda: events.publications[-1].data["id"] == posted.data["id"], "the post")
    check("no such method", await code_of(client.rpc("no.such", {})), 104)
    check("a bad call", await code_of(client.rpc("message.post", {"room": 7})), 107)
    print("rpc is answered")

    closed = Room()
    await client.new_subscription(f"room:{given['closedRoom']}", events=closed).subscribe()
    await until(lambda: closed.ended is not None, "a refusal")
    check("a room of others", closed.ended, 102)
    print("a room of others is refused")

    await client.disconnect()
    for n in range(1, 8):
        await post(f"missed{n}")
    await client.connect()
    await until(lambda: len(events.publications) == 13, "what was missed")
    check("all offsets", events.offsets(), [start + n for n in range(1, 14)])
    check("recovered", events.subscribed[-1].recovered, True)
    print("what was missed is recovered")

    await subscription.unsubscribe()
    client.remove_subscription(subscription)
    states = []

    async def get_state(_channel):
        states.append(True)
        return StreamPosition(offset=start, epoch="other" if len(states) == 1 else top.epoch)

    again = Room()
    from_state = client.new_subscription(room, events=again, recoverable=True, get_state=get_state)
    await from_state.subscribe()
    await until(lambda: len(again.publications) == 13, "everything since the state")
    check("states", len(states), 2)
    print("an unknown epoch is told")

    await from_state.unsubscribe()
    await post("unheard")
    await client.rpc("typing", {"room": given["room"]})
    check("after unsubscribing", len(again.publications), 13)
    print("unsubscribing ends it")

    asked = tokens["asked"]
    await until(lambda: tokens["asked"] > asked, "the refresh of the token")
    await client.rpc("typing", {"room": given["room"]})
    print("the token is refreshed in time")

    # It has ended before, when this program disconnected by itself.
    heard.ended = None
    await http("DELETE", "/sessions/current")
    await until(lambda: heard.ended is not None, "the end")
    check("the end", heard.ended, 3503)
    print("signing out ends it")


async def follow(given):
    class Following(SubscriptionEventHandler):
        async def on_subscribed(self, context):
            if context.was_recovering:
                print("recovered" if context.recovered else "lost", flush=True)
            else:
                print("subscribed", flush=True)

        async def on_publication(self, context):
            print(context.pub.offset, flush=True)

    address = given["url"].replace("http", "ws", 1) + "/connection/websocket"
    client = Client(address, token=given["token"], min_reconnect_delay=0.05, max_reconnect_delay=1)
    await client.connect()
    await client.new_subscription(f"room:{given['room']}", events=Following()).subscribe()
    await asyncio.to_thread(sys.stdin.read)
    await client.disconnect()


given = json.loads(sys.stdin.readline())
asyncio.run(exercise(given) if sys.argv[1] == "exercise" else follow(given))
