import { Suspense, lazy, type ComponentProps, type ReactElement } from 'react';
import { alsoSay } from '../i18n/say.ts';
import type { EightySixSheet } from './eightySixSheet.tsx';

/** The sheet of one dish, loaded with its words when the first is opened: a kitchen's page has no room to carry it from the start. */
const Late = lazy(async () => {
  const [{ EightySixSheet: Loaded }] = await Promise.all([
    import('./eightySixSheet.tsx'),
    import('../i18n/stock.ts').then(({ stockWords }) => alsoSay(stockWords)),
  ]);
  return { default: Loaded };
});

export function EightySix(props: ComponentProps<typeof EightySixSheet>): ReactElement {
  return (
    <Suspense fallback={null}>
      <Late {...props} />
    </Suspense>
  );
}
