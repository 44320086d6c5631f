import { knownAs } from '../../domain/call/guest.ts';
import { serviceTime, wallOf } from '../../domain/zone.ts';
import type { ProviderTools } from '../provider.ts';
import { sayDay, sayTime } from './sayings.ts';
import type { Here } from './when.ts';
import { toInstant } from '../../domain/text.ts';

/**
 * What an agent should know before it says a word, as the variables of its prompt: where it is, what day it is there, and
 * whose number calls. All are text: providers take nothing else.
 */
export async function welcomeVariables(
  tools: ProviderTools,
  from: string | null,
): Promise<Readonly<Record<string, string>>> {
  const state = await tools.state();
  const { config } = tools;
  const now = tools.now();
  const here: Here = { state, now, language: config.language };
  const guest = knownAs(state, from ?? undefined);
  return {
    location_name: config.name,
    language: config.language,
    timezone: config.timezone,
    // The date on the wall: models know no today.
    today: wallOf(config.timezone, now).day,
    today_spoken: sayDay(wallOf(config.timezone, now).day, here),
    time_now: sayTime(toInstant(now), here),
    business_day: serviceTime(config, now).day,
    guest_name: guest?.name ?? '',
    guest_visits: String(guest?.visits ?? 0),
  };
}
