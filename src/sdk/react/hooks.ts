import {
  createContext,
  createElement,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { ReactNode } from 'react';
import type {
  Change,
  ConnectionView,
  Heard,
  LiveData,
  Nudge,
  OutboxView,
  Outbox,
  Painted,
  Repair,
  SendCommand,
  Store,
  View,
} from '../shapes.ts';

/** Heard in React: each hook listens to one store, so a screen paints only for what it shows. */

const HeardContext = createContext<Heard | null>(null);

/** Gives one location's client to the screens below. Whoever made the client closes it. */
export function HeardProvider({ heard, children }: { heard: Heard; children?: ReactNode }) {
  return createElement(HeardContext.Provider, { value: heard }, children);
}

/** The client itself. Throws outside a HeardProvider. */
export function useHeard(): Heard {
  const heard = useContext(HeardContext);
  if (!heard) throw new Error('useHeard and its siblings need a <HeardProvider> above them.');
  return heard;
}

/** A topic: `station:grill`, `kitchen`, `pos`, `floor`. Subscribed while something shows it. */
export function useView(topic: string): View {
  return usePaced(useHeard().view(topic));
}

/** Counts and other live data of a topic by `kind:id`. */
export function useLive(topic: string): LiveData {
  return usePaced(useHeard().live(topic));
}

export function useConnection(): ConnectionView {
  return useStore(useHeard().connection);
}

/** Send a command: `const sent = command('ticket.bump', { ticket, version })`, then `await sent` for the answer. */
export function useCommand(): SendCommand {
  return useHeard().command;
}

/** What is on its way, with `confirm`, `discard`, `dismiss` and `flush`. */
export function useOutbox(): OutboxView & Pick<Outbox, 'confirm' | 'discard' | 'dismiss' | 'flush'> {
  const { outbox } = useHeard();
  return {
    ...useStore(outbox),
    confirm: outbox.confirm,
    discard: outbox.discard,
    dismiss: outbox.dismiss,
    flush: outbox.flush,
  };
}

/** The time by the server's clock in milliseconds, anew every `interval` ms, on its full multiples so that all timers step together. */
export function useServerNow(interval = 1000): number {
  const { serverNow } = useHeard();
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const step = () => {
      const time = serverNow();
      setNow(time);
      timer = setTimeout(step, interval - (time % interval) + 1);
    };
    step();
    return () => clearTimeout(timer);
  }, [serverNow, interval]);
  return now;
}

/** Calls for every change of a topic, once each: where sounds and highlights start. */
export function useChanges(topic: string, listener: (change: Change) => void): void {
  const heard = useHeard();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => heard.onChange(topic, (change) => latest.current(change)), [heard, topic]);
}

/** Calls when a ticket of this screen's topics is unheard: chime for it once more. */
export function useNudges(listener: (nudge: Nudge) => void): void {
  const heard = useHeard();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => heard.onNudge((nudge) => latest.current(nudge)), [heard]);
}

/** Calls when a copy was found to differ from the server's, and was replaced. */
export function useRepaired(listener: (repair: Repair) => void): void {
  const heard = useHeard();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => heard.onRepaired((repair) => latest.current(repair)), [heard]);
}

/**
 * Says that the topic is painted, each time it is: call it in the component that paints it, with the view it painted.
 * Two animation frames after React's commit the pixels are out. A hidden page gets no frames, so it acknowledges when it is seen again.
 */
export function useAcknowledge(
  topic: string,
  view: Pick<View, 'cursor'>,
  how: { audio: Painted['audio']; behind?: readonly string[] },
): void {
  const heard = useHeard();
  const { cursor } = view;
  const latest = useRef(how);
  useEffect(() => {
    latest.current = how;
  });
  // What stands behind `+n more`, and whether anybody could hear a chime, change what the paint is worth.
  const worth = `${how.audio}|${how.behind?.join() ?? ''}`;
  const painting = useRef<Painting>({ committed: null, frame: 0 });
  useEffect(() => {
    const own = painting.current;
    own.committed = cursor;
    // A paint on its way is let out before the next begins: in a rush the next commit always comes before it.
    if (own.frame === 0) tellWhenPainted(own, (painted) => tell(heard, topic, painted, latest.current));
  }, [heard, topic, cursor, worth]);
  useEffect(() => {
    const own = painting.current;
    const whenSeen = () => {
      if (document.visibilityState !== 'visible') return;
      cancelAnimationFrame(own.frame);
      tellWhenPainted(own, (painted) => tell(heard, topic, painted, latest.current));
    };
    document.addEventListener('visibilitychange', whenSeen);
    return () => {
      cancelAnimationFrame(own.frame);
      own.frame = 0;
      document.removeEventListener('visibilitychange', whenSeen);
    };
  }, [heard, topic]);
}

/** The newest cursor that React committed, and the animation frame that will prove it painted (0: none). */
type Painting = { committed: string | null; frame: number };

function tellWhenPainted(own: Painting, say: (cursor: string) => void): void {
  const cursor = own.committed;
  own.frame = requestAnimationFrame(() => {
    own.frame = requestAnimationFrame(() => {
      own.frame = 0;
      if (cursor !== null) say(cursor);
      if (own.committed !== cursor) tellWhenPainted(own, say);
    });
  });
}

function tell(
  heard: Heard,
  topic: string,
  cursor: string,
  how: { audio: Painted['audio']; behind?: readonly string[] },
): void {
  heard.painted(topic, cursor, { visible: document.visibilityState === 'visible', ...how });
}

/** A page without frames (hidden, or behind another window) is told this late. */
const WITHOUT_FRAMES_MS = 250;

/**
 * A store that may change many times between two pictures: React draws once for each picture, with the newest value.
 * Drawing once for each frame of the feed put a board seconds behind in a rush.
 */
function usePaced<T>(store: Store<T>): T {
  const subscribe = useCallback(
    (listener: () => void) => {
      let frame = 0;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const draw = () => {
        cancelAnimationFrame(frame);
        clearTimeout(timer);
        frame = 0;
        listener();
      };
      const leave = store.subscribe(() => {
        if (frame !== 0) return;
        frame = requestAnimationFrame(draw);
        timer = setTimeout(draw, WITHOUT_FRAMES_MS);
      });
      return () => {
        leave();
        cancelAnimationFrame(frame);
        clearTimeout(timer);
      };
    },
    [store],
  );
  return useSyncExternalStore(subscribe, store.get, store.get);
}

function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}
