"""The other peer: FastAPI takes the order, PostgreSQL keeps it (asyncpg), Redis pub/sub carries a ticket to the
channel of each station, and every socket subscribes to the channel of its station. Screens acknowledge the tickets they
show; the first to do so is stored and told to the station.
PORT, VARIANT (article | tuned), MENU_FILE, REDIS_PORT, and PGHOST, PGUSER, PGDATABASE of asyncpg.
"""
import asyncio
import json
import os
import uuid
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import Any, Dict, List

import asyncpg
import redis.asyncio as redis
import uvicorn
from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field

TUNED = os.environ.get("VARIANT") == "tuned"
with open(os.environ["MENU_FILE"], encoding="utf-8") as file:
    MENU: Dict[str, Dict[str, str]] = json.load(file)


class Line(BaseModel):
    id: uuid.UUID
    menuItem: str
    qty: int = Field(gt=0)
    modifiers: List[Dict[str, Any]] = []


class Order(BaseModel):
    id: uuid.UUID
    type: str
    items: List[Line] = Field(min_length=1) if hasattr(BaseModel, "model_validate") else Field(min_items=1)


class Place(BaseModel):
    order: Order


# Tuned: the sockets of a channel, fed by one subscription of the process.
sockets: Dict[str, set] = defaultdict(set)


async def fan_out(client: redis.Redis) -> None:
    pubsub = client.pubsub(ignore_subscribe_messages=True)
    await pubsub.psubscribe("tickets:*")
    async for message in pubsub.listen():
        text = message["data"].decode()
        for socket in list(sockets[message["channel"].decode()]):
            try:
                await socket.send_text(text)
            except (RuntimeError, WebSocketDisconnect):
                pass


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = await asyncpg.create_pool(host=os.environ["PGHOST"], user=os.environ["PGUSER"], database=os.environ["PGDATABASE"], min_size=10, max_size=10)
    app.state.redis = redis.Redis(port=int(os.environ["REDIS_PORT"]), max_connections=1000)
    task = asyncio.create_task(fan_out(app.state.redis)) if TUNED else None
    print("listening", flush=True)
    yield
    if task:
        task.cancel()
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


async def store_article(order: Order, location: str, names: List[str], tickets: List[Dict[str, Any]]) -> int:
    """As an article would write it: a transaction, a statement for each row."""
    async with app.state.pool.acquire() as connection:
        async with connection.transaction():
            number = await connection.fetchval("INSERT INTO orders (id, location, type) VALUES ($1, $2, $3) RETURNING number", order.id, location, order.type)
            for line, name in zip(order.items, names):
                await connection.execute(
                    "INSERT INTO order_items (id, order_id, menu_item, name, qty, modifiers) VALUES ($1, $2, $3, $4, $5, $6)",
                    line.id, order.id, line.menuItem, name, line.qty, json.dumps(line.modifiers))
            for ticket in tickets:
                await connection.execute(
                    "INSERT INTO tickets (id, order_id, location, station, items) VALUES ($1, $2, $3, $4, $5)",
                    ticket["id"], order.id, location, ticket["station"], json.dumps(ticket["items"]))
            return number


ONE_STATEMENT = """
  WITH o AS (INSERT INTO orders (id, location, type) VALUES ($1, $2, $3) RETURNING number),
  i AS (INSERT INTO order_items (id, order_id, menu_item, name, qty, modifiers)
        SELECT id, $1, menu_item, name, qty, modifiers
        FROM unnest($4::uuid[], $5::text[], $6::text[], $7::int[], $8::jsonb[]) AS x (id, menu_item, name, qty, modifiers)),
  t AS (INSERT INTO tickets (id, order_id, location, station, items)
        SELECT id, $1, $2, station, items FROM unnest($9::uuid[], $10::text[], $11::jsonb[]) AS x (id, station, items))
  SELECT number FROM o"""


async def store_tuned(order: Order, location: str, names: List[str], tickets: List[Dict[str, Any]]) -> int:
    """Tuned: one prepared statement an order (asyncpg keeps it prepared), one round trip, one commit."""
    async with app.state.pool.acquire() as connection:
        return await connection.fetchval(
            ONE_STATEMENT, order.id, location, order.type,
            [line.id for line in order.items], [line.menuItem for line in order.items], names,
            [line.qty for line in order.items], [json.dumps(line.modifiers) for line in order.items],
            [ticket["id"] for ticket in tickets], [ticket["station"] for ticket in tickets], [json.dumps(ticket["items"]) for ticket in tickets])


@app.post("/locations/{location}/orders")
async def place(location: str, body: Place):
    order = body.order
    names: List[str] = []
    by_station: Dict[str, List[Dict[str, Any]]] = {}
    for line in order.items:
        known = MENU.get(line.menuItem)
        if known is None:
            raise HTTPException(422, f"no menu item {line.menuItem}")
        names.append(known["name"])
        by_station.setdefault(known["station"], []).append(
            {"id": str(line.id), "menuItem": line.menuItem, "name": known["name"], "qty": line.qty, "modifiers": line.modifiers})
    tickets = [{"id": uuid.uuid4(), "station": station, "items": items} for station, items in by_station.items()]
    number = await (store_tuned if TUNED else store_article)(order, location, names, tickets)
    order_id = str(order.id)
    for ticket in tickets:
        text = json.dumps({"id": str(ticket["id"]), "order": order_id, "number": number, "location": location,
                           "station": ticket["station"], "status": "new", "items": ticket["items"]})
        await app.state.redis.publish(f"tickets:{location}:{ticket['station']}", text)
    return {"order": {"id": order_id, "number": number, "status": "placed"},
            "tickets": [{"id": str(ticket["id"]), "station": ticket["station"]} for ticket in tickets]}


async def hear(channel: str, text: str) -> None:
    """Stores when tickets were first shown, and tells the station which."""
    tickets = [uuid.UUID(ticket) for ticket in json.loads(text)]
    async with app.state.pool.acquire() as connection:
        rows = await connection.fetch("UPDATE tickets SET heard_at = now() WHERE id = ANY($1::uuid[]) AND heard_at IS NULL RETURNING id", tickets)
    if rows:
        await app.state.redis.publish(channel, json.dumps({"heard": [str(row["id"]) for row in rows]}))


@app.websocket("/ws/{location}/{station}")
async def screen(socket: WebSocket, location: str, station: str):
    await socket.accept()
    channel = f"tickets:{location}:{station}"
    forward = None
    pubsub = None
    if TUNED:
        sockets[channel].add(socket)
    else:
        pubsub = app.state.redis.pubsub(ignore_subscribe_messages=True)
        await pubsub.subscribe(channel)

        async def pump():
            async for message in pubsub.listen():
                await socket.send_text(message["data"].decode())

        forward = asyncio.create_task(pump())
    await socket.send_text('"joined"')
    try:
        while True:
            await hear(channel, await socket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        if TUNED:
            sockets[channel].discard(socket)
        else:
            forward.cancel()
            await pubsub.aclose()


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning", access_log=False, ws_per_message_deflate=False)
