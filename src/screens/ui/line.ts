import type { ConnectionView, View } from '../../sdk/shapes.ts';
import type { Line } from './connection.tsx';

/** What the pill shows, from what the connection knows and when the shown topic was last proved. */
export function lineOf(connection: ConnectionView, view: Pick<View, 'freshness'> | null): Line {
  const provenAt = view === null ? connection.lastProofAt : view.freshness;
  const base = { provenAt, since: connection.since };
  switch (connection.word) {
    case 'live':
      return { ...base, state: 'live' };
    case 'catching_up':
      return { ...base, state: 'catching', behind: connection.behind };
    case 'polling':
      return { ...base, state: 'polling', waits: connection.through === 'long_poll' };
    case 'connecting':
      return { ...base, state: 'connecting' };
    case 'offline':
    case 'blocked':
      return { ...base, state: 'offline' };
  }
}
