/** A question with its values apart from its words; one may stand within another. */
export type Sql = { readonly words: readonly string[]; readonly values: readonly unknown[] };

/** sql`select … where day = ${day}`: values become parameters, an Sql becomes part of the words. */
export function sql(words: TemplateStringsArray, ...parts: readonly (Sql | string | number | null)[]): Sql {
  const said: string[] = [words[0] ?? ''];
  const values: unknown[] = [];
  for (const [index, part] of parts.entries()) {
    const after = words[index + 1] ?? '';
    if (typeof part === 'object' && part !== null) {
      const [first = '', ...rest] = part.words;
      said[said.length - 1] += first;
      said.push(...rest);
      said[said.length - 1] += after;
      values.push(...part.values);
    } else {
      said.push(after);
      values.push(part);
    }
  }
  return { words: said, values };
}

/** As `pg` takes it. */
export function asked({ words, values }: Sql): { text: string; values: unknown[] } {
  return {
    text: words.reduce((text, word, index) => `${text}$${index}${word}`),
    values: [...values],
  };
}
