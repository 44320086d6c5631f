import type { Down, Ready } from '../protocol/down.ts';
import type { Carrier, CarrierEvents, Link, Said, Wanted } from './carrier.ts';
import { createHub, SELF } from './hub.ts';
import { identityOf } from './identity.ts';
import { mintId } from './ids.ts';
import type { Transport } from './ladder.ts';

/**
 * One connection for all pages of this browser that look at one place as one person. A Web Lock says which page leads: the
 * browser gives it to the next one when that page closes or crashes. The others reach it over a BroadcastChannel; to
 * their own machine that is one more carrier, `tab`, with hello, ready and frames like any other.
 *
 * A page that is frozen keeps its lock and answers nothing: whoever notices takes the lock away and leads. A page that is
 * hidden and has lost its line is led by one in front, whose timers run.
 */
export type Locks = Pick<LockManager, 'request'>;
export type Channel = {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
};

/** A page's own line, and what tells it from others. */
export type PageLine = {
  /** Of the place: pages of other locations or servers never meet. */
  name: string;
  now(): number;
  serverNow(): number;
  isVisible(): boolean;
  /** What the connection of this page can do. */
  connection(): {
    say(frame: Said): boolean;
    start(): void;
    follow(follows: boolean): void;
    isLive(): boolean;
    via(): Transport | null;
  };
};

export type SharingOptions = PageLine & { locks: Locks; channel: Channel };

type Message =
  | { k: 'hello'; from: string; identity: string; subs: readonly Wanted[] }
  | { k: 'say'; from: string; frame: Said }
  | { k: 'bye'; from: string }
  | { k: 'beat'; from: string }
  | { k: 'pulse'; to: string; visible: boolean; live: boolean }
  | { k: 'opened'; to: string; through: Transport | null }
  | { k: 'refused'; to: string }
  | { k: 'frame'; to: readonly string[] | 'all'; frame: Down }
  /** `to`: one page, or `all`. */
  | { k: 'gone'; to: string; code: number }
  /** There is a line again, or a page that leads. */
  | { k: 'up' };

const BEAT_MS = 1_000;
/** Beats without an answer after which the leading page is frozen. */
const MISSES = 3;
/** Hellos in a row to which not even a beat was answered. */
const UNANSWERED = 2;
/** Pulses of a page without a line until this one, in front, takes over: at once from a hidden page, else with patience. */
const IDLERS = 2;
const PATIENCE = 15;
/** Nobody takes the lead twice within this for the other's missing line: it may be the server that is away. */
const STEAL_AGAIN_MS = 60_000;
/** A page that has not been heard of for so long is gone: it could not say goodbye. */
const MEMBER_MS = 5 * 60_000;

type Line = { events: CarrierEvents; misses: number; idlers: number; answered: boolean };

export type Sharing = ReturnType<typeof createSharing>;

