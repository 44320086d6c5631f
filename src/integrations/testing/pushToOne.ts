import type { LocationState } from '../../domain/state.ts';
import type { PushService } from '../../testkit/pushService.ts';
import { pushKeys } from '../push/keys.ts';
import { type PushStore, createPushJob } from '../push/pushJob.ts';

/** The keys of the tests' server. */
export const PUSH_KEYS = pushKeys('a secret of the tests, and of nobody else');

/** The job that calls managers, where one browser has asked for it: the one behind `service`. */
export function pushToOne(
  service: PushService,
  kitchen: { readonly state: LocationState; readonly now: number },
  more: {
    readonly store?: Partial<PushStore>;
    readonly keys?: typeof PUSH_KEYS;
    readonly lateMs?: number;
  } = {},
): ReturnType<typeof createPushJob> {
  return createPushJob({
    open: async () => kitchen,
    store: {
      list: async () => [service.subscription],
      remove: async () => undefined,
      failed: async () => undefined,
      ...more.store,
    },
    keys: more.keys ?? PUSH_KEYS,
    subject: 'mailto:owner@example.com',
    now: () => kitchen.now + (more.lateMs ?? 0),
    tls: { ca: service.ca },
  });
}
