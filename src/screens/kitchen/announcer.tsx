import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';

/** For those who listen to the page: new tickets politely and not more often than every 3 s, late and offline at once. */
export function Announcer({
  open,
  late,
  offline,
}: {
  open: readonly TicketView[];
  late: number;
  offline: boolean;
}): ReactElement {
  const [said, setSaid] = useState('');
  const known = useRef<ReadonlySet<string> | null>(null);
  const fresh = useRef(0);
  useEffect(() => {
    const before = known.current;
    if (before !== null) fresh.current += open.filter((ticket) => !before.has(ticket.id)).length;
    known.current = new Set(open.map((ticket) => ticket.id));
  }, [open]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (fresh.current === 0) return;
      setSaid(t('kitchen.newAnnounce', { count: fresh.current }));
      fresh.current = 0;
    }, 3000);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <div className="sr-only" role="status" aria-live="polite">
        {said}
      </div>
      <div className="sr-only" role="alert">
        {offline ? t('line.offline') : late > 0 ? t('kitchen.late', { count: late }) : ''}
      </div>
    </>
  );
}
