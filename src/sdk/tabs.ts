import { mintId } from './ids.ts';
import { openPromise } from './store.ts';

/** Which pages of this origin are open, so that only the dead ones' taps are taken over. */
export type Tab = {
  readonly id: string;
  /** The other pages that are open now; empty where nobody can tell. */
  others(): Promise<ReadonlySet<string>>;
  release(): void;
};

const PREFIX = 'heard-outbox:';

/**
 * A Web Lock that lives as long as the page does. Plain-http origins have none: there two pages may send the same
 * tap, which the server answers once and replays once.
 */
export function holdTab(shared: boolean): Tab {
  const id = mintId();
  const locks = shared && typeof navigator !== 'undefined' && 'locks' in navigator ? navigator.locks : null;
  const { promise: held, resolve: release } = openPromise<void>();
  if (locks) void locks.request(PREFIX + id, () => held).catch(() => undefined);
  return {
    id,
    async others() {
      const { held: all = [] } = (await locks?.query().catch(() => null)) ?? {};
      return new Set(
        all
          .map(({ name = '' }) => name)
          .filter((name) => name.startsWith(PREFIX))
          .map((name) => name.slice(PREFIX.length)),
      );
    },
    release: () => release(),
  };
}
