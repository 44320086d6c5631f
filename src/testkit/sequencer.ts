import { basename } from 'node:path';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/**
 * What takes longest begins first, or the others have ended and the machine stands idle while it goes on. A fresh
 * clone knows no times, and the size of a file says little: these are the files that take longest.
 */
const FIRST = [
  'sim.test.ts',
  'mutants.test.ts',
  'proxies.test.ts',
  'book.properties.test.ts',
  'embedded.pg.test.ts',
  'kill9.pg.test.ts',
  'told.pg.test.ts',
  'heard.pg.test.ts',
  'track.e2e.ts',
  'ladder.e2e.ts',
  'life.e2e.ts',
  'print.e2e.ts',
  'transports.e2e.ts',
  'doors.e2e.ts',
  'looks.e2e.ts',
  'kitchen.browser.test.ts',
  'manager.e2e.ts',
  'setup.e2e.ts',
  'platforms.e2e.ts',
  'kill9.e2e.ts',
  'spine.e2e.ts',
  'restored.e2e.ts',
  'insecure.e2e.ts',
];

/** The order of the files: what is known to be long, then by vitest's own measure. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = FIRST.indexOf(basename(moduleId));
      return place === -1 ? FIRST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
