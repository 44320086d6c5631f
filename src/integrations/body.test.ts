import { describe, expect, it } from 'vitest';
import { readBody } from './body.ts';

describe('a stranger’s body', () => {
  it('[IN7] is JSON or a form, or undefined for what is neither, and never an error', () => {
    const json = (text: string | Buffer) => readBody('application/json', Buffer.from(text));
    expect(json('{"a":[1,null]}')).toEqual({ a: [1, null] });
    expect(json('null')).toBeNull();
    for (const bad of ['', '{', '{"a":1,}', 'NaN', '\ufeff{', Buffer.from([0x22, 0xff, 0x22])])
      expect(json(bad)).toBeUndefined();
    expect(json('['.repeat(500_000))).toBeUndefined();
    expect(json(`${'['.repeat(40)}${']'.repeat(40)}`)).toBeUndefined();
    expect(json(`${'['.repeat(30)}${']'.repeat(30)}`)).toBeDefined();
    expect(readBody(undefined, Buffer.from('{"a":1}'))).toEqual({ a: 1 });
    expect(
      readBody('application/x-www-form-urlencoded; charset=utf-8', Buffer.from('A=1&B=%2B1&A=2&C=%zz')),
    ).toEqual({ A: '2', B: '+1', C: '%zz' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(json('{"__proto__":{"polluted":1}}')).toBeDefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
