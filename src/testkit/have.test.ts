import { describe, expect, it } from 'vitest';
import { findProgram } from './have.ts';

describe('what the machine has', () => {
  it('finds a program in the system folders without PATH', () => {
    const path = process.env['PATH'];
    try {
      process.env['PATH'] = '';
      expect(findProgram('sh')).toMatch(/\/sh$/);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('says undefined for a program that is nowhere, and takes the first name that is', () => {
    expect(findProgram('no-such-program-of-heard')).toBeUndefined();
    expect(findProgram('no-such-program-of-heard', 'sh')).toMatch(/\/sh$/);
  });
});
