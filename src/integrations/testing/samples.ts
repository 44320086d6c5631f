import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'samples');

/** A sample's bytes as they are signed. */
export function sampleBytes(path: string): Buffer {
  return readFileSync(join(FOLDER, path));
}

export function sample(path: string): unknown {
  return JSON.parse(sampleBytes(path).toString('utf8'));
}

export function samplesOf(folder: string): string[] {
  return readdirSync(join(FOLDER, folder)).toSorted();
}
