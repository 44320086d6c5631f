import {
  type Change,
  type Conflict,
  type Json,
  compareDocuments,
  isSame,
  mergeDocuments,
} from '../../domain/documents.ts';
import { type Path, withMember, withValue } from './doc.ts';

/**
 * The draft as one manager has it on the desk, beside what the server has of it. Everybody works on the same draft: what
 * a colleague saved, or published, is merged in, and where both changed the same place somebody must choose. Pure.
 */

export type Trouble = { readonly path: string; readonly message: string };
export type Finding = {
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly path: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly happens: string;
  readonly mend: string;
};
export type Checks = { readonly problems: readonly Trouble[]; readonly findings: readonly Finding[] };
export type DraftAnswer = {
  readonly config: Json;
  readonly base: Json;
  readonly baseVersion: number;
  readonly revision: number;
  readonly by: string | null;
  readonly at: string;
};
export type HouseAnswer = Checks & {
  readonly version: number;
  readonly published: Json;
  readonly draft: DraftAnswer | null;
};

/** What somebody else did meanwhile. */
export type News = {
  readonly what: 'saved' | 'published' | 'discarded';
  readonly by: string | null;
  readonly changes: readonly Change[];
};

export type Desk = {
  /** As it stands on this desk. */
  readonly doc: Json;
  /** As the server has it. */
  readonly known: Json;
  /** Revision of the draft; 0: there is none. */
  readonly revision: number;
  readonly by: string | null;
  readonly at: string | null;
  /** What is published, and its version; null and 0: nothing yet. */
  readonly published: Json;
  readonly version: number;
  /** The published version that the server's draft was made from. */
  readonly baseVersion: number;
  /** Places where somebody must choose; nothing is saved before. */
  readonly conflicts: readonly Conflict[];
  readonly news: readonly News[];
};

/** `start`: what stands on the desk of a house that has nothing yet. */
export function openDesk(answer: HouseAnswer, start: Json): Desk {
  const { draft, version } = answer;
  const known = serverOf(answer, start);
  const empty: Desk = {
    doc: known,
    known,
    revision: draft?.revision ?? 0,
    by: draft?.by ?? null,
    at: draft?.at ?? null,
    // A colleague may have published since this draft was begun: that is news as well.
    published: draft?.base ?? answer.published,
    version: draft?.baseVersion ?? version,
    baseVersion: draft?.baseVersion ?? version,
    conflicts: [],
    news: [],
  };
  return arrive(empty, answer, start);
}

/** What the server has now is brought together with what stands here. */
export function arrive(desk: Desk, answer: HouseAnswer, start: Json): Desk {
  const { draft, published, version } = answer;
  const server = serverOf(answer, start);
  const drafted = mergeDocuments(desk.known, desk.doc, server);
  const news = [...desk.news, ...newsOf(desk, answer, server)];
  // A draft that was made from an older version goes on from the one that is published now.
  const isOld = draft !== null && draft.baseVersion < version;
  const renewed = isOld
    ? mergeDocuments(draft.base, drafted.merged, published)
    : { merged: drafted.merged, conflicts: [] };
  const conflicts = [...desk.conflicts, ...drafted.conflicts, ...(isOld ? renewed.conflicts : [])];
  return {
    doc: renewed.merged ?? server,
    known: server,
    revision: draft?.revision ?? 0,
    by: draft?.by ?? null,
    at: draft?.at ?? null,
    published,
    version,
    baseVersion: draft?.baseVersion ?? version,
    conflicts: conflicts.filter(
      (one, index) => conflicts.findLastIndex(({ path }) => isSame(path, one.path)) === index,
    ),
    news,
  };
}

function serverOf({ draft, published }: HouseAnswer, start: Json): Json {
  return draft?.config ?? published ?? start;
}

function newsOf(desk: Desk, { draft, version, published }: HouseAnswer, server: Json): News[] {
  const news: News[] = [];
  const now = draft?.revision ?? 0;
  const isPublished = version !== desk.version;
  if (isPublished)
    news.push({ what: 'published', by: null, changes: compareDocuments(desk.published ?? {}, published) });
  if (draft !== null && now !== desk.revision)
    news.push({ what: 'saved', by: draft.by, changes: compareDocuments(desk.known, server) });
  else if (draft === null && desk.revision > 0 && !isPublished)
    news.push({ what: 'discarded', by: null, changes: [] });
  return news.filter(({ what, changes }) => what === 'discarded' || changes.length > 0);
}

export function edited(desk: Desk, path: Path, value: Json | undefined): Desk {
  return { ...desk, doc: withValue(desk.doc, path, value) };
}

/** Somebody chose; the desk has `mine` at each place that is not chosen yet. */
export function settled(desk: Desk, conflict: Conflict, choice: 'mine' | 'theirs'): Desk {
  return {
    ...desk,
    doc: choice === 'mine' ? desk.doc : withMember(desk.doc, conflict.path, conflict.theirs),
    conflicts: desk.conflicts.filter((one) => one !== conflict),
  };
}

/** Something stands here that the server does not have. */
export function isUnsaved(desk: Desk): boolean {
  return !isSame(desk.doc, desk.known) || desk.baseVersion !== desk.version;
}

/** The server keeps `sent` as this revision. */
export function savedAs(desk: Desk, sent: Json, revision: number, at: string, by: string): Desk {
  return { ...desk, known: sent, revision, at, by, baseVersion: desk.version };
}

/** Lists that everything is compared in, also before there is anything. */
const NOTHING: Json = {
  stations: [],
  courses: [],
  menu: { categories: [], groups: [], items: [] },
  tables: [],
  printers: [],
  channels: [],
};

/** What a publish would change. */
export function changesOf(desk: Desk): Change[] {
  return compareDocuments(desk.published ?? NOTHING, desk.doc);
}
