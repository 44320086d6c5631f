import type { ReactElement } from 'react';
import type { StockView } from '../../../domain/stock/entities.ts';
import { useHeard } from '../../../sdk/react/hooks.ts';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { Tag, type TagLook } from '../../ui/tag.tsx';
import { clockText, millis } from '../../ui/time.ts';
import { type Deed, type Level, amountText, fullness, levelOf, missing } from './larder.ts';

const LEVELS: Record<Level, readonly [TagLook, MessageKey]> = {
  out: ['late', 'stock.levelOut'],
  low: ['soon', 'stock.levelLow'],
  uncounted: ['outline', 'stock.levelUncounted'],
  ok: ['soft', 'stock.levelOk'],
};
const MOVED: Record<NonNullable<StockView['moved']>['what'], MessageKey> = {
  sold: 'stock.movedSold',
  returned: 'stock.movedReturned',
  counted: 'stock.movedCounted',
  received: 'stock.movedReceived',
  wasted: 'stock.movedWasted',
};
/** So many dishes are named; the rest is a number. */
const NAMED = 3;

/** One ingredient: how much there is, what it keeps away, and the three things that people do to it. */
export function ShelfRow(props: {
  of: StockView;
  zone: string | undefined;
  onDo: (deed: Deed) => void;
  say: (text: string) => void;
}): ReactElement {
  const { of, onDo } = props;
  const heard = useHeard();
  const [look, word] = LEVELS[levelOf(of)];
  const full = fullness(of);
  const short = missing(of);
  const lacking = of.dishes.filter((dish) => dish.lacking);
  const unsold = lacking.filter((dish) => !dish.soldOut);
  const named = lacking.length > 0 ? lacking : of.dishes;
  const more = named.length - NAMED;

  async function sellOut(): Promise<void> {
    const answer = await heard.command('stock.sellOut', { ingredient: of.id });
    if (answer.ok) props.say(t('stock.saidAllOut', { name: of.name }));
    else props.say(answer.reason === 'refused' ? answer.problem.detail : t('stock.notSent'));
  }

  return (
    <li className="ld-row" data-testid={`stock-${of.id}`} data-level={levelOf(of)}>
      <div className="ld-name">
        <b>
          <bdi>{of.name}</bdi>
        </b>
        <Tag look={look}>{t(word)}</Tag>
      </div>
      <div className="ld-much">
        <span>
          <b data-testid="on-hand">
            <Num>{of.onHand === null ? '–' : amountText(of.onHand, of.unit)}</Num>
          </b>
          {short > 0 && <small>{t('stock.short', { amount: amountText(short, of.unit) })}</small>}
        </span>
        {full !== null && (
          <span className="ld-gauge" aria-hidden="true">
            <i style={{ inlineSize: `${Math.round(full * 100)}%` }} data-level={levelOf(of)} />
          </span>
        )}
        <small>{t('stock.lowAt', { amount: amountText(of.low, of.unit) })}</small>
      </div>
      <div className="ld-dishes">
        <p>
          {lacking.length > 0 ? t('stock.alertDishes', { dishes: namesOf(lacking) }) : namesOf(of.dishes)}
          {more > 0 && ` ${t('stock.moreDishes', { count: more })}`}
        </p>
        {of.moved && (
          <small>
            {t('stock.movedAt', {
              what: t(MOVED[of.moved.what], { amount: movedText(of.moved, of.unit) }),
              time: clockText(millis(of.moved.at), props.zone),
            })}
          </small>
        )}
        {unsold.length > 0 && (
          <Button look="danger" onPress={() => void sellOut()} testId="sell-out-all">
            {t('stock.sellOut', { count: unsold.length })}
          </Button>
        )}
      </div>
      <div className="ld-acts">
        <Button look="edge" onPress={() => onDo('receive')} testId="do-receive">
          {t('stock.doReceive')}
        </Button>
        <Button look="edge" onPress={() => onDo('count')} testId="do-count">
          {t('stock.doCount')}
        </Button>
        <Button look="edge" onPress={() => onDo('waste')} testId="do-waste">
          {t('stock.doWaste')}
        </Button>
      </div>
    </li>
  );
}

/** A count is told by how far it was from what was believed; whatever else moved, by how much. */
function movedText({ what, amount }: NonNullable<StockView['moved']>, unit: StockView['unit']): string {
  const much = amountText(Math.abs(amount), unit);
  return what !== 'counted' ? much : amount < 0 ? `−${much}` : `+${much}`;
}

function namesOf(dishes: StockView['dishes']): string {
  return dishes
    .slice(0, NAMED)
    .map(({ name }) => name)
    .join(', ');
}
