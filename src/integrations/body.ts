/** A stranger's body as something that can be looked into, without believing any of it. */

const MOST_DEPTH = 32;

/**
 * JSON, or the fields of a form by `content-type` (of a field that comes twice the last). Undefined for an empty body and
 * for what cannot be read: not UTF-8, not JSON, nested deeper than 32 levels. Never throws.
 */
export function readBody(contentType: string | undefined, raw: Buffer): unknown {
  if (raw.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    return undefined;
  }
  if (/^\s*application\/x-www-form-urlencoded\b/i.test(contentType ?? ''))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return isShallow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Walks level by level: a body of a megabyte of brackets must not end the process. */
function isShallow(root: unknown): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (depth >= MOST_DEPTH) return false;
      for (const below of Object.values(value)) if (typeof below === 'object') next.push(below);
    }
    level = next;
  }
  return true;
}
