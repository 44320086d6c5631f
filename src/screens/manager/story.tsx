import { useState, type ReactElement } from 'react';
import { t, type MessageKey } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { Num } from '../ui/marks.tsx';
import { exactText, fieldText } from '../ui/time.ts';
import { type StoryAnswer, readStory } from './answers.ts';
import { useAsk, useDownload } from './calls.ts';
import { causeText } from './live.tsx';

/** "What happened on Friday at seven?": one paragraph and a list. */

type Asked =
  | { kind: 'none' }
  | { kind: 'asking' }
  | { kind: 'told'; story: StoryAnswer }
  | { kind: 'refused'; why: string };

export function Story({ now, zone }: { now: number; zone?: string }): ReactElement {
  const ask = useAsk();
  const [when, setWhen] = useState(() => justNow(now, zone));
  const [asked, setAsked] = useState<Asked>({ kind: 'none' });
  const tell = (at: string): void => {
    setWhen(at);
    setAsked({ kind: 'asking' });
    void ask(`/connections/story?at=${encodeURIComponent(at)}`, readStory).then((reply) =>
      setAsked(reply.ok ? { kind: 'told', story: reply.body } : { kind: 'refused', why: reply.why }),
    );
  };
  return (
    <section className="mg-card mg-story">
      <h2>{t('story.title')}</h2>
      <p>{t('story.say')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          tell(when);
        }}
      >
        <label>
          {t('story.when')}
          <input
            className="field"
            type="datetime-local"
            required
            value={when}
            dir="ltr"
            data-testid="story-when"
            onChange={(event) => setWhen(event.target.value)}
          />
        </label>
        <Button look="main" testId="story-ask" onPress={() => tell(when)}>
          {t('story.ask')}
        </Button>
        <Button onPress={() => tell(justNow(now, zone))}>{t('story.justNow')}</Button>
      </form>
      <div aria-live="polite" data-testid="story">
        {asked.kind === 'refused' && <p className="mg-said">{t('story.wrong', { why: asked.why })}</p>}
        {asked.kind === 'told' && <Told story={asked.story} zone={zone} />}
      </div>
    </section>
  );
}

const WINDOW_MS = 5 * 60_000;

function Told({ story, zone }: { story: StoryAnswer; zone?: string }): ReactElement {
  const download = useDownload();
  return (
    <>
      <p className="mg-paragraph" data-testid="story-text">
        {story.sentences.map((sentence) => sentenceText(sentence)).join(' ')}
      </p>
      <ol className="mg-events">
        {story.list.toReversed().map((event, index) => (
          <li key={`${event.at} ${index}`} className={event.bad ? 'mg-event-bad' : ''} data-what={event.what}>
            <Num>{exactText(event.at, zone)}</Num>
            <span>{eventText(event)}</span>
          </li>
        ))}
      </ol>
      {story.list.length > 0 && (
        <Button
          testId="story-csv"
          className="mg-csv"
          onPress={() => void download(story.at - WINDOW_MS, story.at + WINDOW_MS)}
        >
          {t('story.csv')}
        </Button>
      )}
    </>
  );
}

export function sentenceText({ say, values }: StoryAnswer['sentences'][number]): string {
  switch (say) {
    case 'deaf':
      return t(values['until'] === '' ? 'story.deafStill' : 'story.deaf', values);
    case 'lost':
      return t(values['back'] === '' ? 'story.lost' : 'story.lostBack', values);
    case 'printers':
      return t(values['next'] === '' ? 'story.printers' : 'story.printersNext', values);
    case 'restart':
    case 'stillGone':
    case 'rungs':
    case 'repairs':
    case 'canaries':
    case 'quiet':
    case 'nothing':
    case 'orders':
      return t(`story.${say}`, values);
    default:
      return '';
  }
}

const EVENTS = [
  'nodeUp',
  'nodeDown',
  'screenGone',
  'screenLeft',
  'screenBack',
  'screenNew',
  'screenSaid',
  'screenRepaired',
  'stationDeaf',
  'stationBack',
  'canaryLost',
  'outboxWaits',
  'rung',
  'printed',
  'printFailed',
  'unseen',
  'unrouted',
] as const;

function eventText({ what, values }: StoryAnswer['list'][number]): string {
  const known = EVENTS.find((one) => one === what);
  if (known === undefined) return what;
  const key: MessageKey = `event.${known}`;
  return t(
    key,
    known === 'screenGone' ? { ...values, cause: causeText(String(values['cause'])) } : { ...values },
  );
}

/** The minute whose story reaches up to now. */
function justNow(now: number, zone?: string): string {
  return fieldText(now - 4 * 60_000, zone);
}
