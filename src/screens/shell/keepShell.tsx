import { useEffect, type ReactElement } from 'react';
import { useConnection, useOutbox } from '../../sdk/react/hooks.ts';
import { keepUp, lookForUpdate, updates } from './shell.ts';

const EVERY_MS = 5000;

/** Brings a page to a new version once nothing of it is under way. Draws nothing. */
export function KeepShell(): ReactElement | null {
  const { pending } = useOutbox();
  const { reconnects, rules } = useConnection();
  useReloadHold('taps under way', pending.length > 0);
  useEffect(() => {
    if (reconnects > 0 || rules === 'different') lookForUpdate();
  }, [reconnects, rules]);
  useEffect(() => {
    const timer = setInterval(keepUp, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return null;
}

/** Keeps the page at its version while `on`: whatever a reload would take from the person before it. */
export function useReloadHold(reason: string, on: boolean): void {
  useEffect(() => {
    updates.hold(reason, on);
    return () => updates.hold(reason, false);
  }, [reason, on]);
}
