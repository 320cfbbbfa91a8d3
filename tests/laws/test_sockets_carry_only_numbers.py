"""A frame says which stream and up to which number. There is one place that makes a frame, and nothing else is sent."""

import ast
import json
from pathlib import Path

import pytest
from asgiref.testing import ApplicationCommunicator

import notifications
from notifications import live

PACKAGE = Path(notifications.__file__).parent
SENDERS = {"send", "send_json", "base_send", "group_send", "send_group", "channel_send"}


def test_a_frame_is_a_stream_and_a_number():
    frame = json.loads(live.frame("A-4K7-9M2T", 813))
    assert frame == {"stream": "A-4K7-9M2T", "n": 813}
    with pytest.raises((TypeError, ValueError)):
        live.frame("A-4K7-9M2T", "Home visit went well.")


def test_only_the_hub_and_its_consumer_send():
    found = {
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SENDERS
    }
    assert found <= {"live.py", "consumer.py", "email.py"}, found


@pytest.mark.django_db(transaction=True)
def test_the_socket_opens_for_a_member_and_stays_shut_for_a_stranger(client):
    from asgiref.sync import async_to_sync

    from portal.asgi import application
    from tests import worlds

    world = worlds.staffed()
    client.force_login(world.lead.user)
    cookie = f"{client.cookies.output(header='', sep=';').split(';')[0].strip()}".encode()

    async def knock(headers):
        scope = {"type": "websocket", "path": "/ws/", "query_string": b"", "headers": headers, "subprotocols": []}
        socket = ApplicationCommunicator(application, scope)
        await socket.send_input({"type": "websocket.connect"})
        answer = await socket.receive_output(10)
        await socket.send_input({"type": "websocket.disconnect", "code": 1000})
        return answer["type"] == "websocket.accept"

    assert async_to_sync(knock)([(b"cookie", cookie), (b"host", b"testserver")])
    assert not async_to_sync(knock)([(b"host", b"testserver")])
