import { useState, type ReactElement } from 'react';
import { useConnection, useHeard, useServerNow } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';

/** Under 300 ms nothing; then what it waits for, in seconds. Never outlines and an old LIVE. */
export function Loading(): ReactElement {
  const { serverNow } = useHeard();
  const now = useServerNow(500);
  const connection = useConnection();
  const [since] = useState(serverNow);
  const waited = Math.max(0, now - since);
  return (
    <main className="stage" role="status">
      {waited > 300 && (
        <p className="text-lg text-text-2">
          {connection.word === 'offline'
            ? t('load.offline')
            : t('load.asking', { seconds: Math.floor(waited / 1000) })}
        </p>
      )}
    </main>
  );
}
