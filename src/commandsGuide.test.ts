import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandInputs } from './domain/commands.ts';
import { entity } from './domain/entities.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../docs/guide/commands.md'), 'utf8');
const words = new Set([...GUIDE.matchAll(/`([^`]+)`/g)].map(([, word]) => word));

describe('the reference of commands, topics and rights', () => {
  it('[H40] names every command and every kind of entity, and no command that is none', () => {
    expect(Object.keys(commandInputs).filter((name) => !words.has(name))).toEqual([]);
    const kinds = entity.options.map(({ shape }) => shape.kind.value);
    expect(kinds.filter((kind) => !words.has(kind))).toEqual([]);
    const families = new Set(Object.keys(commandInputs).map((name) => name.split('.')[0]));
    const said = [...words].filter(
      (word) => /^[a-z]+\.[a-zA-Z]+$/.test(word ?? '') && families.has(word?.split('.')[0]),
    );
    expect(said.filter((name) => !(name !== undefined && name in commandInputs))).toEqual([]);
  });
});
