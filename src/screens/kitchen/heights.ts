import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Card } from './flow.ts';

/**
 * Real heights of cards: a card that was never drawn like this is drawn once, out of sight, at a column's width,
 * and measured before the page is painted. Everything else comes from memory.
 */

/** `key` names everything the height depends on, save the column's width; the clock is not among it. */
export type Measurable = { id: string; key: string };
type Measured<T> = { cards: Card[]; missing: T[]; box: RefObject<HTMLDivElement | null>; strip: number };

const identities = new WeakMap<object, number>();
let identityCount = 0;

/** A number for a view as it is now: views are replaced, never changed. */
export function identity(view: object): number {
  let known = identities.get(view);
  if (known === undefined) {
    known = identityCount += 1;
    identities.set(view, known);
  }
  return known;
}

/** The heights of `items` on a ground of this width, density and language; `missing` are to be drawn into `box`. */
export function useHeights<T extends Measurable>(items: readonly T[], ground: string): Measured<T> {
  const byKey = useRef(new Map<string, Card>());
  const byId = useRef(new Map<string, Card>());
  const box = useRef<HTMLDivElement>(null);
  const strip = useRef(45);
  const [fonts, setFonts] = useState(0);
  const [, redraw] = useState(0);
  const full = `${ground}|${fonts}`;

  // Text is measured with the face it will be read in.
  useEffect(() => {
    let over = false;
    const loaded = (): void => {
      if (!over) setFonts((count) => count + 1);
    };
    document.fonts.addEventListener('loadingdone', loaded);
    return () => {
      over = true;
      document.fonts.removeEventListener('loadingdone', loaded);
    };
  }, []);

  const missing = items.filter((item) => !byKey.current.has(`${item.id}|${item.key}|${full}`));
  useLayoutEffect(() => {
    if (missing.length === 0 || box.current === null) return;
    const drawn = new Map([...box.current.querySelectorAll<HTMLElement>('article')].map((article) => [article.dataset['card'], article]));
    const kept = new Map<string, Card>();
    for (const item of items) {
      const key = `${item.id}|${item.key}|${full}`;
      const known = byKey.current.get(key);
      const article = drawn.get(item.id);
      const card = known ?? (article === undefined ? undefined : measure(item.id, article));
      if (card === undefined) continue;
      kept.set(key, card);
      byId.current.set(card.id, card);
    }
    byKey.current = kept;
    const sample = box.current.querySelector<HTMLElement>('.contb');
    if (sample !== null) strip.current = sample.offsetHeight;
    redraw((count) => count + 1);
  });

  // Until it is measured anew, a known card keeps the place it had.
  const cards = items.flatMap((item) => byKey.current.get(`${item.id}|${item.key}|${full}`) ?? byId.current.get(item.id) ?? []);
  return { cards, missing, box, strip: strip.current + 4 };
}

function measure(id: string, article: HTMLElement): Card {
  const lines = article.querySelector<HTMLElement>('.lns');
  const rows = lines === null ? [] : [...lines.children].map((row) => row.getBoundingClientRect().height);
  const whole = article.getBoundingClientRect();
  const head = lines === null ? 0 : lines.getBoundingClientRect().y - whole.y;
  const body = rows.reduce((sum, row) => sum + row, 0);
  return { id, head, rows, foot: whole.height - head - body };
}
