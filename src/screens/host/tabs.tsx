import type { ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Num } from '../ui/marks.tsx';
import { toDo } from './calls/board.ts';
import { useStand } from './desk.tsx';

export type Tab = 'day' | 'wait' | 'list' | 'floor' | 'calls';

/** What the stand can look at. On a phone who waits is a tab of its own: below the day there is no room for both. */
export function Tabs({
  tab,
  phone,
  onTab,
}: {
  tab: Tab;
  phone: boolean;
  onTab: (tab: Tab) => void;
}): ReactElement {
  const { tasks, line } = useStand();
  const calls = toDo(tasks.values()).length;
  const shown: readonly (readonly [Tab, number, string])[] = [
    ['day', 0, ''],
    ...(phone ? [['wait', line.length, t('host.waitCount', { count: line.length })] as const] : []),
    ['list', 0, ''],
    ['floor', 0, ''],
    ['calls', calls, t('calls.toDoCount', { count: calls })],
  ];
  return (
    <nav className="seg" aria-label={t('nav.pages')}>
      {shown.map(([one, count, words]) => (
        <button
          key={one}
          type="button"
          aria-pressed={tab === one}
          data-testid={`tab-${one}`}
          onClick={() => onTab(one)}
        >
          {one === 'calls' ? t('calls.tab') : t(`host.tab.${one}`)}
          {count > 0 && (
            <span className="seg-count">
              <Num>{count}</Num>
              <span className="sr-only">{words}</span>
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}
