/** @jsxImportSource preact */
import type { ComponentChildren, VNode } from 'preact';
import { type MessageKey, type Values, partsOf } from '../i18n/say.ts';

/** The few drawings of the guest's page, and words with something drawn between them. */

const PATHS = {
  brand: ['M18 6 7 17l-5-5', 'm22 10-7.5 7.5L13 16'],
  check: ['M20 6 9 17l-5-5'],
  live: [
    'M16.247 7.761a6 6 0 0 1 0 8.478',
    'M19.075 4.933a10 10 0 0 1 0 14.134',
    'M4.925 19.067a10 10 0 0 1 0-14.134',
    'M7.753 16.239a6 6 0 0 1 0-8.478',
    'M14 12a2 2 0 1 1-4 0 2 2 0 0 1 4 0',
  ],
  refresh: [
    'M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8',
    'M21 3v5h-5',
    'M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16',
    'M8 16H3v5',
  ],
  alert: ['M12 8v4', 'M12 16h.01', 'M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0'],
  bike: [
    'M22 17.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0',
    'M9 17.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0',
    'M16 5a1 1 0 1 1-2 0 1 1 0 0 1 2 0',
    'M12 17.5V14l-3-3 4-3 2 3h2',
  ],
  house: ['M3 9.5 12 3l9 6.5', 'M5 9v11h14V9', 'M10 20v-6h4v6'],
  pin: [
    'M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 0',
    'M15 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0',
  ],
  phone: [
    'M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384',
  ],
  add: ['M4.5 12h15', 'M12 4.5v15'],
  remove: ['M4.5 12h15'],
} as const;

/** Mute: the word beside it speaks. */
export function Icon({ of, stroke = 2.25 }: { of: keyof typeof PATHS; stroke?: number }): VNode {
  return (
    <svg class="i" viewBox="0 0 24 24" stroke-width={stroke} aria-hidden="true" focusable="false">
      {PATHS[of].map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}

/** Half of the ring: under way. */
export function Half(): VNode {
  return (
    <svg class="i" viewBox="0 0 24 24" stroke-width={0} aria-hidden="true" focusable="false">
      <path d="M12 2a10 10 0 0 1 0 20z" fill="currentColor" />
    </svg>
  );
}

/** A number, a time, a code: read from left to right in every language. */
export function Num({ children }: { children: ComponentChildren }): VNode {
  return (
    <bdi dir="ltr" class="n">
      {children}
    </bdi>
  );
}

/** A message with tags; each is drawn by the function of its name, other text as it is. */
export function Rich({
  id,
  values,
  tags,
}: {
  id: MessageKey;
  values?: Values;
  tags: Record<string, (text: string) => VNode>;
}): VNode {
  return (
    <>
      {partsOf(id, values).map(({ tag, text }) => {
        const draw = tag === null ? undefined : tags[tag];
        return draw ? draw(text) : text;
      })}
    </>
  );
}
