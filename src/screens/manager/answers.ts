import { field, listAt, oneOf, textAt } from '../pos/reading.ts';

/** What the server answers about its lines, read field by field: what is not as said is left out. */

/** Columns of equal length; null where nothing was measured. */
export type Columns = { readonly at: readonly number[] } & Readonly<
  Record<Series, readonly (number | null)[]>
>;
export const SERIES = [
  'websocket',
  'sse',
  'long-poll',
  'poll',
  'reconnects',
  'heartbeats',
  'outboxDepth',
  'sentP50',
  'sentP95',
  'sentP99',
  'paintedP50',
  'paintedP95',
  'paintedP99',
  'canaryP50',
  'canaryP95',
] as const;
export type Series = (typeof SERIES)[number];

export type PulseScreen = {
  readonly session: string;
  readonly client: string;
  readonly app: string | null;
  readonly screen: string | null;
  readonly name: string | null;
  readonly role: string;
  readonly transport: string;
  readonly since: number;
  readonly seenAt: number;
  readonly audio: string | null;
  readonly visible: boolean | null;
};
export type GoneScreen = Pick<PulseScreen, 'client' | 'app' | 'screen' | 'name' | 'role'> & {
  readonly cause: string;
  readonly at: number;
};
export type PulseStation = {
  readonly id: string;
  readonly name: string;
  readonly deafSince: number | null;
  /** Of the last canary: ms null when no screen painted it in time. */
  readonly canary: { readonly ms: number | null; readonly at: number } | null;
  readonly heardP50: number | null;
  readonly linesPerMinute: number;
  readonly backup: string | null;
  readonly printer: string | null;
};
export type PulseOutbox = { readonly client: string; readonly depth: number; readonly oldestMs: number };

export type PulseAnswer = {
  readonly now: number;
  readonly pulse: Columns | null;
  readonly screens: readonly PulseScreen[];
  readonly gone: readonly GoneScreen[];
  readonly stations: readonly PulseStation[];
  readonly printers: readonly string[];
  readonly outboxes: readonly PulseOutbox[];
};

const numberAt = (value: unknown, name: string): number | null => {
  const found = field(value, name);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};
const wordAt = (value: unknown, name: string): string | null => textAt(value, name) ?? null;
const timeAt = (value: unknown, name: string): number | null => {
  const found = textAt(value, name);
  return found === undefined || Number.isNaN(Date.parse(found)) ? null : Date.parse(found);
};

export function readPulse(body: unknown): PulseAnswer | null {
  const now = timeAt(body, 'now');
  const screens = listAt(body, 'screens', readScreen);
  const stations = listAt(body, 'stations', readStation);
  if (now === null || screens === undefined || stations === undefined) return null;
  return {
    now,
    pulse: readColumns(field(body, 'pulse')),
    screens,
    stations,
    gone: listAt(body, 'gone', readGone) ?? [],
    printers: listAt(body, 'printers', (one) => (typeof one === 'string' ? one : undefined)) ?? [],
    outboxes: listAt(body, 'outboxes', readOutbox) ?? [],
  };
}

function readColumns(value: unknown): Columns | null {
  const at = listAt(value, 'at', (one) => (typeof one === 'number' ? one : undefined));
  if (at === undefined) return null;
  const column = (name: Series): (number | null)[] => {
    const found = listAt(value, name, (one) => (one === null || typeof one === 'number' ? one : undefined));
    return found?.length === at.length ? found : at.map(() => null);
  };
  return Object.assign(
    { at },
    Object.fromEntries(SERIES.map((name) => [name, column(name)])) as Record<Series, (number | null)[]>,
  );
}

function readWho(
  value: unknown,
): Pick<PulseScreen, 'client' | 'app' | 'screen' | 'name' | 'role'> | undefined {
  const [client, role] = [textAt(value, 'client'), textAt(value, 'role')];
  if (client === undefined || role === undefined) return undefined;
  return {
    client,
    role,
    app: wordAt(value, 'app'),
    screen: wordAt(value, 'screen'),
    name: wordAt(value, 'name'),
  };
}

function readScreen(value: unknown): PulseScreen | undefined {
  const who = readWho(value);
  const [session, transport] = [textAt(value, 'session'), textAt(value, 'transport')];
  const [since, seenAt] = [numberAt(value, 'since'), numberAt(value, 'seenAt')];
  if (!who || session === undefined || transport === undefined || since === null || seenAt === null)
    return undefined;
  const visible = field(value, 'visible');
  return {
    ...who,
    session,
    transport,
    since,
    seenAt,
    audio: wordAt(value, 'audio'),
    visible: typeof visible === 'boolean' ? visible : null,
  };
}

