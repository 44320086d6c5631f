/** Seconds as people type them: `12` is twelve minutes, `12:30` has seconds. */

export function readDuration(said: string): number | null {
  const match = /^(\d{1,4})(?::([0-5]\d))?$/.exec(said);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2] ?? 0);
}

export function writeDuration(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
