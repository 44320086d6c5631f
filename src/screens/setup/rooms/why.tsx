import { useState, type ReactElement } from 'react';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Num } from '../../ui/marks.tsx';
import { Tag } from '../../ui/tag.tsx';
import { clockText } from '../../ui/time.ts';
import { wordsOf } from '../doc.ts';
import { useHouse } from '../house.tsx';
import { askWhy, type Fact, type WhyOrder } from '../whyCalls.ts';

/** "Why is it not here?": an order by what stands on its ticket, and where each of its tickets is and why. */
export function WhyRoom(): ReactElement {
  const { manager, place } = useHouse();
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState<readonly WhyOrder[] | null>(null);
  const [why, setWhy] = useState('');
  const [busy, setBusy] = useState(false);
  const ask = async (): Promise<void> => {
    setBusy(true);
    const reply = await askWhy(await manager.token(), place, typed.trim());
    setBusy(false);
    setWhy(reply.ok ? '' : reply.why || t('setup.unreachable'));
    setFound(reply.ok ? reply.body : null);
  };
  return (
    <>
      <section className="st-card">
        <p>{t('why.say')}</p>
        <form
          className="st-add"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim() !== '') void ask();
          }}
        >
          <input
            className="field"
            type="search"
            dir="auto"
            aria-label={t('why.label')}
            placeholder={t('why.label')}
            maxLength={80}
            value={typed}
            data-testid="why-typed"
            onChange={({ target }) => setTyped(target.value)}
          />
          <button
            type="submit"
            className="btn btn-main"
            disabled={busy || typed.trim() === ''}
            data-testid="why-ask"
          >
            {t('why.ask')}
          </button>
        </form>
        <p className="setup-said" role="alert">
          {why}
        </p>
        {found?.length === 0 && <p role="status">{t('why.nothing')}</p>}
      </section>
      {found?.map((order) => (
        <Answer key={order.order} order={order} />
      ))}
    </>
  );
}

function Answer({ order }: { order: WhyOrder }): ReactElement {
  const { doc } = useHouse();
  const zone = wordsOf(doc, ['timezone']) || undefined;
  return (
    <section className="st-card" data-testid="why-order">
      <h2>
        {t('why.order', { number: order.number })}
        {order.table !== null && <> · {order.table}</>}
        {order.displayId !== null && (
          <>
            {' · '}
            <Num>{order.displayId}</Num>
          </>
        )}{' '}
        <small>
          <Num>{clockText(Date.parse(order.placedAt), zone)}</Num>
        </small>
      </h2>
      <Facts facts={order.facts} zone={zone} />
      {order.tickets.map((ticket) => (
        <div key={ticket.ticket} className="st-ticket" data-testid="why-ticket">
          <h3>
            <Tag look="inverse">{ticket.name}</Tag>
          </h3>
          <Facts facts={ticket.facts} zone={zone} />
        </div>
      ))}
    </section>
  );
}

function Facts({ facts, zone }: { facts: readonly Fact[]; zone: string | undefined }): ReactElement {
  return (
    <ul className="st-facts">
      {facts.map((fact, index) => (
        <li key={index} data-what={fact.what}>
          <span className="st-at-time">
            {fact.at !== null && <Num>{clockText(Date.parse(fact.at), zone)}</Num>}
          </span>
          <span>{factWords(fact, zone)}</span>
        </li>
      ))}
    </ul>
  );
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T/;

/** A fact of a newer server is said in its own words. */
function factWords({ what, values, say }: Fact, zone: string | undefined): string {
  const known = WORDS[what];
  if (known === undefined) return say;
  const shown = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === 'string' && INSTANT.test(value) ? clockText(Date.parse(value), zone) : value,
  ]);
  return t(known, Object.fromEntries(shown));
}

const WORDS: Readonly<Record<string, MessageKey>> = {
  'rule-item': 'why.rule-item',
  'rule-category': 'why.rule-category',
  'rule-default': 'why.rule-default',
  'rule-option': 'why.rule-option',
  'rule-also': 'why.rule-also',
  'rule-unrouted': 'why.rule-unrouted',
  'rule-asked': 'why.rule-asked',
  'rule-since': 'why.rule-since',
  held: 'why.held',
  'held-until': 'why.held-until',
  fired: 'why.fired',
  heard: 'why.heard',
  unheard: 'why.unheard',
  told: 'why.told',
  backup: 'why.backup',
  printed: 'why.printed',
  'print-failed': 'why.print-failed',
  started: 'why.started',
  bumped: 'why.bumped',
  recalled: 'why.recalled',
  'off-list': 'why.off-list',
  voided: 'why.voided',
  'line-voided': 'why.line-voided',
  'line-moved': 'why.line-moved',
  served: 'why.served',
  transferred: 'why.transferred',
  cancelled: 'why.cancelled',
  closed: 'why.closed',
  left: 'why.left',
  place: 'why.place',
  'no-screen': 'why.no-screen',
  'never-screen': 'why.never-screen',
  'last-screen': 'why.last-screen',
  'live-screen': 'why.live-screen',
  'muted-screen': 'why.muted-screen',
};
