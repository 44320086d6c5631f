/**
 * Looks at progress, not at life: a node whose state stays behind a log that it can read is of no use to anybody, however
 * well it answers. After 30 s it asks for no more work; after as long again it ends, to be started afresh.
 */
export type WatchdogOptions = {
  /** For how long the slowest location has known of events that it has not taken, in ms. */
  readonly behindMs: () => number;
  readonly report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** Nothing helped. Called once. */
  readonly onWedged: (reason: string) => void;
};

export type Watchdog = {
  /** Why this node should get no work; null while all is well. */
  readonly reason: string | null;
  start(): void;
  stop(): void;
};

export const UNREADY_AFTER_MS = 30_000;
export const WEDGED_AFTER_MS = 60_000;
const LOOK_MS = 1_000;

export function createWatchdog({ behindMs, report, onWedged }: WatchdogOptions): Watchdog {
  let timer: NodeJS.Timeout | undefined;
  let reason: string | null = null;
  let over = false;

  function look(): void {
    const behind = behindMs();
    const words =
      behind < UNREADY_AFTER_MS ? null : `a location is ${Math.round(behind / 1000)} s behind its log`;
    if (words !== null && reason === null) report('alert: this node falls behind', { reason: words });
    if (words === null && reason !== null) report('this node has caught up', {});
    reason = words;
    if (behind < WEDGED_AFTER_MS || over || words === null) return;
    over = true;
    report('alert: this node does not catch up and ends', { reason: words });
    onWedged(words);
  }

  return {
    get reason() {
      return reason;
    },
    start() {
      timer = setInterval(look, LOOK_MS).unref();
    },
    stop: () => clearInterval(timer),
  };
}
