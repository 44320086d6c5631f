import { topicKind } from '../domain/rights.ts';
import { toInstant } from '../domain/text.ts';
import { viewHash } from '../domain/viewHash.ts';
import { listTopic, topicExists } from '../domain/views.ts';
import { readLocalTime } from '../ops/localTime.ts';
import { stateAt } from '../projections/replay.ts';
import { UsageError, must, readFlags } from './arguments.ts';
import type { Command } from './arguments.ts';
import { mustExist, withWorkshop } from './workshop.ts';

/** `heard replay`: a topic as it was at a time, as one JSON document; what `GET …/state` answers, without a server. */
export const replay: Command = async (argv, terminal) => {
  const { values } = readFlags(argv, {
    location: { type: 'string' },
    at: { type: 'string' },
    topic: { type: 'string', default: 'kitchen' },
  });
  const location = must('--location', values.location);
  const said = must('--at', values.at);
  const { topic } = values;
  if (topicKind(topic) === null) throw new UsageError(`--topic must be one such as kitchen or station:grill`);
  return withWorkshop(terminal, async ({ log, locations }) => {
    await mustExist({ log }, location);
    const zone = (await locations.open(location))?.state.config?.timezone ?? 'UTC';
    const at = readLocalTime(said, zone, log.clock.now());
    if (at === null)
      throw new UsageError('--at must be a time such as 19:42, 2026-03-13T19:42 or 2026-03-13T19:42:00Z');
    const seq = await log.seqAt(location, toInstant(at));
    const state = await stateAt(log, location, seq);
    if (!topicExists(state, topic)) throw new UsageError(`--topic: there was no "${topic}" then`);
    const entities = listTopic(state, topic, 'staff');
    terminal.out(
      JSON.stringify(
        { location, topic, at: toInstant(at), pos: seq, since: state.at, hash: viewHash(entities), entities },
        null,
        2,
      ),
    );
    return 0;
  });
};
