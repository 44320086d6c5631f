import { readEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { emptyLocation } from '../domain/state.ts';
import { listTopic } from '../domain/views.ts';
import { viewHash } from '../domain/viewHash.ts';
import { connectEmbedded } from '../log/embedded.ts';
import { openLog } from '../log/open.ts';
import { fromUrl } from '../log/roles.ts';

/**
 * A location's topics from nothing but its log, in a process that never saw the server: `node rebuild.ts DATADIR LOCATION
 * TOPIC…` (or the database's URL in place of DATADIR) prints one JSON document. No snapshot is used. It fails on a log that has a hole or an event it does not know.
 */
const [dataDir = '', location = '', ...topics] = process.argv.slice(2);
const connections = dataDir.startsWith('postgres://')
  ? { ...(await fromUrl(dataDir)), stop: async () => undefined }
  : await connectEmbedded(dataDir);
const log = await openLog({ connection: connections.heardLog, writers: 1, readers: 1 });
try {
  let state = emptyLocation(location);
  for (;;) {
    const tail = await log.readTail(location, state.head, 1000);
    if (tail.length === 0) break;
    for (const stored of tail) {
      const event = readEvent(stored);
      if (event === null) throw new Error(`event ${stored.seq} (${stored.type}) is unknown`);
      if (event.seq !== state.head + 1) throw new Error(`event ${event.seq} follows ${state.head}`);
      state = evolve(state, event);
    }
  }
  const views = topics.map((topic) => {
    const entities = listTopic(state, topic, 'staff');
    return [topic, { hash: viewHash(entities), entities }] as const;
  });
  process.stdout.write(JSON.stringify({ head: state.head, topics: Object.fromEntries(views) }));
} finally {
  await log.close();
  await connections.stop();
}
