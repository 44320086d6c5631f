import { useEffect, useRef, useState } from 'react';
import { useAsk } from '../calls.ts';
import { readPage, type Page } from '../deliveries/deliveries.ts';
import { readLinks, type Link } from './links.ts';

/** The links and what of their deliveries is not done, asked for again while somebody looks. */

const EVERY_MS = 5_000;

export type Links = {
  /** Null: asked for, and not there yet. */
  readonly links: readonly Link[] | null;
  /** Of all channels together. */
  readonly open: Page['open'] | null;
  /** The last time it was asked for, no answer came. */
  readonly failed: boolean;
};

export function useLinks(): Links {
  const ask = useAsk();
  const [links, setLinks] = useState<readonly Link[] | null>(null);
  const [open, setOpen] = useState<Page['open'] | null>(null);
  const [failed, setFailed] = useState(false);
  const busy = useRef(false);
  useEffect(() => {
    let over = false;
    const look = async (): Promise<void> => {
      if (busy.current || document.visibilityState !== 'visible') return;
      busy.current = true;
      const [all, page] = await Promise.all([ask('/links', readLinks), ask('/deliveries?limit=1', readPage)]);
      busy.current = false;
      if (over) return;
      setFailed(!all.ok || !page.ok);
      if (all.ok) setLinks(all.body);
      if (page.ok) setOpen(page.body.open);
    };
    void look();
    const timer = setInterval(() => void look(), EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [ask]);
  return { links, open, failed };
}
