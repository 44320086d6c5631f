import { asks, isPrinted } from '../../domain/ladder.ts';
import { draw, happen } from './director.ts';
import { enterWorld, installGlobals, leaveWorld } from './globals.ts';
import { canonical, printOf } from './oracle.ts';
import { watchMachine } from './machineCells.ts';
import { profileOf } from './profiles.ts';
import { WORD_MS, entitiesOf } from './screens.ts';
import { HOUSES, OPEN_HOUSES } from './houses.ts';
import { Sim } from './sim.ts';

/** One schedule from its seed: an evening of steps, then everything heals, and what must be true is looked at. */

export type ScheduleOptions = {
  readonly seed: number;
  readonly steps: number;
  readonly profile?: string;
  readonly story?: number;
};

export type ScheduleResult = {
  readonly seed: number;
  readonly profile: string;
  readonly ok: boolean;
  readonly blames: readonly string[];
  /** Over everything that happened, in order. */
  readonly hash: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly story: readonly string[];
  /** Virtual seconds, things that happened, ms of this machine's time. */
  readonly seconds: number;
  readonly happenings: number;
  readonly ms: number;
};

/** After everything has healed all screens are live and equal the log within this. */
const HEAL_MS = 60_000;
const HEARD_MS = 28_000;
/** The first rung, and the time that screens have to find their way back. */
const LADDER_MS = 27_000;

