/**
 * Mistakes that the simulation must find: each is put into the real source while it is loaded, in a process of its own.
 * `find` stands in the file exactly once; when the source moves on, the mutant says so instead of passing.
 */
export type Mutant = {
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
  /** Where it is soonest found. */
  readonly profile: string;
  /** A schedule that finds it. */
  readonly seed: number;
  /** How the blame begins that it must come to. */
  readonly blamed: RegExp;
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no expected-head check',
    file: 'testkit/memoryLog.ts',
    find: 'row.head !== proposal.expected || row.held',
    put: 'row.held',
    profile: 'nodes',
    seed: 1,
    blamed: /S1 |corrupt/i,
  },
  {
    name: 'id look-up before the tail read',
    file: 'location/mailbox.ts',
    find: `        await this.#readTail();
        waiting = await this.#answerKnown(this.#patient(waiting));
        continue;`,
    put: `        waiting = await this.#answerKnown(this.#patient(waiting));
        await this.#readTail();
        continue;`,
    profile: 'redis',
    seed: 1,
    blamed: /S11 .*decided on/,
  },
  {
    name: 'on conflict do nothing on results',
    file: 'testkit/memoryLog.ts',
    find: `      if (twice !== undefined) throw uniqueViolation('commands', twice.id);`,
    put: `      if (twice !== undefined) proposal.results.forEach((one) => row.results.has(one.id) && Object.assign(one, JSON.parse(row.results.get(one.id) ?? '')));`,
    profile: 'wifi',
    seed: 9,
    blamed: /S11 /,
  },
  {
    name: 'acknowledged before it was painted',
    file: 'sdk/reading.ts',
    find: `      topics.frame(attempt, frame);
`,
    put: `      topics.frame(attempt, frame);
      if (frame.t === 'chg' || frame.t === 'snap')
        acks.painted(frame.topic, frame.cursor, { visible: true, audio: 'running' });
`,
    profile: 'sleepers',
    seed: 1,
    blamed: /S15 /,
  },
  {
    name: 'gone is skipped',
    file: 'sdk/replica.ts',
    find: `  for (const leaver of frame.gone) {`,
    put: `  for (const leaver of frame.gone.slice(frame.gone.length)) {`,
    profile: 'calm',
    seed: 1,
    blamed: /S8 /,
  },
  {
    name: 'cursor saved before state',
    file: 'sdk/replica.ts',
    find: `    parts.set(link, all);
    return { replica: { ...replica, parts }, outcome: 'part', told: null };`,
    put: `    parts.set(link, all);
    return {
      replica: { ...replica, parts, pos: frame.pos, cursor: frame.cursor, asked: false },
      outcome: 'part',
      told: null,
    };`,
    profile: 'wifi',
    seed: 1,
    blamed: /S8 |S9 /,
  },
  {
    name: 'from > pos is no gap',
    file: 'sdk/replica.ts',
    find: `replica.pos < 0 || frame.from > replica.pos`,
    put: `replica.pos < 0`,
    profile: 'wifi',
    seed: 1,
    blamed: /S8 /,
  },
  {
    name: 'back-off forgotten on open',
    file: 'sdk/machine.ts',
    find: `            state: { ...state, name: 'handshaking', until: at.now + PROOF_MS },
            memory,`,
    put: `            state: { ...state, name: 'handshaking', until: at.now + PROOF_MS },
            memory: { ...memory, failures: 0, failingSince: null },`,
    profile: 'doors',
    seed: 1,
    blamed: /L5 /,
  },
  {
    name: 'tenant assertion off',
    file: 'feed/subscription.ts',
    find: `    if (from.id === location && from.organization === organization && isOwn(this.reader, this.topic))
      return true;`,
    put: `    if (location !== '' && organization !== '' && isOwn(this.reader, this.topic)) return true;`,
    profile: 'scrambled',
    seed: 1,
    blamed: /S13 /,
  },
  {
    name: 'rung id without its episode',
    file: 'domain/ladder.ts',
    find: `nameId('rung', id, String(episode), String(rung))`,
    put: `nameId('rung', id, String(rung))`,
    profile: 'calm',
    seed: 2,
    blamed: /P8 /,
  },
  {
    name: 'a refused policy is not recorded',
    file: 'location/policyRunner.ts',
    find: `    await this.#submit({
      id: nameId('refuse', command.id, before),`,
    put: `    if (before === '') return;
    await this.#submit({
      id: nameId('refuse', command.id, before),`,
    profile: 'stubborn',
    seed: 19,
    blamed: /P8 .*asked/,
  },
  {
    name: 'published before it is committed',
    file: 'location/mailbox.ts',
    find: `      const outcome = await this.#options.batcher.submit(made.proposal);`,
    put: `      this.#advance(made.advance, made.proposal.events, decidedAt);
      const outcome = await this.#options.batcher.submit(made.proposal);`,
    profile: 'calm',
    seed: 1,
    blamed: /S3 |S9 |S1 |corrupt/i,
  },
];
