"""A bot that answers "!echo …" in a room. Run: pip install centrifuge-python; SUPERCHAT=http://localhost:8080 TOKEN=… ROOM=lobby python examples/bot.py"""
import asyncio, json, os, sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from centrifuge import Client, SubscriptionEventHandler

server, token = os.environ.get("SUPERCHAT", "http://localhost:8080"), os.environ["TOKEN"]
room = os.environ.get("ROOM", "lobby")
join = Request(f"{server}/api/v1/rooms/{room}/members/me", method="PUT", headers={"Authorization": f"Bearer {token}"})
try:
    room_id = json.load(urlopen(join))["room"]["id"]
except HTTPError as refused:
    sys.exit(f"Could not join {room}: {json.load(refused)['detail']}")

class Listener(SubscriptionEventHandler):
    async def on_subscribed(self, context):
        print(f"Listening in {room}.", flush=True)

    async def on_publication(self, context):
        event = context.pub.data
        if event["type"] == "message.posted" and event["text"].startswith("!echo "):
            asyncio.create_task(messages.publish({"text": f"@{event['author']['name']} {event['text'][6:]}"}))

async def main():
    global messages
    chat = Client(f"{server.replace('http', 'ws', 1)}/connection/websocket", token=token)
    messages = chat.new_subscription(f"room:{room_id}", events=Listener())
    await chat.connect()
    await messages.subscribe()
    await asyncio.Event().wait()

asyncio.run(main())