export async function runSchedule({
  seed,
  steps,
  profile: name,
  story = 0,
}: ScheduleOptions): Promise<ScheduleResult> {
  installGlobals();
  const started = process.cpuUsage();
  const profile = profileOf(seed, name);
  const sim = new Sim(seed, profile, story);
  const stray = (error: unknown): void =>
    sim.blame(`nobody caught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.on('unhandledRejection', stray);
  process.on('uncaughtException', stray);
  watchMachine(sim.tally);
  enterWorld(sim.world);
  try {
    await sim.open();
    for (let step = 0; step < steps && sim.blames.length === 0; step += 1) {
      const what = draw(sim);
      sim.tally.add(`step ${what}`);
      sim.world.after(0, null, () => happen(sim, what));
      await sim.world.advance(sim.world.now + pause(sim, what));
      for (const error of sim.world.accidents.splice(0)) stray(error);
    }
    if (sim.blames.length === 0) await settle(sim);
    for (const error of sim.world.accidents.splice(0)) stray(error);
  } finally {
    leaveWorld();
    process.off('unhandledRejection', stray);
    process.off('uncaughtException', stray);
  }
  return {
    seed,
    profile: profile.name,
    ok: sim.blames.length === 0,
    blames: sim.blames,
    hash: sim.tally.hash,
    counts: Object.fromEntries(sim.tally.counts),
    story: sim.tally.story,
    seconds: sim.world.now / 1000,
    happenings: sim.world.happenings,
    ms: cpuMs(started),
  };
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function pause(sim: Sim, what: string): number {
  const { chance } = sim;
  if (what === 'longWait') return chance.between(8_000, 25_000);
  if (what === 'wait') return chance.between(50, 900);
  return chance.chance(0.5) ? chance.between(0, 30) : chance.between(30, 400);
}

/** Everything heals; then nobody has an excuse. */
async function settle(sim: Sim): Promise<void> {
  sim.trace('HEAL');
  await sim.heal();
  const until = sim.world.now + HEAL_MS;
  const started = sim.world.now;
  while (sim.world.now < until && unsettled(sim).length > 0) {
    await sim.world.advance(sim.world.now + 500);
    if (Math.round(sim.world.now) % 5_000 < 500) sim.unblock();
  }
  for (const what of unsettled(sim)) sim.blame(`L1 ${what}`);
  sim.tally.add('heal ms', Math.round(sim.world.now - started));
  // A restored house starts its servers again some seconds later, and the ladder's clock with them.
  const from = sim.world.now;
  while (sim.world.now < Math.max(from, sim.startedAt) + HEARD_MS)
    await sim.world.advance(Math.max(from, sim.startedAt) + HEARD_MS);
  // Time itself goes on: a policy may have spoken in this very moment.
  for (let more = 0; more < 150 && unsettled(sim).length > 0; more += 1)
    await sim.world.advance(sim.world.now + 100);
  if (sim.blames.length > 0) return;
  judge(sim);
  for (const device of sim.devices) device.glance();
  await sim.world.advance(sim.world.now + 50);
}

/** Why it is not yet quiet; empty when every screen is live, in step, and has nothing left to send. */
function unsettled(sim: Sim): string[] {
  return sim.devices.flatMap((device) => {
    const { tab, spec } = device;
    if (tab === null) return [`${device.id} has no page`];
    const { word, blocked } = tab.heard.connection.get();
    if (word !== 'live' && word !== 'polling') return [`${device.id} is ${word} ${blocked?.reason ?? ''}`];
    const { pending } = tab.heard.outbox.get();
    // What asks a person first holds back what comes after it.
    const asked = new Set(pending.filter(({ state }) => state === 'stale').map(({ aggregate }) => aggregate));
    const waiting = pending.filter(({ aggregate }) => !asked.has(aggregate));
    if (waiting.length > 0)
      return waiting.map(
        ({ name, id, state, attempts }) => `${device.id} has ${name} ${id} ${state} after ${attempts} tries`,
      );
    const truth = sim.truthOf(spec.location);
    return spec.topics.flatMap((topic) => {
      const view = tab.heard.view(topic).get();
      if (view.state !== 'live') return [`${device.id} ${topic} is ${view.state}`];
      // Without a word since the history was replaced it shows, and dates, the one before, perhaps under the same hash.
      const { restoredAt } = sim;
      if (restoredAt !== null && (view.freshness ?? 0) < restoredAt + WORD_MS)
        return [`${device.id} ${topic} has had no word since the restore`];
      // An answer that came before its frame: what is shown is still a guess.
      // What waits behind a question is shown as it will be, until somebody answers.
      if (view.predicted.size > 0 && asked.size > 0) return [];
      if (view.predicted.size > 0) return [`${device.id} ${topic} still shows what it expects`];
      if (truth.printAt(topic, truth.head) !== printOf(entitiesOf(view)))
        return [`${device.id} ${topic} at ${view.pos} is not as the log at ${truth.head}`];
      return [];
    });
  });
}

function judge(sim: Sim): void {
  for (const { location } of OPEN_HOUSES) {
    const truth = sim.truthOf(location);
    truth.catchUp();
    // S11: what a result says is what the log has.
    for (const { id, seq, name } of sim.database.resultsOf(location)) {
      const effects = truth.effects.get(id);
      if (effects !== undefined && effects.at(-1) !== seq)
        sim.blame(
          `S11 ${location}: ${name} ${id} has its result at ${seq} and its events at ${effects.join()}`,
        );
    }
    judgeLadder(sim, location);
    // A screen stands at the grill, the bar and the pass: what was fired there was heard.
    for (const entity of truth.list('kitchen')) {
      if (entity.kind !== 'ticket' || (entity.status !== 'new' && entity.status !== 'cooking')) continue;
      const isWatched = sim.devices.some(
        ({ spec }) =>
          spec.location === location &&
          spec.station === entity.station &&
          spec.topics.includes(`station:${entity.station}`),
      );
      const isYoung =
        (entity.delivery.askedAt ?? '') > new Date(sim.world.wall(null) - LADDER_MS).toISOString();
      if (isWatched && !isYoung && entity.delivery.state === 'queued')
        sim.blame(`P8 ${location}: ticket ${entity.id} at ${entity.station} was fired and nobody heard it`);
    }
  }
  for (const device of sim.devices) {
    const { tab, spec } = device;
    if (tab === null) continue;
    for (const topic of spec.topics) {
      const view = tab.heard.view(topic).get();
      const shown = entitiesOf(view);
      const byKey = new Map(shown.map((entity) => [`${entity.kind}|${entity.id}`, entity]));
      const right = sim.truthOf(spec.location).list(topic);
      if (right.length !== shown.length)
        sim.blame(`P4 ${device.id} ${topic}: shows ${shown.length} of ${right.length}`);
      for (const entity of right) {
        if (view.predicted.has(entity.id)) continue;
        const own = byKey.get(`${entity.kind}|${entity.id}`);
        for (const field of differing(own, entity))
          sim.blame(
            `P4 ${device.id} ${topic}: ${entity.kind} ${entity.id} shows another ${field} than it has`,
          );
      }
    }
  }
  judgeTaps(sim);
}

/** P8: what nobody has heard in its present episode has at least been called out, in each episode anew. */
function judgeLadder(sim: Sim, location: string): void {
  const { state } = sim.truthOf(location);
  const before = new Date(sim.world.wall(null) - LADDER_MS).toISOString();
  for (const order of state.orders.values())
    for (const ticket of order.tickets)
      if (asks(order, ticket) && ticket.episodeAt < before && !isPrinted(ticket) && !ticket.rungs.includes(1))
        sim.blame(
          `P8 ${location}: ticket ${ticket.id} at ${ticket.station} waits in episode ${ticket.episode} since ${ticket.episodeAt}, and nobody was called`,
        );
}

function differing(shown: object | undefined, right: object): string[] {
  const own: Record<string, unknown> = { ...shown };
  const other: Record<string, unknown> = { ...right };
  return [...new Set([...Object.keys(own), ...Object.keys(other)])]
    .filter((field) => canonical(own[field]) !== canonical(other[field]))
    .map((field) => `${field} (${canonical(own[field])}, not ${canonical(other[field])})`);
}

/** S18: a tap that a device said to be saved came to something; and one that was answered is in the log. */
function judgeTaps(sim: Sim): void {
  const stored = new Map(
    HOUSES.map(({ location }) => [
      location as string,
      new Set(sim.database.resultsOf(location).map(({ id }) => id)),
    ]),
  );
  for (const tap of sim.screens.taps.values()) {
    const inLog = stored.get(tap.location)?.has(tap.id) === true;
    if (tap.answer?.ok === true && !inLog && !sim.wasRestored)
      sim.blame(`P1 ${tap.device}: ${tap.name} ${tap.id} was answered and is not in the log`);
    if (!tap.saved || inLog || tap.refused !== null || (tap.answer !== null && !tap.answer.ok)) continue;
    const device = sim.devices.find(({ id }) => id === tap.device);
    if (device?.stored.has(tap.id) === true) continue;
    sim.blame(`S18 ${tap.device}: ${tap.name} ${tap.id} was saved and came to nothing`);
  }
}
