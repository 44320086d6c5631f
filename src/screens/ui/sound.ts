/**
 * The six sounds, as notes: told apart by rhythm first, pitch second, in the gap between a kitchen's hum
 * (100 to 500 Hz) and its hiss (above 4 kHz). Pure: `play.ts` gives the notes to a speaker.
 */

export type SoundName = 'new' | 'addOn' | 'change' | 'rush' | 'late' | 'lost';

export type Note = {
  /** Hz. */
  pitch: number;
  /** From the sound's start, ms. */
  at: number;
  /** ms. */
  lasts: number;
  wave: OscillatorType;
  /** Share of the octave above, 0 to 1. */
  octave?: number;
  /** Low-pass, Hz. */
  lowPass?: number;
  /** Tremolo, Hz. */
  tremolo?: number;
};

/** Highest first: when several wait, one plays. */
export const PRIORITY: readonly SoundName[] = ['lost', 'rush', 'change', 'new', 'addOn', 'late'];

/** No two sounds start closer together, ms; a burst plays once. */
export const MINIMUM_GAP = 1500;

const SOUNDS: Record<SoundName, readonly Note[]> = {
  new: [
    { pitch: 880, at: 0, lasts: 120, wave: 'sine', octave: 0.3 },
    { pitch: 1319, at: 120, lasts: 220, wave: 'sine', octave: 0.3 },
  ],
  addOn: [
    { pitch: 1319, at: 0, lasts: 90, wave: 'sine' },
    { pitch: 1319, at: 150, lasts: 90, wave: 'sine' },
  ],
  change: [
    { pitch: 988, at: 0, lasts: 160, wave: 'triangle' },
    { pitch: 659, at: 160, lasts: 260, wave: 'triangle' },
  ],
  rush: [0, 110, 220].map((at) => ({ pitch: 1568, at, lasts: 70, wave: 'square' as const, lowPass: 3000 })),
  late: [0, 500].map((at) => ({ pitch: 740, at, lasts: 350, wave: 'triangle' as const, tremolo: 6 })),
  lost: [523, 392, 262].map((pitch, step) => ({
    pitch,
    at: step * 200,
    lasts: 200,
    wave: 'sawtooth' as const,
    lowPass: 1200,
  })),
};

export function notesOf(name: SoundName): readonly Note[] {
  return SOUNDS[name];
}

/** How long a sound lasts, ms. */
export function lengthOf(name: SoundName): number {
  return Math.max(...SOUNDS[name].map((note) => note.at + note.lasts));
}

/** After how many ms a sound comes again while its cause stands; null: never. Rush comes again once. */
export const REPEAT: Record<SoundName, { every: number; times: number } | null> = {
  new: { every: 20_000, times: Infinity },
  addOn: null,
  change: { every: 20_000, times: Infinity },
  rush: { every: 20_000, times: 1 },
  late: null,
  lost: { every: 60_000, times: Infinity },
};

/** A change that nobody tapped for 30 s gets 6 dB more. */
const LOUDER_AFTER = 30_000;

/** A reason to sound: a ticket's id, or `line` for a lost connection. */
export type Ring = { cause: string; name: SoundName; since: number; played: number; lastAt: number | null };

export type Bell = { rings: readonly Ring[]; lastAt: number | null };

export const silent: Bell = { rings: [], lastAt: null };

/** A cause asks for a sound; the same cause with the same sound asks once. `since`: it has stood for longer than this page knows. */
export function ring(bell: Bell, cause: string, name: SoundName, now: number, since = now): Bell {
  if (bell.rings.some((other) => other.cause === cause && other.name === name)) return bell;
  return { ...bell, rings: [...bell.rings, { cause, name, since, played: 0, lastAt: null }] };
}

/** Touched, or gone: its repeats stop at once. */
export function hush(bell: Bell, cause: string, name?: SoundName): Bell {
  const rings = bell.rings.filter(
    (other) => other.cause !== cause || (name !== undefined && other.name !== name),
  );
  return rings.length === bell.rings.length ? bell : { ...bell, rings };
}

export type Sounded = { name: SoundName; louder: boolean };

/**
 * What to play now, if anything. All causes of the same sound are served by one playing; what waited while a
 * stronger one played comes after the gap, so that a burst is at most one of each kind.
 */
export function strike(bell: Bell, now: number): { bell: Bell; sound: Sounded | null } {
  if (bell.lastAt !== null && now - bell.lastAt < MINIMUM_GAP) return { bell, sound: null };
  const isDue = (one: Ring): boolean => {
    if (one.lastAt === null) return true;
    const again = REPEAT[one.name];
    return again !== null && one.played <= again.times && now - one.lastAt >= again.every;
  };
  const name = PRIORITY.find((candidate) => bell.rings.some((one) => one.name === candidate && isDue(one)));
  if (name === undefined) return { bell, sound: null };
  const served = bell.rings.filter((one) => one.name === name && isDue(one));
  const louder = name === 'change' && served.some((one) => now - one.since >= LOUDER_AFTER);
  const rings = bell.rings
    .map((one) => (served.includes(one) ? { ...one, played: one.played + 1, lastAt: now } : one))
    .filter((one) => REPEAT[one.name] !== null || one.played === 0);
  return { bell: { rings, lastAt: now }, sound: { name, louder } };
}
