import { useEffect, useState, type ReactElement } from 'react';
import { t, type MessageKey } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { CheckIcon, CloseIcon, MinusIcon, RefreshIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { Tag } from '../ui/tag.tsx';
import { ageText, clockText } from '../ui/time.ts';
import { type DrillAnswer, type DrillStep, type PulseAnswer, readDrill, readDrills } from './answers.ts';
import { useAsk } from './calls.ts';

/** The plug-pull drill: chooses what to pull, says what to do, and shows what the house measured of it. */

const EVERY_MS = 1_000;
const STEPS: readonly DrillStep[] = ['screen', 'printer', 'server'];

export function Drill({
  pulse,
  now,
  zone,
}: {
  pulse: PulseAnswer | null;
  now: number;
  zone?: string;
}): ReactElement {
  const ask = useAsk();
  const [drill, setDrill] = useState<DrillAnswer | null>(null);
  const [earlier, setEarlier] = useState<readonly DrillAnswer[]>([]);
  const [said, setSaid] = useState('');
  const running = drill !== null && drill.endedAt === null ? drill.id : null;

  useEffect(() => {
    if (running !== null) return;
    void ask('/drills', readDrills).then((reply) => {
      if (!reply.ok) return;
      setEarlier(reply.body);
      // Somebody closed the page in the middle of one: it goes on.
      setDrill((shown) => shown ?? reply.body.find(({ endedAt }) => endedAt === null) ?? null);
    });
  }, [ask, running]);
  useEffect(() => {
    if (running === null) return;
    const timer = setInterval(() => {
      // While the server restarts nothing is answered: the last that was known stands.
      void ask(`/drills/${running}`, readDrill).then((reply) => reply.ok && setDrill(reply.body));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [ask, running]);

  const send = (path: string, body: unknown): void => {
    void ask(path, readDrill, body).then((reply) => {
      setSaid(reply.ok ? '' : t('drill.failed', { why: reply.why }));
      if (reply.ok) setDrill(reply.body);
    });
  };
  return (
    <div className="mg-drill">
      <section className="mg-card">
        <h2>{t('drill.title')}</h2>
        <p>{t('drill.say')}</p>
        {said !== '' && (
          <p className="mg-said" role="alert">
            {said}
          </p>
        )}
        {drill === null ? (
          <Chooser pulse={pulse} onStart={(wish) => send('/drills', { id: crypto.randomUUID(), ...wish })} />
        ) : (
          <Running
            drill={drill}
            now={now}
            names={namesOf(pulse)}
            onEnd={() => send(`/drills/${drill.id}/end`, {})}
            onAgain={() => setDrill(null)}
          />
        )}
      </section>
      <section className="mg-card" aria-labelledby="earlier">
        <h3 id="earlier">{t('drill.last')}</h3>
        {earlier.length === 0 && <p>{t('drill.none')}</p>}
        <ul className="mg-earlier">
          {earlier.map((one) => (
            <li key={one.id} data-testid="earlier-drill">
              <Num>{`${dayText(one.startedAt, zone)} ${clockText(one.startedAt, zone)}`}</Num>
              <b>
                {t(`drill.${one.step}`)}
                {one.station !== null && ` · ${namesOf(pulse).get(one.station) ?? one.station}`}
              </b>
              <span>{t('drill.by', { name: one.by })}</span>
              {one.endedAt === null ? (
                <Tag>{t('drill.unfinished')}</Tag>
              ) : (
                <Tag look={one.passed === one.of ? 'heard' : 'late'}>
                  {t('drill.score', { passed: one.passed, of: one.of })}
                </Tag>
              )}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Chooser({
  pulse,
  onStart,
}: {
  pulse: PulseAnswer | null;
  onStart: (wish: { step: DrillStep; station?: string; printer?: string }) => void;
}): ReactElement {
  const [station, setStation] = useState<string | null>(null);
  const [printer, setPrinter] = useState<string | null>(null);
  const stations = pulse?.stations ?? [];
  const printers = pulse?.printers ?? [];
  const chosen = station ?? stations[0]?.id;
  const paper = printer ?? printers[0];
  const wishes = {
    screen: { step: 'screen' as const, ...(chosen !== undefined && { station: chosen }) },
    printer: { step: 'printer' as const, ...(paper !== undefined && { printer: paper }) },
    server: { step: 'server' as const },
  };
  const may = { screen: chosen !== undefined, printer: paper !== undefined, server: true };
  return (
    <ul className="mg-steps">
      {STEPS.map((step) => (
        <li key={step}>
          <h3>{t(`drill.${step}`)}</h3>
          <p>
            {step === 'printer' && !may.printer && pulse !== null
              ? t('drill.noPrinter')
              : t(`drill.${step}Say`)}
          </p>
          {step === 'screen' && stations.length > 0 && (
            <label>
              {t('drill.station')}
              <select
                className="field"
                value={chosen}
                data-testid="drill-station"
                onChange={(event) => setStation(event.target.value)}
              >
                {stations.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
          {step === 'printer' && printers.length > 0 && (
            <label>
              {t('drill.whichPrinter')}
              <select className="field" value={paper} onChange={(event) => setPrinter(event.target.value)}>
                {printers.map((id) => (
                  <option key={id} value={id}>
                    {id}
                  </option>
                ))}
              </select>
            </label>
          )}
          <Button
            look="main"
            disabled={!may[step]}
            testId={`drill-${step}`}
            onPress={() => onStart(wishes[step])}
          >
            {t('drill.start')}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Running({
  drill,
  now,
  names,
  onEnd,
  onAgain,
}: {
  drill: DrillAnswer;
  now: number;
  names: ReadonlyMap<string, string>;
  onEnd: () => void;
  onAgain: () => void;
}): ReactElement {
  const over = drill.endedAt !== null;
  const station = names.get(drill.station ?? '') ?? drill.station ?? '';
  return (
    <>
      <p className={over ? 'mg-do mg-over' : 'mg-do'} role="status">
        {over
          ? t('drill.done')
          : drill.isComplete
            ? t('drill.complete')
            : drill.step === 'screen'
              ? t('drill.doScreen', { station })
              : drill.step === 'printer'
                ? t('drill.doPrinter', { printer: drill.printer ?? '' })
                : t('drill.doServer')}
      </p>
      <p className="mg-score" data-testid="drill-score">
        <b>
          <Num>{`${drill.passed}/${drill.of}`}</Num>
        </b>
        <span>
          {over
            ? t('drill.scoreSay', { passed: drill.passed, of: drill.of })
            : t('drill.running', { time: ageText(now - drill.startedAt) })}
        </span>
      </p>
      <ol className="mg-checks">
        {drill.checks.map((check) => (
          <li key={check.check} data-testid={`check-${check.check}`} data-state={check.state}>
            <span className={`mg-check mg-check-${check.state}`}>
              {check.state === 'passed' ? (
                <CheckIcon />
              ) : check.state === 'failed' ? (
                <CloseIcon />
              ) : check.state === 'skipped' ? (
                <MinusIcon />
              ) : (
                <RefreshIcon />
              )}
            </span>
            <div>
              <b>{checkText(check.check)}</b>
              <small>{t(`check.${check.state}`)}</small>
            </div>
            <em>
              {check.ms !== null && check.ms > 0 && (
                <Num>
                  {check.limitMs === null
                    ? secondsText(check.ms)
                    : t('drill.took', { time: secondsText(check.ms), limit: secondsText(check.limitMs) })}
                </Num>
              )}
            </em>
          </li>
        ))}
      </ol>
      {over ? (
        <Button onPress={onAgain} testId="drill-again">
          {t('drill.again')}
        </Button>
      ) : (
        <Button look={drill.isComplete ? 'main' : 'raised'} onPress={onEnd} testId="drill-end">
          {t('drill.end')}
        </Button>
      )}
    </>
  );
}

const CHECKS = [
  'noticed',
  'deaf',
  'elsewhere',
  'pass',
  'back',
  'caughtUp',
  'heard',
  'printFailed',
  'rerouted',
  'told',
  'restarted',
  'allBack',
  'noGap',
] as const;

function checkText(check: string): string {
  const known = CHECKS.find((one) => one === check);
  if (known === undefined) return check;
  const key: MessageKey = `check.${known}`;
  return t(key);
}

function secondsText(ms: number): string {
  return t('stationTile.time', { seconds: (ms / 1000).toFixed(1) });
}

function namesOf(pulse: PulseAnswer | null): ReadonlyMap<string, string> {
  return new Map((pulse?.stations ?? []).map(({ id, name }) => [id, name]));
}

function dayText(at: number, zone?: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, month: '2-digit', day: '2-digit' }).format(at);
}
