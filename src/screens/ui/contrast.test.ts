import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** WCAG 2 ratios of the tokens, and their distance as a deuteranope sees them (Machado 2009, ΔE CIE76). */

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

function theme(name: string): Record<string, string> {
  const colours: Record<string, string> = {};
  for (const [, selector = '', body = ''] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!selector.includes(name)) continue;
    for (const [, token = '', colour = ''] of body.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})/g))
      colours[token] = colour;
  }
  return colours;
}

const linear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const rgb = (hex: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
const dot = (row: number[], values: number[]): number =>
  row.reduce((sum, factor, index) => sum + factor * (values[index] ?? 0), 0);
const luminance = (hex: string): number => dot([0.2126, 0.7152, 0.0722], rgb(hex).map(linear));

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const DEUTERANOPE = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
];

function asSeen(hex: string): number[] {
  const light = rgb(hex).map(linear);
  return DEUTERANOPE.map((row) => Math.min(1, Math.max(0, dot(row, light))));
}

function lab(light: number[]): number[] {
  const f = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = f(dot([0.4124, 0.3576, 0.1805], light) / 0.95047);
  const y = f(dot([0.2126, 0.7152, 0.0722], light));
  const z = f(dot([0.0193, 0.1192, 0.9505], light) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (one: number[], other: number[]): number =>
  Math.hypot(...lab(one).map((value, index) => value - (lab(other)[index] ?? 0)));

const TEXT: [text: string, ground: string][] = [
  ['text', 'bg'],
  ['text', 'card'],
  ['text', 'raised'],
  ['text-2', 'card'],
  ['text-2', 'raised'],
  ['text-3', 'card'],
  ['text-3', 'bg'],
  ['text-3', 'raised'],
  ['on-inverse', 'inverse'],
  ['heard', 'card'],
  ['heard', 'heard-soft'],
  ['on-heard', 'heard'],
  ['on-soon', 'soon'],
  ['soon-text', 'card'],
  ['soon-text', 'soon-soft'],
  ['late-text', 'card'],
  ['late-text', 'raised'],
  ['late-text', 'late-soft'],
  ['on-late', 'late'],
  ['removed', 'card'],
  ['on-removed', 'removed'],
  ['added', 'card'],
  ['on-added', 'added'],
  ['on-allergy', 'allergy'],
  ['allergy', 'allergy-soft'],
  ['unmapped', 'card'],
  ['info', 'info-soft'],
  ['type-dine', 'card'],
  ['type-takeout', 'card'],
  ['type-delivery', 'card'],
  ['type-counter', 'card'],
  ['type-phone', 'card'],
];
/** Names, quantities, modifiers and money: as strict on a tablet as in the kitchen. */
const STRICT_ON_TABLET: [string, string][] = [
  ['text', 'card'],
  ['text-2', 'card'],
  ['removed', 'card'],
  ['added', 'card'],
];

describe('the colours of the tokens', () => {
  const kitchen = theme('kitchen');
  const tablet = theme('tablet');

  it('[S1] kitchen text stands at 7:1 or more on its ground', () => {
    for (const [text, ground] of TEXT)
      expect(contrast(kitchen[text]!, kitchen[ground]!), `${text} on ${ground}`).toBeGreaterThanOrEqual(7);
  });

  it('[S1] tablet text stands at 4.5:1 or more, names and modifiers at 7:1', () => {
    for (const [text, ground] of TEXT)
      expect(contrast(tablet[text]!, tablet[ground]!), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    for (const [text, ground] of STRICT_ON_TABLET)
      expect(contrast(tablet[text]!, tablet[ground]!), `${text} on ${ground}`).toBeGreaterThanOrEqual(7);
  });

  it('[S1] the edges of controls and the focus ring stand at 3:1 or more', () => {
    for (const colours of [kitchen, tablet]) {
      for (const [edge, ground] of [
        ['edge', 'card'],
        ['edge', 'bg'],
        ['focus', 'card'],
      ] as const)
        expect(contrast(colours[edge]!, colours[ground]!), `${edge} on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  });

  it('[S1] both themes define the same tokens, so that no part may know its theme', () => {
    expect(Object.keys(tablet).sort()).toEqual(Object.keys(kitchen).sort());
  });

  it('[S2] urgency, allergy and signs stay apart for a deuteranope', () => {
    const pairs = [
      ['raised', 'soon'],
      ['soon', 'late'],
      ['raised', 'late'],
      ['late', 'allergy'],
      ['removed', 'added'],
    ] as const;
    for (const [one, other] of pairs)
      expect(
        distance(asSeen(kitchen[one]!), asSeen(kitchen[other]!)),
        `${one} : ${other}`,
      ).toBeGreaterThanOrEqual(30);
  });

  it('[S1] the measure itself is right: black on white is 21, grey #767676 on white 4.54', () => {
    expect(contrast('#000000', '#FFFFFF')).toBeCloseTo(21, 5);
    expect(contrast('#767676', '#FFFFFF')).toBeCloseTo(4.54, 2);
  });
});
