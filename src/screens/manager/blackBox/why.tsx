import { useEffect, useState, type ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { Tag } from '../../ui/tag.tsx';
import { ageText, clockText, exactText } from '../../ui/time.ts';
import { readStory, type StoryAnswer } from '../answers.ts';
import { useAsk } from '../calls.ts';
import { sentenceText } from '../story.tsx';
import { type Cause, type LateDay, type LateTicket, readCause, readLate } from './past.ts';

/** What stands beside the board: why a ticket took so long, the lines of that minute, and the tickets that were late that day. */

const SAYS = [
  'late',
  'inTime',
  'open',
  'cancelled',
  'heard',
  'unheard',
  'started',
  'notStarted',
  'others',
  'changed',
  'ready',
  'recalled',
  'passed',
] as const;
const SECONDS = ['after', 'over', 'total', 'limit', 'for'] as const;

function causeText({ say, values }: Cause['sentences'][number]): string {
  const known = SAYS.find((one) => one === say);
  if (known === undefined) return '';
  const shown: Record<string, string | number> = { ...values };
  for (const name of SECONDS) {
    const seconds = values[name];
    if (typeof seconds === 'number')
      shown[name] = leftToRight(`${name === 'after' ? '+' : ''}${ageText(seconds * 1000)}`);
  }
  if (known === 'unheard')
    return t(
      Number(values['after']) < 0
        ? 'past.cause.never'
        : values['paper'] === 1
          ? 'past.cause.paper'
          : 'past.cause.unheard',
      shown,
    );
  return t(`past.cause.${known}`, shown);
}

/** A sign before a number stands where it belongs in Arabic too. */
export function leftToRight(text: string): string {
  return `\u2066${text}\u2069`;
}

const STEPS = [
  'fired',
  'heard',
  'rung',
  'printed',
  'started',
  'itemReady',
  'bumped',
  'recalled',
  'changed',
  'voided',
  'acknowledged',
  'rushed',
  'served',
  'cancelled',
] as const;

export function Why({
  ticket,
  names,
  zone,
  onGo,
}: {
  ticket: string | null;
  names: ReadonlyMap<string, string>;
  zone: string | undefined;
  onGo: (at: number) => void;
}): ReactElement {
  const ask = useAsk();
  const [found, setFound] = useState<{ ticket: string; cause: Cause | null } | null>(null);
  useEffect(() => {
    if (ticket === null) return undefined;
    let over = false;
    void ask(`/tickets/${ticket}/cause`, readCause).then((reply) => {
      if (!over) setFound({ ticket, cause: reply.ok ? reply.body : null });
    });
    return () => {
      over = true;
    };
  }, [ask, ticket]);
  const cause = found?.ticket === ticket ? found.cause : null;
  return (
    <section className="mg-card bb-why" aria-labelledby="bb-why" aria-live="polite" data-testid="past-cause">
      <h3>
        <span id="bb-why">
          {cause === null
            ? t('past.why')
            : t('past.whyOf', { number: cause.number, station: names.get(cause.station) ?? cause.station })}
        </span>
      </h3>
      {ticket === null && <p className="fg-none">{t('past.point')}</p>}
      {found !== null && found.ticket === ticket && cause === null && (
        <p className="fg-none">{t('past.noCause')}</p>
      )}
      {cause !== null && (
        <>
          <p className="bb-paragraph">{cause.sentences.map((sentence) => causeText(sentence)).join(' ')}</p>
          <ol className="bb-steps">
            {cause.steps.map(({ at, what, by, values }, index) => {
              const known = STEPS.find((one) => one === what);
              return (
                <li key={`${at} ${index}`}>
                  <button type="button" className="pressable" onClick={() => onGo(at)}>
                    <Num>{exactText(at, zone)}</Num>
                    <Num>+{ageText(at - cause.firedAt)}</Num>
                    <span>
                      {known === undefined ? what : t(`past.step.${known}`, { ...values })}
                      {by !== '' && <small>{by}</small>}
                    </span>
                  </button>
                </li>
              );
            })}
          </ol>
        </>
      )}
    </section>
  );
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export function Lines({ moment }: { moment: number }): ReactElement {
  const ask = useAsk();
  const minute = Math.floor(moment / MINUTE_MS) * MINUTE_MS;
  const [found, setFound] = useState<{ minute: number; story: StoryAnswer | null } | null>(null);
  useEffect(() => {
    let over = false;
    // While the minutes fly by nobody reads of them.
    const timer = setTimeout(() => {
      void ask(`/connections/story?at=${encodeURIComponent(new Date(minute).toISOString())}`, readStory).then(
        (reply) => {
          if (!over) setFound({ minute, story: reply.ok ? reply.body : null });
        },
      );
    }, 700);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [ask, minute]);
  const sentences = found?.story?.sentences ?? [];
  return (
    <section className="mg-card" aria-labelledby="bb-lines" data-testid="past-lines">
      <h3>
        <span id="bb-lines">{t('past.lines')}</span>
        <small>{t('past.linesSay')}</small>
      </h3>
      <p className="bb-said">
        {found === null ? t('past.asking') : sentences.map((sentence) => sentenceText(sentence)).join(' ')}
      </p>
    </section>
  );
}

export function LateTickets({
  at,
  names,
  zone,
  onPick,
}: {
  /** A moment of the business day that is meant. */
  at: number;
  names: ReadonlyMap<string, string>;
  zone: string | undefined;
  onPick: (late: LateTicket) => void;
}): ReactElement {
  const ask = useAsk();
  const [found, setFound] = useState<LateDay | null>(null);
  const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
  useEffect(() => {
    let over = false;
    const when = encodeURIComponent(new Date(hour).toISOString());
    void ask(`/reports/late-tickets?from=${when}&to=${when}&limit=12`, readLate).then((reply) => {
      if (!over) setFound(reply.ok ? reply.body : null);
    });
    return () => {
      over = true;
    };
  }, [ask, hour]);
  const late = found?.late ?? [];
  return (
    <section className="mg-card" aria-labelledby="bb-late" data-testid="past-late">
      <h3>
        <span id="bb-late">{t('past.late')}</span>
        <small>
          <Num>{found?.day ?? ''}</Num>
        </small>
        {late.length > 0 && (
          <Tag look="late">
            <Num>{late.length}</Num>
          </Tag>
        )}
      </h3>
      {late.length === 0 && <p className="fg-none">{t('past.noLate')}</p>}
      <ul className="bb-late">
        {late.map((one) => (
          <li key={one.ticket}>
            <Button look="plain" onPress={() => onPick(one)}>
              <b>
                <Num>#{one.number}</Num>
              </b>
              <bdi>{names.get(one.station) ?? one.station}</bdi>
              <Num>{clockText(one.firedAt, zone)}</Num>
              <em>
                <Num>+{ageText(Math.round(one.over) * 1000)}</Num>
              </em>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
