# as if in: notifications/sample.py
async def tell(layer, send, note):
    await layer.group_send("case", {"type": "ring", "n": 5, "words": note.body})  # bad
    await send({"type": "websocket.send", "text": note.body})  # bad
