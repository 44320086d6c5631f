import type { ReactElement } from 'react';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { type Path, idOf, listOf, nameOf } from '../doc.ts';
import { NumberField, SaidAt, TimeField } from '../fields.tsx';
import { useHouse } from '../house.tsx';

/** From when on something is soon, late, or gone: what the screens' colours, the host's list and the house's memory go by. */

type Line = {
  path: Path;
  label: MessageKey;
  fallback: number | null;
  least: number;
  most: number;
  unit: MessageKey;
};

const GUESTS: readonly Line[] = [
  {
    path: ['booking', 'lateAfter'],
    label: 'limit.lateAfter',
    fallback: 10,
    least: 0,
    most: 240,
    unit: 'limit.minutes',
  },
  {
    path: ['booking', 'noShowAfter'],
    label: 'limit.noShowAfter',
    fallback: 15,
    least: 0,
    most: 240,
    unit: 'limit.minutes',
  },
  {
    path: ['booking', 'holdMinutes'],
    label: 'limit.hold',
    fallback: 10,
    least: 1,
    most: 120,
    unit: 'limit.minutes',
  },
  {
    path: ['booking', 'notifyMinutes'],
    label: 'limit.notify',
    fallback: 10,
    least: 1,
    most: 120,
    unit: 'limit.minutes',
  },
  {
    path: ['booking', 'pacing'],
    label: 'limit.pacing',
    fallback: null,
    least: 1,
    most: 999,
    unit: 'limit.covers',
  },
  {
    path: ['booking', 'largest'],
    label: 'limit.largest',
    fallback: 20,
    least: 1,
    most: 99,
    unit: 'limit.covers',
  },
  {
    path: ['booking', 'announceFrom'],
    label: 'limit.announceFrom',
    fallback: 8,
    least: 2,
    most: 99,
    unit: 'limit.covers',
  },
  {
    path: ['booking', 'announceMinutes'],
    label: 'limit.announce',
    fallback: 30,
    least: 0,
    most: 240,
    unit: 'limit.minutes',
  },
];
const KEPT: readonly Line[] = [
  {
    path: ['retention', 'guests'],
    label: 'limit.guests',
    fallback: 400,
    least: 1,
    most: 3650,
    unit: 'limit.days',
  },
  {
    path: ['retention', 'calls'],
    label: 'limit.calls',
    fallback: 30,
    least: 1,
    most: 3650,
    unit: 'limit.days',
  },
  {
    path: ['retention', 'inbox'],
    label: 'limit.inbox',
    fallback: 30,
    least: 1,
    most: 30,
    unit: 'limit.days',
  },
  {
    path: ['retention', 'connections'],
    label: 'limit.connections',
    fallback: 30,
    least: 1,
    most: 30,
    unit: 'limit.days',
  },
  {
    path: ['retention', 'papers'],
    label: 'limit.papers',
    fallback: 30,
    least: 1,
    most: 365,
    unit: 'limit.days',
  },
];

export function ThresholdsRoom(): ReactElement {
  const { doc } = useHouse();
  const stations = listOf(doc, ['stations']);
  return (
    <>
      <section className="st-card">
        <h2>{t('limit.tickets')}</h2>
        <p>{t('limit.ticketsSay')}</p>
        {stations.length === 0 && <p className="st-none">{t('stations.none')}</p>}
        {stations.map((one, index) => (
          <div key={idOf(one)} className="st-limit">
            <h3>{nameOf(one)}</h3>
            <TimeField path={['stations', index, 'warn']} label={t('field.warn')} placeholder="10:00" />
            <TimeField path={['stations', index, 'late']} label={t('field.late')} placeholder="15:00" />
          </div>
        ))}
      </section>
      <Lines heading="limit.guestsTitle" lines={GUESTS} />
      <Turns />
      <Lines heading="limit.keptTitle" say="limit.keptSay" lines={KEPT} />
    </>
  );
}

/** What counts where the house says nothing of its own. */
const USUAL = [
  { upTo: 2, minutes: 75 },
  { upTo: 4, minutes: 90 },
  { upTo: 6, minutes: 120 },
  { upTo: 99, minutes: 150 },
];

/** How long a table is theirs, by the size of the party. */
function Turns(): ReactElement {
  const { doc, keeper } = useHouse();
  const path: Path = ['booking', 'turns'];
  const rows = listOf(doc, path);
  return (
    <section className="st-card" data-path="booking.turns">
      <h2>{t('limit.turns')}</h2>
      <p>{t('limit.turnsSay')}</p>
      <SaidAt path={path} />
      {rows.map((_row, index) => (
        <div key={index} className="st-limit">
          <NumberField
            path={[...path, index, 'upTo']}
            label={t('limit.upTo')}
            suffix={t('limit.covers')}
            least={1}
            most={99}
          />
          <NumberField
            path={[...path, index, 'minutes']}
            label={t('limit.theirs')}
            suffix={t('limit.minutes')}
            least={15}
            most={720}
          />
          <Button
            look="plain"
            onPress={() => keeper.edit(rows.length === 1 ? path : [...path, index], undefined)}
          >
            {t('entry.remove')}
          </Button>
        </div>
      ))}
      <div className="setup-keys">
        <Button
          look="edge"
          onPress={() => keeper.edit(path, rows.length === 0 ? USUAL : [...rows, { upTo: 99, minutes: 150 }])}
        >
          {t(rows.length === 0 ? 'limit.ownTurns' : 'entry.add')}
        </Button>
        {rows.length > 0 && (
          <Button look="edge" onPress={() => keeper.edit(path, undefined)}>
            {t('limit.usualTurns')}
          </Button>
        )}
      </div>
    </section>
  );
}

function Lines({
  heading,
  say,
  lines,
}: {
  heading: MessageKey;
  say?: MessageKey;
  lines: readonly Line[];
}): ReactElement {
  return (
    <section className="st-card">
      <h2>{t(heading)}</h2>
      {say !== undefined && <p>{t(say)}</p>}
      <div className="st-fields">
        {lines.map(({ path, label, fallback, least, most, unit }) => (
          <NumberField
            key={path.join('.')}
            path={path}
            label={t(label)}
            least={least}
            most={most}
            suffix={t(unit)}
            placeholder={fallback === null ? t('limit.none') : String(fallback)}
            optional
          />
        ))}
      </div>
    </section>
  );
}
