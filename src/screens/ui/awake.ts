import { useEffect, useState } from 'react';
import { tellAwake } from './abilities.ts';

/** Keeps the screen lit while it is looked at. False: it may go to sleep, and the board says so. */
export function useAwake(): boolean {
  const [awake, setAwake] = useState(true);
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const acquire = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return;
      try {
        const got = await navigator.wakeLock.request('screen');
        if (over) return void got.release();
        lock = got;
        setAwake(true);
        tellAwake(true);
      } catch {
        // No secure origin, a low battery, or a browser without it.
        if (!over) setAwake(false);
        tellAwake(false);
      }
    };
    const whenSeen = (): void => void acquire();
    void acquire();
    document.addEventListener('visibilitychange', whenSeen);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', whenSeen);
      void lock?.release();
    };
  }, []);
  return awake;
}
