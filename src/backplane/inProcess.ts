import { randomBytes } from 'node:crypto';
import type { Backplane, Listener } from './types.ts';

/** Nodes of one process, for a server alone (there is nobody to talk to) and for tests (several in one process). */
export type Hub = {
  connect(): Backplane;
  /** Cuts everybody off, as when Redis goes away, or lets them meet again. */
  setUp(isUp: boolean): void;
};

type Member = { readonly node: string; readonly listener: Listener };

export function createHub(): Hub {
  const channels = new Map<string, Set<Member>>();
  const changes = new Set<(isUp: boolean) => void>();
  const members = new Set<Member>();
  let nodes = 0;
  let isUp = true;

  return {
    setUp(up) {
      if (up === isUp) return;
      isUp = up;
      for (const change of changes) change(up);
      if (up) for (const { listener } of members) listener.joined?.();
    },
    connect() {
      const node = nodeName();
      nodes += 1;
      const own = new Set<() => void>();
      return {
        node,
        get isUp() {
          return isUp;
        },
        get isAlone() {
          return nodes < 2;
        },
        join(channel, listener) {
          const member = { node, listener };
          const there = channels.get(channel) ?? new Set();
          channels.set(channel, there.add(member));
          members.add(member);
          queueMicrotask(() => {
            if (isUp && there.has(member)) listener.joined?.();
          });
          const leave = (): void => {
            own.delete(leave);
            members.delete(member);
            there.delete(member);
            if (there.size === 0 && channels.get(channel) === there) channels.delete(channel);
          };
          own.add(leave);
          return leave;
        },
        say(channel, text) {
          if (!isUp) return;
          const there = [...(channels.get(channel) ?? [])].filter((member) => member.node !== node);
          // Later, as everywhere else: whoever speaks has finished its own step when the others hear of it.
          setImmediate(() => {
            for (const member of there) if (members.has(member)) member.listener.heard(text, node);
          });
        },
        isHeard: (channel) => [...(channels.get(channel) ?? [])].some((member) => member.node !== node),
        onChange: (listener) => void changes.add(listener),
        start: () => undefined,
        stop: async () => {
          for (const leave of own) leave();
          nodes -= 1;
        },
      };
    },
  };
}

/** Random, and short: it precedes every word. */
export function nodeName(): string {
  return randomBytes(6).toString('base64url');
}
