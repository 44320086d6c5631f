/**
 * The rung of the ladder that last worked for this server, for as long as the tab lives: a page that is reloaded behind the
 * same proxy does not fall down the same stairs again. Where nothing can be kept, nothing is.
 */
export function rememberRung(origin: string): { load(): number; save(rung: number): void } {
  const key = `heard.rung.${origin}`;
  const storage = (): Storage | null =>
    typeof window !== 'undefined' && typeof sessionStorage !== 'undefined' ? sessionStorage : null;
  return {
    load() {
      try {
        return Number(storage()?.getItem(key) ?? 0);
      } catch {
        return 0;
      }
    },
    save(rung) {
      try {
        storage()?.setItem(key, String(rung));
      } catch {
        // Forbidden or full: the next page begins at the top.
      }
    },
  };
}
