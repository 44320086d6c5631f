/**
 * The weight that a header such as Accept or Accept-Encoding gives to one name: 0 where it does not name it, or refuses it by
 * `q=0`. Wildcards name nothing: whoever takes anything gets what is sent by default.
 */
export function weightOf(header: string | readonly string[] | undefined, name: string): number {
  for (const part of String(header ?? '').split(',')) {
    const [said, ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
    if (said !== name) continue;
    const weight = parameters.find((one) => one.startsWith('q='));
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0;
  }
  return 0;
}
