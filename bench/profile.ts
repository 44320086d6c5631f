import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where the server's time goes: V8's own profile of one run, added up by part of the house. */

export const PROFILE_DIR = join(import.meta.dirname, '.cache', 'profile');

type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
};

export function clearProfiles(): void {
  rmSync(PROFILE_DIR, { recursive: true, force: true });
  mkdirSync(PROFILE_DIR, { recursive: true });
}

/** Whose code a frame is: a folder of `src`, a package, Node itself, the collector. */
function partOf({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  const ours = /\/src\/(\w+)(?:\/|\.ts)/.exec(url)?.[1];
  if (ours !== undefined && !url.includes('node_modules')) return ours;
  const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (name !== undefined) return name;
  if (url.startsWith('node:')) return url.replace(/^node:(internal\/)?/, 'node ').split('/')[0] ?? 'node';
  return functionName.startsWith('(') ? functionName : 'node native';
}

/** Lines of text: the parts by their share of the busy time, then the functions. */
export function describeProfiles(): string[] {
  const parts = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  for (const file of readdirSync(PROFILE_DIR)) {
    const profile: Profile = JSON.parse(readFileSync(join(PROFILE_DIR, file), 'utf8'));
    const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
    for (const [index, id] of profile.samples.entries()) {
      const frame = frames.get(id);
      const micros = profile.timeDeltas[index] ?? 0;
      if (!frame || frame.functionName === '(idle)') continue;
      busy += micros;
      const part = partOf(frame);
      parts.set(part, (parts.get(part) ?? 0) + micros);
      const name = `${frame.functionName || '(anonymous)'} ${frame.url.split('/').slice(-2).join('/')}:${frame.lineNumber + 1}`;
      functions.set(name, (functions.get(name) ?? 0) + micros);
    }
  }
  const top = (of: Map<string, number>, count: number): string[] =>
    [...of]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, count)
      .map(([name, micros]) => `${((100 * micros) / busy).toFixed(1).padStart(5)} %  ${name}`);
  return [
    `the server was busy for ${(busy / 1_000_000).toFixed(1)} s; by part:`,
    ...top(parts, 22),
    'by function:',
    ...top(functions, 30),
  ];
}
