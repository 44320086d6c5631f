import { acceptByMs, isAwaiting } from '../../domain/channel/platform.ts';
import { isOpen } from '../../domain/order.ts';
import type { LocationState } from '../../domain/state.ts';

/** An order that its platform takes back unless somebody says yes: what a manager's browser is called about. */

export type OfferCall = { readonly offer: string };
/** What the service worker shows. */
export type OfferPayload = {
  readonly kind: 'offer';
  readonly location: string;
  readonly place: string;
  readonly order: string;
  readonly number: string;
  readonly platform: string;
  readonly leftS: number;
};

/** Null: it has its answer, and nobody needs to be called. */
export function offerPayload(
  location: string,
  state: LocationState,
  { offer }: OfferCall,
  now: number,
): OfferPayload | null {
  const order = state.orders.get(offer);
  const platform = order?.platform;
  const acceptBy = platform === undefined ? null : acceptByMs(platform);
  if (!order || !platform || acceptBy === null || !isAwaiting(platform) || !isOpen(order)) return null;
  if (acceptBy <= now) return null;
  return {
    kind: 'offer',
    location,
    place: state.config?.name ?? location,
    order: order.id,
    number: order.displayId ?? `#${order.number}`,
    platform: platform.name,
    leftS: Math.round((acceptBy - now) / 1000),
  };
}
