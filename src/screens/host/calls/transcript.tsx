import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { CallView } from '../../../domain/call/entities.ts';
import { isLive } from '../../../domain/call/state.ts';
import { useLive } from '../../../sdk/react/hooks.ts';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { ageText } from '../../ui/time.ts';
import { useStand } from '../desk.tsx';
import { type Spoken, wordsOf } from './spoken.ts';

/** Nearer to the end than this, whoever reads follows what is said. */
const FOLLOWS_PX = 40;

/**
 * The words, the newest last, as they are spoken. What is said in full is told to a screen reader once; a line that still
 * grows is not, or it would be read again at every word.
 */
export function Transcript({ call }: { call: CallView }): ReactElement {
  const { reach } = useStand();
  const live = useLive('host').get(`transcript:${call.id}`);
  const words = wordsOf(call, live, reach);
  const box = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  const lines = words.show === 'lines' ? words.lines : [];
  const last = lines.at(-1);

  useEffect(() => {
    if (follows && box.current && isLive(call)) box.current.scrollTop = box.current.scrollHeight;
  }, [follows, lines.length, last?.text, call]);

  if (words.show !== 'lines')
    return (
      <p className="cw-none" role="status" data-testid="words-none">
        {t(`calls.words.${words.show}`)}
      </p>
    );
  return (
    <div className="cw">
      <div
        className="cw-box"
        ref={box}
        role="log"
        aria-label={t('calls.words')}
        // What scrolls must be reachable by keys.
        tabIndex={0}
        data-testid="words"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          setFollows(scrollHeight - clientHeight - scrollTop < FOLLOWS_PX);
        }}
      >
        {lines.map((line, index) => (
          <Line key={index} line={line} call={call} />
        ))}
        {words.cut && <p className="cw-cut">{t('calls.words.more')}</p>}
      </div>
      {!follows && isLive(call) && (
        <Button className="cw-latest btn-small" look="edge" onPress={() => setFollows(true)}>
          {t('calls.latest')}
        </Button>
      )}
    </div>
  );
}

function Line({ line, call }: { line: Spoken; call: CallView }): ReactElement {
  const { who, text, at, final } = line;
  const name = nameOf(who, call);
  return (
    <div
      className={`t t-${who} ${final ? '' : 't-live'}`}
      aria-hidden={!final || undefined}
      data-testid="line"
      data-final={final}
    >
      <small>
        {final ? <bdi>{name}</bdi> : t('calls.speaking', { name })}
        {final && at !== null && (
          <>
            {' '}
            <Num>{ageText(at * 1000)}</Num>
          </>
        )}
      </small>
      <p dir="auto">
        {text}
        {!final && '…'}
      </p>
    </div>
  );
}

/** The caller by their first name; the person of the house by theirs. */
function nameOf(who: Spoken['who'], { guest, by }: CallView): string {
  if (who === 'caller') return guest?.name.trim().split(/\s+/)[0] ?? t('calls.who.caller');
  if (who === 'staff') return by ?? t('calls.who.staff');
  return t('calls.who.agent');
}
