import { createRandom } from '../../testkit/sim/random.ts';
import type { Secrets } from '../provider.ts';
import type { SimDelivery, SimWorld } from '../simulation.ts';

/** The world of a telephone agent's simulator, for tests: no time passes but what a test lets pass. */
export type VoiceWorld = SimWorld & {
  readonly sent: readonly SimDelivery[];
  readonly said: readonly string[];
};

export function voiceWorld(options: {
  readonly secrets: Secrets;
  readonly deliver: SimWorld['deliver'];
  readonly now: () => number;
  readonly seed?: number;
  readonly hook?: string;
  readonly self?: string;
  readonly menu?: SimWorld['menu'];
  readonly sleep?: SimWorld['sleep'];
}): VoiceWorld {
  const random = createRandom(options.seed ?? 1);
  const sent: SimDelivery[] = [];
  const said: string[] = [];
  return {
    sent,
    said,
    secrets: options.secrets,
    store: '',
    self: options.self ?? 'https://sim.example',
    hook: options.hook ?? '',
    now: options.now,
    random: () => random.below(1_000_000) / 1_000_000,
    deliver: async (delivery) => {
      sent.push(delivery);
      return options.deliver(delivery);
    },
    sleep: options.sleep ?? (async () => undefined),
    menu: options.menu ?? [],
    listed: [],
    say: (text) => void said.push(text),
  };
}
