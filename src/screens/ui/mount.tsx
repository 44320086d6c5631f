import { StrictMode, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { startShell } from '../shell/shell.ts';
import { Words, type Area } from '../i18n/words.tsx';
import { Boundary } from './boundary.tsx';

/** Starts a page: words first, then the screen inside the boundary that catches its faults. */
export function mount(areas: readonly Area[], screen: ReactElement): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no #root.');
  startShell();
  createRoot(root).render(
    <StrictMode>
      <Words areas={areas}>
        <Boundary>{screen}</Boundary>
      </Words>
    </StrictMode>,
  );
}
