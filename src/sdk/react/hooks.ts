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
  OutboxView,
  Outbox,
  Painted,
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
  return useStore(useHeard().view(topic));
}

/** Counts and other live data of a topic by `kind:id`. */
export function useLive(topic: string): LiveData {
  return useStore(useHeard().live(topic));
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
  const tell = useCallback(() => {
    if (cursor !== null)
      heard.painted(topic, cursor, { visible: document.visibilityState === 'visible', ...latest.current });
  }, [heard, topic, cursor]);
  useEffect(() => {
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(tell);
    });
    const whenSeen = () => {
      if (document.visibilityState !== 'visible') return;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(tell);
    };
    document.addEventListener('visibilitychange', whenSeen);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener('visibilitychange', whenSeen);
    };
  }, [tell, worth]);
}

function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}
