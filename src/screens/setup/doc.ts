import type { Json } from '../../domain/documents.ts';

/**
 * A configuration while it is worked on: JSON that may be half of one. Fields are named by their path as the server names
 * them (`stations.0.late`), so that a finding leads to its field.
 */

export type Step = string | number;
export type Path = readonly Step[];

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function valueAt(doc: Json | undefined, path: Path): Json | undefined {
  let here: Json | undefined = doc;
  for (const step of path) {
    if (isList(here)) here = here[Number(step)];
    else here = isRecord(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  }
  return here;
}

export function listOf(doc: Json | undefined, path: Path): readonly Json[] {
  const found = valueAt(doc, path);
  return isList(found) ? found : [];
}

export function wordsOf(doc: Json | undefined, path: Path): string {
  const found = valueAt(doc, path);
  return typeof found === 'string' ? found : '';
}

/** A whole number, also one that somebody has only begun to type wrongly is none. */
export function numberOf(doc: Json | undefined, path: Path): number | undefined {
  const found = valueAt(doc, path);
  return typeof found === 'number' ? found : undefined;
}

export function textsOf(doc: Json | undefined, path: Path): string[] {
  return listOf(doc, path).filter((one) => typeof one === 'string');
}

/** The document with another value at its place; undefined takes it away. What is missing on the way is made. */
export function withValue(doc: Json | undefined, path: Path, value: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (typeof step === 'number') {
    const list = isList(doc) ? [...doc] : [];
    if (rest.length === 0 && value === undefined) return list.toSpliced(step, 1);
    list[step] = withValue(list[step], rest, value);
    return list;
  }
  const record = isRecord(doc) ? { ...doc } : {};
  if (rest.length === 0 && value === undefined) {
    Reflect.deleteProperty(record, step);
    return record;
  }
  return { ...record, [step]: withValue(record[step], rest, value) };
}

/** The same, where members of lists are named by their ids as a comparison names them. */
export function withMember(doc: Json, ids: readonly string[], value: Json | undefined): Json {
  const path: Step[] = [];
  let here: Json | undefined = doc;
  for (const id of ids) {
    if (isList(here)) {
      const found: number = here.findIndex((one) => idOf(one) === id);
      const index: number = found === -1 ? here.length : found;
      if (found === -1 && value === undefined) return doc;
      path.push(index);
      here = here[index];
    } else {
      path.push(id);
      here = isRecord(here) ? here[id] : undefined;
    }
  }
  return withValue(doc, path, value);
}

/** The member of a list that a comparison calls so, all the way down; undefined where it is not. */
export function memberAt(doc: Json | undefined, ids: readonly string[]): Json | undefined {
  let here: Json | undefined = doc;
  for (const id of ids) {
    if (isList(here)) here = here.find((one) => idOf(one) === id);
    else here = isRecord(here) && Object.hasOwn(here, id) ? here[id] : undefined;
  }
  return here;
}

export function idOf(one: Json | undefined): string {
  const id = isRecord(one) ? (one['id'] ?? one['number']) : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '';
}

/** What it is called; its id where it has no name. */
export function nameOf(one: Json | undefined): string {
  const name = isRecord(one) ? one['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : idOf(one);
}

export type Named = { readonly id: string; readonly name: string };

export function namedAt(doc: Json | undefined, path: Path): Named[] {
  return listOf(doc, path).map((one) => ({ id: idOf(one), name: nameOf(one) }));
}

/** The members of a list with one of them a place further up or down. */
export function moved(list: readonly Json[], index: number, by: -1 | 1): readonly Json[] {
  const [one, two] = [list[index], list[index + by]];
  if (one === undefined || two === undefined) return list;
  return list.with(index, two).with(index + by, one);
}
