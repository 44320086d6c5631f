/**
 * Which requests of a page the shell answers, and from what. Only pages and their own files: whatever speaks of orders
 * (`/v1`, sockets, `/metrics`) always goes to the server, so that nothing old is ever taken for the truth.
 */
export type ShellAnswer =
  /** The page itself: from the server, and where that is silent from what is kept under `key`. */
  | { how: 'page'; key: string }
  /** A file named by its content, or one that belongs to this version: what is kept is what the server has. */
  | { how: 'file'; key: string };

/** Null: none of the shell's business. `files` are the paths that the shell keeps, pages as `/kitchen/index.html`. */
export function shellAnswer(
  request: { method: string; path: string; navigates: boolean },
  files: ReadonlySet<string>,
): ShellAnswer | null {
  const { method, path, navigates } = request;
  if (method !== 'GET') return null;
  if (navigates) {
    const key = `/${path.split('/')[1] || 'home'}/index.html`;
    return files.has(key) ? { how: 'page', key } : null;
  }
  return path.startsWith('/assets/') || (files.has(path) && !path.endsWith('.html'))
    ? { how: 'file', key: path }
    : null;
}
