import type { ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { LiveIcon, OfflineIcon, RefreshIcon } from './icons.tsx';
import { Num } from './marks.tsx';
import { exactText } from './time.ts';

/**
 * What a screen knows about its line. `provenAt` is when the server last proved the view (its clock, ms);
 * LIVE is never shown without it.
 */
export type Line = {
  state: 'connecting' | 'live' | 'catching' | 'polling' | 'offline';
  provenAt: number | null;
  /** Changes still to come while catching up. */
  behind?: number;
  /** Since when there is no line, ms. */
  since?: number;
  /** A question may stay open for 25 s before it is answered: until then no word is no bad word. */
  waits?: boolean;
};

const AMBER_AFTER = 10_000;
/** A quiet house is heard of every 15 s: while the line is live, doubt begins when that word is overdue. */
const OVERDUE_AFTER = 20_000;
/** An open question is answered after 25 s at the latest. */
const WAITED_AFTER = 28_000;
const RED_AFTER = 30_000;

/** How far the board may be trusted: `amber` from 10 s without proof (20 s on a live line, 28 s on an open question), `red` from 30 s. */
export function doubt(line: Line, now: number): 'none' | 'amber' | 'red' {
  if (line.provenAt === null) return line.state === 'offline' ? 'red' : 'none';
  const silent = now - line.provenAt;
  const patience = line.waits === true ? WAITED_AFTER : AMBER_AFTER;
  const amber = line.state === 'live' ? OVERDUE_AFTER : patience;
  return silent >= RED_AFTER ? 'red' : silent >= amber ? 'amber' : 'none';
}

/** The pill in every bar: state, and always the last time the server proved it. */
export function ConnectionPill({
  line,
  now,
  zone,
  short = false,
}: {
  line: Line;
  now: number;
  zone?: string;
  short?: boolean;
}): ReactElement {
  const proof = line.provenAt === null ? null : <Num>{exactText(line.provenAt, zone)}</Num>;
  if (doubt(line, now) === 'red' || line.state === 'offline') {
    const since = line.provenAt ?? line.since;
    return (
      <span className="conn conn-offline" role="status" data-line="offline">
        <OfflineIcon />
        {t('line.offline')}
        {since !== undefined && (
          <small>
            {t('line.since')} <Num>{exactText(since, zone)}</Num>
          </small>
        )}
      </span>
    );
  }
  if (line.state === 'polling') {
    return (
      <span className="conn conn-polling" role="status" data-line="polling">
        <RefreshIcon />
        {t('line.polling')}
        {line.provenAt !== null && (
          <small>{t('line.age', { seconds: Math.max(0, Math.round((now - line.provenAt) / 1000)) })}</small>
        )}
      </span>
    );
  }
  if (line.state === 'live' && proof !== null) {
    return (
      <span className="conn conn-live" role="status" data-line="live">
        <LiveIcon />
        {t('line.live')}
        <small>
          {!short && <span className="word">{t('line.server')} </span>}
          {proof}
        </small>
      </span>
    );
  }
  return (
    <span className="conn conn-catching" role="status" data-line={line.state}>
      <RefreshIcon />
      {line.state === 'catching' ? t('line.catching') : t('line.connecting')}
      {line.behind !== undefined && line.behind > 0 ? (
        <small>
          <Num>+{line.behind}</Num>
        </small>
      ) : (
        proof !== null && <small>{proof}</small>
      )}
    </span>
  );
}
