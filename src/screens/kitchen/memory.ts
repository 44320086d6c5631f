import { useCallback, useState } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import { allergyKey } from './tickets.ts';

/** What this screen remembers of its own: who saw which allergies, how large the cards are. */

const SEEN = 'heard.allergies';
const DENSITY = 'heard.density';

function readSeen(): Record<string, { band: string; by: string }> {
  try {
    return JSON.parse(sessionStorage.getItem(SEEN) ?? '{}') as Record<string, { band: string; by: string }>;
  } catch {
    return {};
  }
}

/** Allergies seen here. Another allergy on the same ticket is another band, open again. */
export function useSeenAllergies(): {
  seenBy: (ticket: TicketView) => string | null;
  see: (ticket: TicketView, by: string) => void;
} {
  const [seen, setSeen] = useState(readSeen);
  const seenBy = useCallback(
    (ticket: TicketView): string | null => {
      const one = seen[ticket.id];
      return one !== undefined && one.band === allergyKey(ticket) ? one.by : null;
    },
    [seen],
  );
  const see = useCallback((ticket: TicketView, by: string) => {
    setSeen((before) => {
      // The last few hundred are more than a shift has open.
      const kept = Object.entries(before).slice(-300);
      const after = { ...Object.fromEntries(kept), [ticket.id]: { band: allergyKey(ticket), by } };
      try {
        sessionStorage.setItem(SEEN, JSON.stringify(after));
      } catch {
        // Remembered for as long as the page.
      }
      return after;
    });
  }, []);
  return { seenBy, see };
}

const LEAST = 0.8;
const MOST = 1.6;

/** A− and A+ of the device. `usual` holds until somebody chose. */
export function useDensity(usual: number): { density: number; step: (by: 1 | -1) => void } {
  const [chosen, setChosen] = useState<number | null>(() => {
    try {
      const stored = Number(localStorage.getItem(DENSITY) ?? Number.NaN);
      return stored >= LEAST && stored <= MOST ? stored : null;
    } catch {
      return null;
    }
  });
  const density = chosen ?? usual;
  const step = useCallback(
    (by: 1 | -1) => {
      const next = Math.round(Math.min(MOST, Math.max(LEAST, density + by * 0.1)) * 100) / 100;
      setChosen(next);
      try {
        localStorage.setItem(DENSITY, String(next));
      } catch {
        // Kept for as long as the page.
      }
    },
    [density],
  );
  return { density, step };
}
