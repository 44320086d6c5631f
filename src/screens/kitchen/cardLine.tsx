import type { ReactElement } from 'react';
import type { ModifierView } from '../../domain/entities.ts';
import { t, type MessageKey } from '../i18n/words.tsx';
import { NoteIcon, TapIcon } from '../ui/icons.tsx';
import { Arrow, Num, SignTile, WorkDot, type Work } from '../ui/marks.tsx';
import { usePress } from '../ui/press.ts';
import { Tag } from '../ui/tag.tsx';
import type { PaintedLine } from './tickets.ts';

const DOTS: Record<PaintedLine['state'], Work> = {
  todo: 'waiting',
  cooking: 'cooking',
  partial: 'cooking',
  ready: 'ready',
  held: 'held',
  voided: 'blocked',
  moved: 'blocked',
};
const WORDS: Record<PaintedLine['state'], MessageKey> = {
  todo: 'work.waiting',
  cooking: 'work.cooking',
  partial: 'work.cooking',
  ready: 'work.ready',
  held: 'work.held',
  voided: 'kitchen.void',
  moved: 'kitchen.void',
};
const LOOKS: Record<PaintedLine['state'], string> = {
  todo: '',
  cooking: '',
  partial: '',
  ready: 'done',
  held: 'held',
  voided: 'void',
  moved: 'void',
};

/** One line of a card; the whole line is the target. */
export function CardLine({
  line,
  pending,
  fresh,
  onPress,
}: {
  line: PaintedLine;
  pending: boolean;
  fresh: boolean;
  onPress: () => void;
}): ReactElement {
  const press = usePress(onPress);
  const gone = line.state === 'voided' || line.state === 'moved';
  const changed = line.changed !== undefined && !gone;
  const state =
    line.state === 'partial'
      ? t('kitchen.partial', { ready: line.ready, qty: line.qty })
      : changed
        ? t('kitchen.changed')
        : t(WORDS[line.state]);
  return (
    <button
      type="button"
      className={`ln pressable ${LOOKS[line.state]} ${changed ? 'chg' : ''} ${changed && fresh ? 'pulse' : ''} ${pending ? 'pending' : ''} ${line.open ? 'open-item' : ''}`}
      data-testid="line"
      data-item={line.lines[0]?.item}
      data-state={changed ? 'changed' : line.state}
      {...press}
    >
      <span className="q">
        {changed && line.changed?.fields.some((field) => field === 'qty' || field === 'void') === true ? (
          <>
            <s>
              <Num>{line.changed.from}</Num>
            </s>
            <Arrow to="end" />
            <Num>{line.changed.to}</Num>
          </>
        ) : (
          <Num>{line.qty}</Num>
        )}
      </span>
      <span className="nm">
        <bdi>{line.name}</bdi>
        {line.seat !== undefined && <span className="seat">{t('kitchen.seat', { seat: line.seat })}</span>}
        {line.refire && <span className="seat">{t('kitchen.refireTag')}</span>}
      </span>
      <Mark line={line} changed={changed} gone={gone} />
      {!changed && !gone && <span className="sr-only">{state}</span>}
      {(line.modifiers.length > 0 || line.notes !== undefined) && (
        <span className="mods">
          {line.modifiers.map((modifier, index) => (
            <Modifier key={index} modifier={modifier} />
          ))}
          {line.notes !== undefined && (
            <span className="md nt">
              <span className="note-sign">
                <NoteIcon />
              </span>
              <bdi>{line.notes}</bdi>
            </span>
          )}
        </span>
      )}
    </button>
  );
}

function Mark({ line, changed, gone }: { line: PaintedLine; changed: boolean; gone: boolean }): ReactElement {
  if (changed || gone) {
    return (
      <Tag look="inverse">
        <TapIcon stroke={2.75} />
        {changed
          ? t('kitchen.changed')
          : line.movedTo === undefined
            ? t('kitchen.void')
            : t('kitchen.moved', { station: line.movedTo.toUpperCase() })}
      </Tag>
    );
  }
  if (line.state === 'partial') {
    return (
      <span className="ck pt">
        <Num>
          {line.ready}/{line.qty}
        </Num>
      </span>
    );
  }
  return (
    <span className="ck">
      <WorkDot work={DOTS[line.state]} />
    </span>
  );
}

const MODIFIER_LOOKS = { remove: 'rm', add: 'ad', choice: 'ch' } as const;

/** The tile is the "no": the word is not written beside it. */
export function Modifier({ modifier }: { modifier: ModifierView }): ReactElement {
  const { action, name, qty } = modifier;
  return (
    <span className={`md ${MODIFIER_LOOKS[action]}`}>
      {action !== 'choice' && (
        <>
          <SignTile sign={action} />
          <span className="sr-only">{t(`mod.${action}`, { name })}</span>
        </>
      )}
      <bdi aria-hidden={action !== 'choice'}>
        {qty > 1 && <Num>{qty}× </Num>}
        {name}
      </bdi>
    </span>
  );
}
