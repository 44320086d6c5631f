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

/** What was measured, by what it looked like and by whose it was. */
function createHeights() {
  let byKey = new Map<string, Card>();
  const byId = new Map<string, Card>();
  let strip = 45;
  return {
    strip: () => strip,
    has: (key: string) => byKey.has(key),
    /** Until it is measured anew, a known card keeps the height it had. */
    find: (key: string, id: string) => byKey.get(key) ?? byId.get(id),
    /** Takes in what stands in `box`, and forgets looks that nothing has any more. */
    measure(items: readonly (Measurable & { look: string })[], box: HTMLElement): void {
      const drawn = new Map(
        [...box.querySelectorAll<HTMLElement>('article')].map((article) => [
          article.dataset['card'],
          article,
        ]),
      );
      const kept = new Map<string, Card>();
      for (const { id, look } of items) {
        const article = drawn.get(id);
        const card = byKey.get(look) ?? (article === undefined ? undefined : measureCard(id, article));
        if (card === undefined) continue;
        kept.set(look, card);
        byId.set(id, card);
      }
      byKey = kept;
      const sample = box.querySelector<HTMLElement>('.contb');
      if (sample !== null) strip = sample.offsetHeight;
    },
  };
}

/** The heights of `items` on a ground of this width, density and language; `missing` are to be drawn into `box`. */
export function useHeights<T extends Measurable>(items: readonly T[], ground: string): Measured<T> {
  const [heights] = useState(createHeights);
  const box = useRef<HTMLDivElement>(null);
  const [fonts, setFonts] = useState(0);
  const [, redraw] = useState(0);

  // Text is measured with the face it will be read in.
  useEffect(() => {
    const loaded = (): void => setFonts((count) => count + 1);
    document.fonts.addEventListener('loadingdone', loaded);
    return () => document.fonts.removeEventListener('loadingdone', loaded);
  }, []);

  const looks = items.map((item) => ({
    id: item.id,
    key: item.key,
    look: `${item.id}|${item.key}|${ground}|${fonts}`,
  }));
  const missing = items.filter((_, index) => !heights.has(looks[index]?.look ?? ''));
  const wanted = looks.map((one) => one.look).join('\n');
  const isMissing = missing.length > 0;
  useLayoutEffect(() => {
    if (!isMissing || box.current === null) return;
    heights.measure(looks, box.current);
    redraw((count) => count + 1);
    // `wanted` stands for the looks, which are a new array at each draw.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [heights, wanted, isMissing]);

  const cards = looks.flatMap(({ id, look }) => heights.find(look, id) ?? []);
  // Above and below a part there is a dotted edge as well.
  return { cards, missing, box, strip: heights.strip() + 4 };
}

function measureCard(id: string, article: HTMLElement): Card {
  const lines = article.querySelector<HTMLElement>('.lns');
  const rows = lines === null ? [] : [...lines.children].map((row) => row.getBoundingClientRect().height);
  const whole = article.getBoundingClientRect();
  const head = lines === null ? 0 : lines.getBoundingClientRect().y - whole.y;
  const body = rows.reduce((sum, row) => sum + row, 0);
  return { id, head, rows, foot: whole.height - head - body };
}
