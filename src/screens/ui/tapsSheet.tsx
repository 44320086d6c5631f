import type { ReactElement } from 'react';
import type { Pending, Refused } from '../../sdk/shapes.ts';
import { useOutbox } from '../../sdk/react/hooks.ts';
import { t, type MessageKey } from '../i18n/words.tsx';
import { Button } from './button.tsx';
import { Sheet } from './sheet.tsx';
import { clockText } from './time.ts';

/** How a tap is called on a list: by what it was about. */
export function tapName(name: string): MessageKey {
  if (name === 'ticket.bump') return 'tap.bump';
  if (name === 'item.ready' || name === 'item.unready') return 'tap.ready';
  const [group] = name.split('.');
  const names: { readonly [group: string]: MessageKey } = {
    order: 'tap.order',
    item: 'tap.item',
    ticket: 'tap.ticket',
    menu: 'tap.menu',
    table: 'tap.table',
    reservation: 'tap.booking',
    waitlist: 'tap.booking',
    call: 'tap.call',
    message: 'tap.call',
    channel: 'tap.channel',
    stock: 'tap.stock',
  };
  return names[group ?? ''] ?? 'tap.other';
}

/** Taps that do not go by themselves: they ask, wait for their person, or were refused. */
export function needsALook({ state }: Pick<Pending, 'state'>): boolean {
  return state === 'stale' || state === 'held';
}

function stateWords({ state, who, kept }: Pending): string {
  const words =
    state === 'stale'
      ? t('taps.stale')
      : state === 'held'
        ? t('taps.held', { name: who ?? t('taps.somebody') })
        : t('taps.unsent');
  return kept ? words : `${words} ${t('taps.memory')}`;
}

/**
 * Everything that has not reached the server, and what it refused while nobody was looking. `nameOf` says which ticket or
 * order a tap was about, where the page knows it.
 */
export function TapsSheet({
  onClose,
  nameOf,
  zone,
}: {
  onClose: () => void;
  nameOf?: (input: unknown) => string | null;
  zone?: string | undefined;
}): ReactElement {
  const outbox = useOutbox();
  const about = (one: Pending | Refused): ReactElement => {
    const name = nameOf?.(one.input) ?? null;
    return (
      <b>
        {clockText(one.tappedAt, zone)} · {t(tapName(one.name))}
        {name !== null && <bdi> · {name}</bdi>}
      </b>
    );
  };
  const waiting = outbox.pending.filter(({ state }) => state !== 'sending');
  return (
    <Sheet title={t('taps.title')} onClose={onClose}>
      <div className="flex flex-col gap-4" data-testid="taps">
        {waiting.length + outbox.refused.length === 0 && <p>{t('taps.none')}</p>}
        {outbox.refused.map((one) => (
          <div key={one.id} className="flex items-center gap-3" data-testid="tap" data-state={one.reason}>
            <p className="grow">
              {about(one)}
              <br />
              {one.reason === 'expired'
                ? t('taps.expired')
                : t('taps.refused', { detail: one.problem.detail })}
            </p>
            <Button onPress={() => outbox.dismiss(one.id)} testId="tap-seen">
              {t('taps.dismiss')}
            </Button>
          </div>
        ))}
        {waiting.map((one) => (
          <div key={one.id} className="flex items-center gap-3" data-testid="tap" data-state={one.state}>
            <p className="grow">
              {about(one)}
              <br />
              {stateWords(one)}
            </p>
            {one.state !== 'held' && (
              <Button onPress={() => (one.state === 'stale' ? outbox.confirm(one.id) : outbox.flush())}>
                {t('taps.send')}
              </Button>
            )}
            {one.attempts === 0 && one.state !== 'held' && (
              <Button look="plain" onPress={() => void outbox.discard(one.id)} testId="tap-back">
                {t('taps.takeBack')}
              </Button>
            )}
          </div>
        ))}
      </div>
    </Sheet>
  );
}