function readGone(value: unknown): GoneScreen | undefined {
  const who = readWho(value);
  const [cause, at] = [textAt(value, 'cause'), numberAt(value, 'at')];
  return who && cause !== undefined && at !== null ? { ...who, cause, at } : undefined;
}

function readStation(value: unknown): PulseStation | undefined {
  const [id, name] = [textAt(value, 'id'), textAt(value, 'name')];
  if (id === undefined || name === undefined) return undefined;
  const canary = field(value, 'canary');
  const at = numberAt(canary, 'at');
  return {
    id,
    name,
    deafSince: timeAt(value, 'deafSince'),
    canary: at === null ? null : { at, ms: numberAt(canary, 'ms') },
    heardP50: numberAt(value, 'heardP50'),
    linesPerMinute: numberAt(value, 'linesPerMinute') ?? 0,
    backup: wordAt(value, 'backup'),
    printer: wordAt(value, 'printer'),
  };
}

function readOutbox(value: unknown): PulseOutbox | undefined {
  const [client, depth, oldestMs] = [
    textAt(value, 'client'),
    numberAt(value, 'depth'),
    numberAt(value, 'oldestMs'),
  ];
  return client === undefined || depth === null ? undefined : { client, depth, oldestMs: oldestMs ?? 0 };
}

type Told = { readonly [name: string]: string | number };

export type StoryAnswer = {
  readonly at: number;
  readonly sentences: readonly { readonly say: string; readonly values: Told }[];
  readonly list: readonly {
    readonly at: number;
    readonly what: string;
    readonly values: Told;
    readonly bad: boolean;
  }[];
};

export function readStory(body: unknown): StoryAnswer | null {
  const at = timeAt(body, 'at');
  const sentences = listAt(body, 'sentences', (one) => {
    const say = textAt(one, 'say');
    return say === undefined ? undefined : { say, values: readTold(field(one, 'values')) };
  });
  const list = listAt(body, 'list', (one) => {
    const [what, when] = [textAt(one, 'what'), timeAt(one, 'at')];
    if (what === undefined || when === null) return undefined;
    return { what, at: when, values: readTold(field(one, 'values')), bad: field(one, 'bad') === true };
  });
  return at === null || sentences === undefined || list === undefined ? null : { at, sentences, list };
}

function readTold(value: unknown): Told {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (one): one is [string, string | number] => typeof one[1] === 'string' || typeof one[1] === 'number',
    ),
  );
}

export type DrillStep = 'screen' | 'printer' | 'server';
export type DrillAnswer = {
  readonly id: string;
  readonly step: DrillStep;
  readonly station: string | null;
  readonly printer: string | null;
  readonly by: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly checks: readonly {
    readonly check: string;
    readonly state: 'waiting' | 'passed' | 'failed' | 'skipped';
    readonly ms: number | null;
    readonly limitMs: number | null;
    readonly values: Told;
  }[];
  readonly passed: number;
  readonly of: number;
  readonly isComplete: boolean;
};

export function readDrill(body: unknown): DrillAnswer | null {
  const step = oneOf(field(body, 'step'), ['screen', 'printer', 'server'] as const);
  const [id, startedAt] = [textAt(body, 'id'), numberAt(body, 'startedAt')];
  const checks = listAt(body, 'checks', (one) => {
    const check = textAt(one, 'check');
    const state = oneOf(field(one, 'state'), ['waiting', 'passed', 'failed', 'skipped'] as const);
    if (check === undefined || state === undefined) return undefined;
    return {
      check,
      state,
      ms: numberAt(one, 'ms'),
      limitMs: numberAt(one, 'limitMs'),
      values: readTold(field(one, 'values')),
    };
  });
  if (step === undefined || id === undefined || startedAt === null || checks === undefined) return null;
  return {
    id,
    step,
    station: wordAt(body, 'station'),
    printer: wordAt(body, 'printer'),
    by: textAt(body, 'by') ?? '',
    startedAt,
    endedAt: numberAt(body, 'endedAt'),
    checks,
    passed: numberAt(body, 'passed') ?? 0,
    of: numberAt(body, 'of') ?? 0,
    isComplete: field(body, 'isComplete') === true,
  };
}

export function readDrills(body: unknown): DrillAnswer[] | null {
  return listAt(body, 'drills', (one) => readDrill(one) ?? undefined) ?? null;
}
