import { useState, type ReactElement } from 'react';
import type { StockView } from '../../../domain/stock/entities.ts';
import { useHeard } from '../../../sdk/react/hooks.ts';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { type Deed, amountText, readAmount } from './larder.ts';

/** How much came in, is there, or went away, and why: one number and one tap. */

const TITLES: Record<Deed, MessageKey> = {
  receive: 'stock.receiveTitle',
  count: 'stock.countTitle',
  waste: 'stock.wasteTitle',
};
const DONE: Record<Deed, MessageKey> = {
  receive: 'stock.saidReceived',
  count: 'stock.saidCounted',
  waste: 'stock.saidWasted',
};
const WHYS: readonly MessageKey[] = [
  'stock.whySpoiled',
  'stock.whyDropped',
  'stock.whyExpired',
  'stock.whyTest',
  'stock.whyOther',
];

export function AmountSheet(props: {
  of: StockView;
  deed: Deed;
  say: (text: string) => void;
  onClose: () => void;
}): ReactElement {
  const { of, deed, say, onClose } = props;
  const heard = useHeard();
  const [text, setText] = useState('');
  const [why, setWhy] = useState<MessageKey>('stock.whySpoiled');
  const amount = readAmount(text, deed);
  const wrong = text !== '' && amount === null;

  /** Sent at the tap; a refusal is said in the words of the rules. */
  async function send(whole: number): Promise<void> {
    onClose();
    const ingredient = of.id;
    const answer =
      deed === 'count'
        ? await heard.command('stock.count', { ingredient, onHand: whole })
        : deed === 'receive'
          ? await heard.command('stock.receive', { ingredient, amount: whole })
          : await heard.command('stock.waste', { ingredient, amount: whole, reason: t(why) });
    if (answer.ok) say(t(DONE[deed], { name: of.name, amount: amountText(whole, of.unit) }));
    else say(answer.reason === 'refused' ? answer.problem.detail : t('stock.notSent'));
  }

  return (
    <Sheet title={t(TITLES[deed], { name: of.name })} onClose={onClose} keep={text !== ''}>
      <form
        className="st-sheet"
        data-testid="amount-sheet"
        onSubmit={(event) => {
          event.preventDefault();
          if (amount !== null) void send(amount);
        }}
      >
        <p className="st-say">
          {of.onHand === null
            ? t('stock.nowUnknown')
            : t('stock.now', { amount: amountText(of.onHand, of.unit) })}
        </p>
        <label className="ld-amount">
          <span>
            {t('stock.amount')} ({t(`stock.unit_${of.unit}`)})
          </span>
          <input
            className="field"
            inputMode="numeric"
            dir="ltr"
            autoFocus
            value={text}
            aria-invalid={wrong}
            onChange={(event) => setText(event.target.value)}
            data-testid="amount"
          />
        </label>
        {wrong && (
          <p className="ld-wrong" role="alert">
            {t(deed === 'count' ? 'stock.countWrong' : 'stock.amountWrong', {
              unit: t(`stock.unit_${of.unit}`),
            })}
          </p>
        )}
        {deed === 'waste' && (
          <div className="st-row" role="group" aria-label={t('stock.why')}>
            {WHYS.map((one) => (
              <Button
                key={one}
                look="edge"
                className="st-choice"
                pressed={why === one}
                onPress={() => setWhy(one)}
              >
                {t(one)}
              </Button>
            ))}
          </div>
        )}
        <Button
          look="main"
          className="st-main"
          disabled={amount === null}
          onPress={() => amount !== null && void send(amount)}
          testId="amount-send"
        >
          {t(deed === 'receive' ? 'stock.doReceive' : deed === 'count' ? 'stock.doCount' : 'stock.doWaste')}
        </Button>
      </form>
    </Sheet>
  );
}