export function createSharing(options: SharingOptions) {
  const { channel, locks, now } = options;
  const lock = `heard-line:${options.name}`;
  const tab = mintId();
  const hub = createHub({ now, say: (frame) => options.connection().say(frame) });
  /** Pages that go over this one, and when each was last heard of. */
  const members = new Map<string, number>();
  /** Connections of this page over another one. */
  const links = new Map<string, Line>();
  let role: 'none' | 'leads' | 'follows' | 'alone' = 'none';
  let decided: Promise<void> | null = null;
  let endLead: () => void = () => undefined;
  let n = 0;
  let unanswered = 0;
  let stolenAt = Number.NEGATIVE_INFINITY;
  let upstream: { ready: Ready; identity: string | null } | null = null;
  let beats: ReturnType<typeof setInterval> | null = null;
  let closed = false;

  const post = (message: Message): void => {
    if (!closed) channel.postMessage(message);
  };

  /** Takes the lock when it is free, or waits for it behind the others; `steal` takes it from whoever has it. */
  function stand(how: 'now' | 'queue' | 'steal'): Promise<void> {
    return new Promise((settled) => {
      const given = (granted: Lock | null): Promise<void> | void => {
        if (granted === null || closed) {
          settled();
          return;
        }
        lead();
        settled();
        return new Promise((resolve) => (endLead = resolve));
      };
      const asked =
        how === 'now'
          ? locks.request(lock, { ifAvailable: true }, given)
          : how === 'steal'
            ? locks.request(lock, { steal: true }, given)
            : locks.request(lock, given);
      asked.catch(() => {
        if (closed) return;
        // Another page took it: this one was frozen, or had nothing to give. Or there are no locks for this page at all.
        if (role === 'leads') deposed();
        else if (how === 'now') alone();
        settled();
      });
    });
  }

  function steal(): void {
    stolenAt = now();
    void stand('steal');
  }

  function lead(): void {
    role = 'leads';
    for (const { events } of links.values()) events.gone(4202, 'this page leads now');
    links.clear();
    options.connection().follow(false);
    post({ k: 'up' });
  }

  function deposed(): void {
    for (const member of members.keys()) hub.left(member);
    members.clear();
    follow();
  }

  function follow(): void {
    role = 'follows';
    options.connection().follow(true);
    void stand('queue');
  }

  /** The page that leads is somebody else's: this one stays by itself. */
  function alone(): void {
    role = 'alone';
    options.connection().follow(false);
  }

  channel.onmessage = ({ data }: MessageEvent) => {
    if (closed || !isMessage(data)) return;
    if ('from' in data) {
      if (role === 'leads') fromMember(data);
      return;
    }
    if (data.k === 'up') {
      // Whoever waits for its turn need not.
      if (role === 'follows') options.connection().follow(true);
      return;
    }
    for (const [id, link] of links) {
      const isFor =
        data.to === 'all' || (typeof data.to === 'string' ? data.to === id : data.to.includes(id));
      if (!isFor) continue;
      link.misses = 0;
      link.answered = true;
      unanswered = 0;
      fromLeader(id, link, data);
    }
  };

  function fromMember(data: Extract<Message, { from: string }>): void {
    const { from } = data;
    switch (data.k) {
      case 'hello':
        options.connection().start();
        // It asks again when it is told that there is a line.
        if (!upstream) return;
        if (upstream.identity === null || upstream.identity !== data.identity) {
          post({ k: 'refused', to: from });
          return;
        }
        members.set(from, now());
        post({ k: 'opened', to: from, through: options.connection().via() });
        post({
          k: 'frame',
          to: [from],
          frame: { ...upstream.ready, now: new Date(options.serverNow()).toISOString() },
        });
        for (const wanted of data.subs) hub.say(from, { t: 'sub', ...wanted });
        return;
      case 'say':
        if (!members.has(from)) return;
        members.set(from, now());
        hub.say(from, data.frame);
        return;
      case 'bye':
        members.delete(from);
        hub.left(from);
        return;
      case 'beat':
        if (members.has(from)) members.set(from, now());
        post({
          k: 'pulse',
          to: from,
          visible: options.isVisible(),
          live: upstream !== null && options.connection().isLive(),
        });
        return;
      default:
        data satisfies never;
    }
  }

  function fromLeader(id: string, link: Line, data: Exclude<Message, { from: string } | { k: 'up' }>): void {
    switch (data.k) {
      case 'opened':
        link.events.opened(data.through ?? undefined);
        return;
      case 'frame':
        link.events.frame(data.frame);
        return;
      case 'gone':
        links.delete(id);
        link.events.gone(data.code, 'the page that leads has no line');
        return;
      case 'refused':
        links.delete(id);
        alone();
        link.events.gone(4202, 'the page that leads is of somebody else');
        return;
      case 'pulse':
        link.idlers = !data.live && options.isVisible() ? link.idlers + 1 : 0;
        if (link.idlers < (data.visible ? PATIENCE : IDLERS)) return;
        if (now() - stolenAt >= STEAL_AGAIN_MS) steal();
        return;
      default:
        data satisfies never;
    }
  }

  function beat(): void {
    const time = now();
    for (const [member, heardAt] of members) {
      if (time - heardAt < MEMBER_MS) continue;
      members.delete(member);
      hub.left(member);
    }
    for (const [id, link] of links) {
      link.misses += 1;
      if (link.misses > MISSES) {
        steal();
        return;
      }
      post({ k: 'beat', from: id });
    }
  }

  const carrier: Carrier = {
    open({ token, subs }, events): Link {
      n += 1;
      const id = `${tab}:${n}`;
      const identity = identityOf(token);
      if (identity === null) {
        queueMicrotask(() => {
          alone();
          events.gone(4202, 'a token that does not say whose it is');
        });
        return { say: () => false, close: () => undefined };
      }
      if (unanswered >= UNANSWERED) {
        unanswered = 0;
        steal();
      }
      const link: Line = { events, misses: 0, idlers: 0, answered: false };
      links.set(id, link);
      post({ k: 'hello', from: id, identity, subs });
      post({ k: 'beat', from: id });
      return {
        say(frame) {
          if (!links.has(id)) return false;
          if (frame.t === 'pong' || frame.t === 'auth') return true;
          post({ k: 'say', from: id, frame });
          return true;
        },
        close() {
          if (!link.answered) unanswered += 1;
          if (links.delete(id)) post({ k: 'bye', from: id });
        },
      };
    },
  };

  return {
    carrier,
    /** Resolves once it is clear whether this page leads. */
    decide(): Promise<void> {
      beats ??= setInterval(beat, BEAT_MS);
      decided ??= stand('now').then(() => {
        if (role === 'none' && !closed) follow();
      });
      return decided;
    },
    /** This page's own words, beside those of the pages that go over it. */
    say: (frame: Said): boolean =>
      role === 'leads' ? hub.say(SELF, frame) : options.connection().say(frame),
    opening: (own: readonly Wanted[]): Wanted[] => (role === 'leads' ? hub.opening(own) : [...own]),
    /** A connection of this page's own is in use. */
    up(ready: Ready, token: string): void {
      if (role !== 'leads') return;
      const identity = identityOf(token);
      if (upstream !== null && upstream.identity !== identity) {
        // Somebody else speaks here now: whoever went over this page asks again, and is told so.
        for (const member of members.keys()) hub.left(member);
        members.clear();
        post({ k: 'gone', to: 'all', code: 4202 });
      }
      upstream = { ready, identity };
      hub.anew();
      for (const member of members.keys())
        post({ k: 'opened', to: member, through: options.connection().via() });
      post({ k: 'up' });
    },
    /** There is no connection any more; `code` says why. */
    down(code: number): void {
      if (upstream === null) return;
      upstream = null;
      for (const member of members.keys()) hub.left(member);
      members.clear();
      if (role === 'leads') post({ k: 'gone', to: 'all', code });
    },
    /** Passes a frame on; false when it is for other pages only. */
    frame(frame: Down, inUse: boolean): boolean {
      if (role !== 'leads' || frame.t === 'auth' || frame.t === 'bye' || frame.t === 'ready') return true;
      const to = hub.frame(frame, inUse);
      const others = to === 'all' ? [...members.keys()] : to.filter((member) => member !== SELF);
      if (others.length > 0) post({ k: 'frame', to: others, frame });
      if ('topic' in frame && frame.topic !== undefined) hub.again(frame.topic);
      return to === 'all' || to.includes(SELF) || !hub.hasOthers();
    },
    /** Somebody signed in: whether this page may go over another one is asked anew. */
    reconsider(): void {
      if (role !== 'alone' || closed) return;
      role = 'none';
      decided = null;
      void this.decide();
    },
    /** This page may look at nothing any more: it leads nobody. */
    resign(): void {
      if (role !== 'leads') return;
      this.down(4202);
      alone();
      endLead();
    },
    leads: (): boolean => role === 'leads',
    close(): void {
      if (closed) return;
      if (role === 'leads') post({ k: 'gone', to: 'all', code: 4202 });
      for (const id of links.keys()) post({ k: 'bye', from: id });
      closed = true;
      if (beats !== null) clearInterval(beats);
      links.clear();
      endLead();
      channel.close();
    },
  };
}

/**
 * What pages need to find each other: none of it where there are no locks (a plain-http origin, Node), where every page keeps a
 * connection of its own.
 */
export function shareLine(page: PageLine): Sharing | null {
  if (typeof document === 'undefined' || typeof BroadcastChannel === 'undefined') return null;
  if (!('locks' in navigator)) return null;
  return createSharing({
    ...page,
    locks: navigator.locks,
    channel: new BroadcastChannel(`heard-line:${page.name}`),
  });
}

/** Pages of one origin may be of different versions; what is not understood is not said to us. */
function isMessage(value: unknown): value is Message {
  return (
    typeof value === 'object' &&
    value !== null &&
    'k' in value &&
    typeof value.k === 'string' &&
    KINDS.has(value.k)
  );
}

const KINDS: ReadonlySet<string> = new Set<Message['k']>([
  'hello',
  'say',
  'bye',
  'beat',
  'pulse',
  'opened',
  'refused',
  'frame',
  'gone',
  'up',
]);
