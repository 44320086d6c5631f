import type { Json } from '../../domain/documents.ts';
import { field, textAt, wholeAt } from '../pos/reading.ts';
import { call, list, text, type Reply } from './calls.ts';
import type { DraftAnswer, Finding, HouseAnswer, Trouble } from './draft.ts';

/** What the desk asks of the server: the draft, and publishing it. */

export type Saved = {
  readonly revision: number;
  readonly at: string;
  readonly version: number;
  readonly problems: readonly Trouble[];
  readonly findings: readonly Finding[];
};

export type HouseCalls = {
  read(): Promise<Reply<HouseAnswer>>;
  save(draft: { config: Json; revision: number; base: number }): Promise<Reply<Saved>>;
  publish(revision: number, key: string): Promise<Reply<{ version: number }>>;
  discard(revision: number): Promise<Reply<true>>;
};

export function houseCalls(token: () => Promise<string>, location: string): HouseCalls {
  const base = `/v1/locations/${location}/setup`;
  return {
    read: async () => call(base, readHouse, { token: await token() }),
    save: async (body) => call(`${base}/draft`, readSaved, { token: await token(), body }),
    publish: async (revision, idempotencyKey) =>
      call(`${base}/publish`, readPublished, { token: await token(), body: { revision }, idempotencyKey }),
    discard: async (revision) =>
      call(`${base}/discard`, () => true as const, { token: await token(), body: { revision } }),
  };
}

/** What came as JSON is JSON; anything else in its place is nothing. */
export function asJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object') return null;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asJson(one)]));
}

export function readHouse(body: unknown): HouseAnswer | null {
  const version = wholeAt(body, 'version');
  const checks = readChecks(body);
  if (version === undefined || checks === null) return null;
  return {
    version,
    published: asJson(field(body, 'published')),
    draft: readDraft(field(body, 'draft')),
    ...checks,
  };
}

function readDraft(value: unknown): DraftAnswer | null {
  const [revision, baseVersion] = [wholeAt(value, 'revision', 1), wholeAt(value, 'baseVersion')];
  if (revision === undefined || baseVersion === undefined) return null;
  return {
    config: asJson(field(value, 'config')),
    base: asJson(field(value, 'base')),
    baseVersion,
    revision,
    by: text(field(value, 'by')),
    at: textAt(value, 'at') ?? '',
  };
}

function readSaved(body: unknown): Saved | null {
  const [revision, version, checks] = [
    wholeAt(body, 'revision', 1),
    wholeAt(body, 'version'),
    readChecks(body),
  ];
  if (revision === undefined || version === undefined || checks === null) return null;
  return { revision, version, at: textAt(body, 'at') ?? '', ...checks };
}

function readPublished(body: unknown): { version: number } | null {
  const version = wholeAt(body, 'version', 1);
  return version === undefined ? null : { version };
}

function readChecks(body: unknown): { problems: Trouble[]; findings: Finding[] } | null {
  const problems = list(field(body, 'problems'), readTrouble);
  const findings = list(field(body, 'findings'), readFinding);
  return problems === null || findings === null ? null : { problems, findings };
}

function readTrouble(value: unknown): Trouble | null {
  const [path, message] = [textAt(value, 'path'), textAt(value, 'message')];
  return path === undefined || message === undefined ? null : { path, message };
}

function readFinding(value: unknown): Finding | null {
  const [rule, path, happens, mend] = ['rule', 'path', 'happens', 'mend'].map((name) => textAt(value, name));
  if (rule === undefined || path === undefined) return null;
  const values = Object.entries(field(value, 'values') ?? {}).filter(
    (one): one is [string, string | number] => typeof one[1] === 'string' || typeof one[1] === 'number',
  );
  return {
    severity: field(value, 'severity') === 'warning' ? 'warning' : 'error',
    rule,
    path,
    values: Object.fromEntries(values),
    happens: happens ?? '',
    mend: mend ?? '',
  };
}
