import { memo, type ReactElement } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import { t } from '../i18n/words.tsx';
import { CheckIcon, ClockIcon, MenuIcon, PauseIcon, PlusIcon } from '../ui/icons.tsx';
import { Arrow, Num } from '../ui/marks.tsx';
import { usePress } from '../ui/press.ts';
import { clockText, millis } from '../ui/time.ts';
import { CardBands, CardHead, STATE_WORDS, CardTimer } from './cardHead.tsx';
import { CardLine } from './cardLine.tsx';
import type { Part } from './flow.ts';
import type { Taps } from './taps.ts';
import { codeOf, type PaintedLine, type Urgency } from './tickets.ts';

/** Everything a card's drawing depends on; the clock is not among it. */
export type CardModel = {
  ticket: TicketView;
  lines: readonly PaintedLine[];
  urgency: Urgency;
  /** Who saw its allergies on this screen; null: nobody yet, or there are none. */
  allergySeen: string | null;
  allergyOpen: boolean;
  /** The outbox's id of a bump that has not reached the server. */
  unsentBump: string | null;
  unsentItems: ReadonlySet<string>;
  /** Changed within the last 10 s. */
  fresh: boolean;
  tight: boolean;
  zone?: string;
};

const NO_PENDING: ReadonlySet<string> = new Set();

/** A ticket, or the part of a long one that stands in this column. */
export const TicketCard = memo(function TicketCard(props: {
  model: CardModel;
  part: Part | null;
  digit: number | null;
  selected: boolean;
  taps: Taps;
}): ReactElement {
  const { model, part, taps } = props;
  const { ticket, lines, urgency } = model;
  const first = part === null || part.part === 1;
  const last = part === null || part.part === part.parts;
  const cut = first && last ? '' : first ? 'f-top fill' : last ? 'f-end' : 'f-mid fill';
  const shown = part === null ? lines : lines.slice(part.from, part.to);
  const state = urgency === 'held' ? t('kitchen.held') : t(STATE_WORDS[urgency]);
  const moved = ticket.movedFrom !== undefined && model.fresh;
  return (
    <article
      className={`tk ${urgency === 'soon' ? 'soon' : urgency === 'late' ? 'late' : ''} ${ticket.status === 'held' ? 'is-held' : ''} ${model.tight ? 'tight' : ''} ${cut} ${props.selected ? 'selected' : ''}`}
      data-testid="ticket"
      data-card={ticket.id}
      data-ticket={ticket.id}
      data-urgency={urgency}
      data-status={ticket.status}
      aria-label={t('kitchen.heading', {
        code: codeOf(ticket),
        number: ticket.number,
        state,
        age: '',
      }).trim()}
    >
      {first ? (
        <div className={moved ? 'row pulse' : 'row'}>
          <CardHead
            ticket={ticket}
            lines={lines}
            urgency={urgency}
            digit={props.digit}
            zone={model.zone}
            onPress={() => taps.head(ticket)}
          />
          <CardBands
            ticket={ticket}
            urgency={urgency}
            allergySeen={model.allergySeen}
            zone={model.zone}
            onAllergy={() => taps.allergy(ticket)}
          />
        </div>
      ) : (
        <div className="contb">
          <span>
            {t('kitchen.cont', { code: codeOf(ticket), part: `${part?.part ?? 1}/${part?.parts ?? 1}` })}
          </span>
          <CardTimer ticket={ticket} urgency={urgency} />
        </div>
      )}
      <div className="lns">
        {shown.map((line, index) => (
          <div className="row" key={line.lines[0]?.item}>
            {first && index === 0 && <Divider ticket={ticket} zone={model.zone} />}
            <CardLine
              line={line}
              pending={
                model.unsentItems !== NO_PENDING && line.lines.some((one) => model.unsentItems.has(one.item))
              }
              fresh={model.fresh}
              onPress={() => taps.line(ticket, line)}
            />
          </div>
        ))}
      </div>
      {last ? (
        <Foot model={model} taps={taps} />
      ) : (
        <div className="contb">
          <Num>
            {part?.part}/{part?.parts}
          </Num>
          <span>
            {t('kitchen.continues')} <Arrow to="end" />
          </span>
        </div>
      )}
    </article>
  );
});

function Divider({ ticket, zone }: { ticket: TicketView; zone?: string }): ReactElement | null {
  if (ticket.status === 'held') {
    return (
      <div className="div">
        <PauseIcon />
        {ticket.course === undefined
          ? t('kitchen.heldTitle')
          : t('kitchen.course', { course: ticket.course })}
        <small>{t('kitchen.held')}</small>
      </div>
    );
  }
  if (ticket.addOn) {
    return (
      <div className="div add">
        <PlusIcon />
        {t('kitchen.addOn')}
        {ticket.firedAt !== null && (
          <small>{t('kitchen.sentAt', { time: clockText(millis(ticket.firedAt), zone) })}</small>
        )}
      </div>
    );
  }
  return null;
}

function Foot({ model, taps }: { model: CardModel; taps: Taps }): ReactElement {
  const { ticket } = model;
  const gone = ticket.status === 'voided';
  const press = usePress(() => {
    if (model.unsentBump !== null) taps.takeBack(ticket, model.unsentBump);
    else if (gone) taps.acknowledge(ticket);
    else if (model.allergyOpen) taps.allergy(ticket);
    else taps.bump(ticket);
  });
  const menu = usePress(() => taps.menu(ticket));
  if (ticket.status === 'held') return <div className="fx" style={{ paddingBlock: 4 }} />;
  const ready = ticket.status === 'ready' || model.lines.every((line) => line.state === 'ready');
  const look =
    model.unsentBump !== null || (model.allergyOpen && !gone) ? 'no' : gone ? 'act' : ready ? 'go' : '';
  return (
    <div className="fx">
      <button type="button" className={`bump pressable ${look}`} data-testid="bump" {...press}>
        {model.unsentBump !== null ? (
          <>
            <ClockIcon /> {t('kitchen.bumpNotSent')}
          </>
        ) : gone ? (
          <>
            <CheckIcon /> {t('kitchen.seenClear')}
          </>
        ) : model.allergyOpen ? (
          t('kitchen.confirmAllergy')
        ) : (
          t('kitchen.bump')
        )}
      </button>
      {model.unsentBump === null && !gone && (
        <button
          type="button"
          className="more pressable"
          aria-label={t('act.menu')}
          data-testid="ticket-menu"
          {...menu}
        >
          <MenuIcon />
        </button>
      )}
    </div>
  );
}
