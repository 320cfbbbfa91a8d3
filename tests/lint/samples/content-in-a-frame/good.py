# as if in: notifications/sample.py
async def tell(send, frame, reference, number):
    await send({"type": "websocket.send", "text": frame(reference, number)})
    await send({"type": "websocket.close", "code": 4401})
