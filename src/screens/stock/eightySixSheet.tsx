import { useState, type ReactElement } from 'react';
import type { CommandName, CommandRequest } from '../../domain/commands.ts';
import { mayCommand } from '../../domain/rights.ts';
import { useHeard } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { useSessionView } from '../session/gate.tsx';
import { Button } from '../ui/button.tsx';
import { CheckIcon, MinusIcon, PlusIcon, VoidIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { clockText, millis } from '../ui/time.ts';
import {
  type Sellable,
  type Until,
  UNTILS,
  USUAL_COUNT,
  endOf,
  readCount,
  soldOutInput,
  stepCount,
} from './eightySix.ts';
import './stock.css';

/**
 * One dish and whether it is sold: 86 in one tap for the day, for some hours or by hand, one of its options instead, or so
 * many portions. Opened by a tap on the card's menu, by holding a key of the menu, and from the managers' page.
 */
export function EightySixSheet({
  of,
  zone,
  say,
  onClose,
}: {
  of: Sellable;
  zone: string | undefined;
  say: (text: string, undo?: () => void) => void;
  onClose: () => void;
}): ReactElement {
  const heard = useHeard();
  const { role } = useSessionView();
  const [until, setUntil] = useState<Until>('day');
  const [count, setCount] = useState(String(of.left ?? USUAL_COUNT));
  // What the tablet shows may change while the sheet is open; the times on its keys do not.
  const [openedAt] = useState(() => heard.serverNow());
  const mayRestore = mayCommand(role, 'menu.restore');
  const counted = readCount(count);

  /** Sent at the tap; a refusal is said in the words of the rules. */
  function act<N extends CommandName>(
    name: N,
    input: CommandRequest<N>,
    done: string,
    undo?: () => void,
  ): void {
    onClose();
    void heard.command(name, input).then((answer) => {
      if (answer.ok) say(done, undo);
      else say(answer.reason === 'refused' ? answer.problem.detail : t('stock.notSent'));
    });
  }
  const sellOut = (what: { item: string } | { option: string }, name: string): void =>
    act(
      'menu.soldOut',
      soldOutInput(what, until, openedAt),
      t('stock.saidOut', { name }),
      mayRestore ? () => void heard.command('menu.restore', what) : undefined,
    );
  const restore = (what: { item: string } | { option: string }, name: string): void =>
    act('menu.restore', what, t('stock.saidBack', { name }));

  return (
    <Sheet title={<bdi>{of.name}</bdi>} onClose={onClose}>
      <div className="st-sheet" data-testid="eighty-six">
        {of.soldOut === true && (
          <div className="st-row st-is-out" role="status">
            <VoidIcon />
            <span>
              {of.until === undefined
                ? t('stock.isOut')
                : t('stock.isOutUntil', { time: clockText(millis(of.until), zone) })}
            </span>
            {mayRestore && (
              <Button onPress={() => restore({ item: of.item }, of.name)} testId="restore">
                <CheckIcon />
                {t('stock.back')}
              </Button>
            )}
          </div>
        )}
        <h3>{t('stock.until')}</h3>
        <div className="st-row" role="group" aria-label={t('stock.until')}>
          {UNTILS.map((one) => (
            <Button
              key={one}
              look="edge"
              className="st-choice"
              pressed={until === one}
              onPress={() => setUntil(one)}
              testId={`until-${one}`}
            >
              {one === 'day' ? (
                t('stock.untilDay')
              ) : one === 'hand' ? (
                t('stock.untilHand')
              ) : (
                <Num>{clockText(endOf(one, openedAt) ?? openedAt, zone)}</Num>
              )}
            </Button>
          ))}
        </div>
        <Button
          look="danger"
          className="st-main"
          onPress={() => sellOut({ item: of.item }, of.name)}
          testId="sell-out"
        >
          <VoidIcon />
          {t('stock.out', { name: of.name })}
        </Button>
        {of.options.length > 0 && (
          <>
            <h3>{t('stock.options')}</h3>
            <div className="st-row" role="group" aria-label={t('stock.options')}>
              {of.options.map(({ id, name, soldOut }) => (
                <Button
                  key={id}
                  look="edge"
                  className={soldOut === true ? 'st-option st-struck' : 'st-option'}
                  label={soldOut === true ? t('stock.option', { name }) : t('stock.out', { name })}
                  disabled={soldOut === true && !mayRestore}
                  onPress={() => (soldOut === true ? restore : sellOut)({ option: id }, name)}
                  testId={`sell-out-${id}`}
                >
                  {name}
                </Button>
              ))}
            </div>
          </>
        )}
        <h3>{t('stock.portions')}</h3>
        <p className="st-say">{t('stock.portionsSay')}</p>
        <div className="st-row">
          <span className="st-step" role="group" aria-label={t('stock.portions')}>
            <Button
              look="edge"
              quick
              label={t('stock.less')}
              disabled={counted === 0}
              onPress={() => setCount(stepCount(count, -1))}
              testId="less"
            >
              <MinusIcon />
            </Button>
            <input
              className="st-number"
              inputMode="numeric"
              dir="ltr"
              aria-label={t('stock.portions')}
              value={count}
              onChange={(event) => setCount(event.target.value)}
              data-testid="portions"
            />
            <Button
              look="edge"
              quick
              label={t('stock.more')}
              onPress={() => setCount(stepCount(count, 1))}
              testId="more"
            >
              <PlusIcon />
            </Button>
          </span>
          <Button
            look="main"
            disabled={counted === null || counted === of.left}
            onPress={() =>
              act(
                'stock.portions',
                { item: of.item, left: counted },
                t('stock.saidLeft', { name: of.name, left: counted ?? 0 }),
              )
            }
            testId="set-portions"
          >
            {t('stock.count', { left: counted ?? '' })}
          </Button>
          {of.left !== undefined && (
            <Button
              look="edge"
              onPress={() =>
                act(
                  'stock.portions',
                  { item: of.item, left: null },
                  t('stock.saidUncounted', { name: of.name }),
                )
              }
              testId="stop-counting"
            >
              {t('stock.stopCounting')}
            </Button>
          )}
        </div>
      </div>
    </Sheet>
  );
}
