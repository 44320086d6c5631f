import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { CardModel } from './card.tsx';
import type { Card } from './flow.ts';

/**
 * Real heights of cards: a card that was never drawn like this is drawn once, out of sight, at a column's width,
 * and measured before the page is painted. Everything else comes from memory.
 */

type Measured = { cards: Card[]; missing: CardModel[]; box: RefObject<HTMLDivElement | null>; strip: number };

const identities = new WeakMap<object, number>();
let identityCount = 0;

/** A number for a view as it is now: views are replaced, never changed. */
function identity(view: object): number {
  let known = identities.get(view);
  if (known === undefined) {
    known = identityCount += 1;
    identities.set(view, known);
  }
  return known;
}

/** What a card's height depends on; changes of the clock are not among it. */
function keyOf(model: CardModel, ground: string): string {
  return [identity(model.ticket), model.lines.length, model.urgency, model.allergySeen ?? '-', model.allergyOpen, model.unsentBump !== null, ground].join('|');
}

export function useHeights(models: readonly CardModel[], ground: string): Measured {
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

  const missing = models.filter((model) => !byKey.current.has(keyOf(model, full)));
  useLayoutEffect(() => {
    if (missing.length === 0 || box.current === null) return;
    const drawn = new Map([...box.current.querySelectorAll<HTMLElement>('article')].map((article) => [article.dataset['ticket'], article]));
    const kept = new Map<string, Card>();
    for (const model of models) {
      const key = keyOf(model, full);
      const known = byKey.current.get(key);
      const article = drawn.get(model.ticket.id);
      const card = known ?? (article === undefined ? undefined : measure(model.ticket.id, article));
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
  const cards = models.flatMap((model) => byKey.current.get(keyOf(model, full)) ?? byId.current.get(model.ticket.id) ?? []);
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
