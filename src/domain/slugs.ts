/** `Crème brûlée` → `creme-brulee`; what has no letters of A to Z gets a number. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 60)
    .replaceAll(/-+$/g, '');
  return plain === '' ? 'no-1' : plain;
}

/** The name's slug, with a number behind it where somebody has it. */
export function uniqueSlug(name: string, taken: { has(id: string): boolean }): string {
  const slug = slugOf(name);
  if (!taken.has(slug)) return slug;
  for (let number = 2; ; number += 1) {
    const next = slug === 'no-1' ? `no-${number}` : `${slug}-${number}`;
    if (!taken.has(next)) return next;
  }
}
