import type { ReservationView, WaitlistView } from '../../domain/booking/entities.ts';
import { t } from '../i18n/say.ts';
import { type BarLook, isLate, lookOf, minutesLate } from './day.ts';

/** The word of a state: never colour alone. */

export function statusWord(one: ReservationView, now: number): string {
  switch (one.status) {
    case 'partially_arrived':
      return t('host.partHere', { here: one.here ?? 0, party: one.party });
    case 'cancelled':
    case 'declined':
    case 'expired':
    case 'left':
      return t(`host.status.${one.status}`);
    default:
      return isLate(one, now)
        ? t('host.lateBy', { minutes: minutesLate(one, now) })
        : t(`host.bar.${lookOf(one, now) satisfies BarLook}`);
  }
}

export function waitWord(one: WaitlistView): string {
  return t(`host.wait.${one.status}`);
}
