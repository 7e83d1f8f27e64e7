"""Talks to a service with the client of the Python package wyoming; prints what comes back.

Arguments: the port, and what to do: asr, handle or intent.
"""
import asyncio
import json
import sys

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.intent import Intent, Recognize
from wyoming.ping import Ping, Pong


async def ask(client, event):
    await client.write_event(event)
    return await asyncio.wait_for(client.read_event(), 20)


async def describe(client, service):
    event = await ask(client, Describe().event())
    assert Info.is_type(event.type), event
    info = Info.from_event(event)
    offered = {"asr": info.asr, "handle": info.handle, "intent": info.intent}
    (program,) = offered.pop(service)
    assert not any(offered.values()), offered
    return program.models[0].languages


async def speak(client):
    await client.write_event(Transcribe(language="en").event())
    await client.write_event(AudioStart(rate=16000, width=2, channels=1).event())
    for _ in range(10):
        sound = AudioChunk(rate=16000, width=2, channels=1, audio=bytes([0, 64]) * 512)
        await client.write_event(sound.event())
    event = await ask(client, AudioStop().event())
    assert Transcript.is_type(event.type), event
    return Transcript.from_event(event).text


async def main():
    service = sys.argv[2]
    said = {}
    async with AsyncTcpClient("127.0.0.1", int(sys.argv[1])) as client:
        said["languages"] = await describe(client, service)
        event = await ask(client, Ping(text="a").event())
        assert Pong.is_type(event.type) and Pong.from_event(event).text == "a", event
        if service == "asr":
            said["transcript"] = await speak(client)
        elif service == "handle":
            event = await ask(client, Transcript("lights on", language="en").event())
            assert Handled.is_type(event.type), event
            said["handled"] = Handled.from_event(event).text
            event = await ask(client, Transcript("hum").event())
            assert NotHandled.is_type(event.type), event
            said["not-handled"] = NotHandled.from_event(event).text
        else:
            event = await ask(client, Recognize(text="lights on").event())
            assert Intent.is_type(event.type), event
            intent = Intent.from_event(event)
            said["intent"] = intent.name
            said["entities"] = {entity.name: entity.value for entity in intent.entities}
        event = await ask(client, AudioChunk(44000, 2, 1, bytes(2)).event())
        assert Error.is_type(event.type), event
        said["error"] = Error.from_event(event).text
        assert await client.read_event() is None
    print(json.dumps(said, sort_keys=True))


asyncio.run(main())
