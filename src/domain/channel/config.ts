import { z } from 'zod';
import { slug, words } from '../text.ts';

const external = words(128);

/**
 * A door to the outside: a delivery platform, a courier service or a telephone agent. What is secret about it (keys, the
 * unguessable address of its webhooks) is with the accounts, never here.
 */
export const channelConfig = z.strictObject({
  id: slug,
  /** The folder of its adapter: `uber-eats`, `doordash`, `retell`. */
  provider: slug,
  name: words(60),
  /** The platform's own name for this restaurant. */
  store: words(128).optional(),
  /** Says yes as soon as every station has heard the order; false: somebody has to. */
  autoAccept: z.boolean().default(true),
  /** Minutes that the food takes: what the platform is promised, and how long before its time a scheduled order fires. */
  prepMinutes: z.int().min(1).max(240).default(20),
  /** Their id -> ours, where their menu does not carry ours. */
  items: z
    .array(z.strictObject({ external, item: slug }))
    .max(5000)
    .default([]),
  /** The same of options. `removal`: theirs takes something off (`No onion`); `option` may be left out then. */
  options: z
    .array(
      z
        .strictObject({ external, option: slug.optional(), removal: z.boolean().default(false) })
        .refine(({ option, removal }) => option !== undefined || removal, {
          message: 'name an option of the menu, or say that it is a removal',
          path: ['option'],
        }),
    )
    .max(5000)
    .default([]),
});
export type ChannelConfig = z.infer<typeof channelConfig>;

const VOICE = new Set(['retell', 'vapi', 'elevenlabs', 'bland', 'twilio']);
const COURIERS = new Set(['doordash-drive']);

/** What comes through it; the rules ask nothing of a telephone that only a platform can do. */
export function channelKind(provider: string): 'orders' | 'courier' | 'voice' {
  if (VOICE.has(provider)) return 'voice';
  return COURIERS.has(provider) ? 'courier' : 'orders';
}
