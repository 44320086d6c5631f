import { putsThrough } from '../../domain/channel/evolve.ts';
import {
  type ChannelRequest,
  type OutgoingAnswer,
  ProviderRefused,
  type ProviderTools,
  TryLater,
} from '../provider.ts';

/** Somebody of the house wants to speak: the provider is asked to put the caller through to the stand. */

/** `call.takeOver`: a person speaks from now on; `call.transfer`: it rings at the stand. To a provider both are a transfer. */
export function isHandOver({ act }: ChannelRequest): boolean {
  return putsThrough(act);
}

/** The provider's own name for the call; null when the request names none. */
export function callOfRequest({ externalId }: ChannelRequest): string | null {
  return typeof externalId === 'string' && externalId !== '' ? externalId : null;
}

/** The number at which somebody of the house answers: the channel's own, never the one that callers dial. */
export function standNumber({ secrets }: Pick<ProviderTools, 'secrets'>): string | null {
  const number = (secrets['transferTo'] ?? '').replaceAll(/[^\d+]/g, '');
  return /^\+\d{6,15}$/.test(number) ? number : null;
}

/**
 * Busy providers are asked again; a call that is over, or a key that is not taken, is not. The caller is not lost by it:
 * what nobody answers within 20 s goes back to the machine and asks to be rung back.
 */
export function checkHandOver({ status }: Pick<OutgoingAnswer, 'status'>, name: string): void {
  if (status >= 500 || status === 429) throw new TryLater(`${name} answered ${status}`);
  if (status >= 300) throw new ProviderRefused(`${name} answered ${status}`, String(status));
}
