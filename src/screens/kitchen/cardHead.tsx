import type { ReactElement } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import { useServerNow } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { AllergyIcon, CheckIcon, MoveIcon, PrinterIcon, RushIcon, TapIcon } from '../ui/icons.tsx';
import { Arrow, Num, TypeTile, WorkDot, typeLetter, type Work } from '../ui/marks.tsx';
import { usePress } from '../ui/press.ts';
import { Tag } from '../ui/tag.tsx';
import { ageText, clockText, millis } from '../ui/time.ts';
import { allergiesOf, codeOf, type PaintedLine, type Urgency } from './tickets.ts';

export const STATE_WORDS = { ok: 'state.ok', soon: 'state.soon', late: 'state.late' } as const;

/** Steps once a second by itself, so that the card around it need not. */
export function CardTimer({ ticket, urgency }: { ticket: TicketView; urgency: Urgency }): ReactElement {
  const now = useServerNow();
  if (urgency === 'held' || ticket.firedAt === null) {
    return (
      <span className="tm">
        {ticket.fireAt === undefined ? (
          <em>{t('kitchen.heldTitle')}</em>
        ) : (
          <em>{t('kitchen.firesIn', { time: ageText(millis(ticket.fireAt) - now) })}</em>
        )}
      </span>
    );
  }
  return (
    <span className="tm">
      <em>{t(STATE_WORDS[urgency])}</em>
      <Num>{ageText(now - millis(ticket.firedAt))}</Num>
    </span>
  );
}

export function workOf(ticket: TicketView): Work {
  if (ticket.status === 'held') return 'held';
  if (ticket.status === 'cooking') return 'cooking';
  if (ticket.status === 'voided') return 'blocked';
  return ticket.status === 'new' ? 'waiting' : 'ready';
}

export function TicketCode({
  ticket,
}: {
  ticket: Parameters<typeof codeOf>[0] & Pick<TicketView, 'movedFrom'>;
}): ReactElement {
  const code = codeOf(ticket);
  const size = code.length > 6 ? 'name' : code.length >= 4 ? 'long' : '';
  return (
    <span className={`tk-code ${size}`}>
      <bdi className="clip">{code}</bdi>
      {ticket.movedFrom !== undefined && (
        <span className="was">
          <Arrow to="start" />
          <Num>{ticket.movedFrom}</Num>
        </span>
      )}
    </span>
  );
}

/** The header is the start button: how late, whose, what kind, from whom. */
export function CardHead(props: {
  ticket: TicketView;
  lines: readonly PaintedLine[];
  urgency: Urgency;
  digit: number | null;
  zone?: string;
  onPress: () => void;
}): ReactElement {
  const { ticket, lines, urgency } = props;
  const press = usePress(props.onPress);
  const letter = typeLetter(ticket.type, ticket.source);
  const long = lines.length > 20;
  const ready = lines.filter((line) => line.state === 'ready').length;
  const refire = lines.length > 0 && lines.every((line) => line.refire);
  const middle = refire
    ? t('kitchen.refire')
    : long
      ? t('kitchen.lines', { count: lines.length })
      : t('kitchen.of', { here: liveLines(ticket), all: ticket.ofItems });
  const end = long
    ? t('kitchen.readyOf', { ready, all: lines.length })
    : ticket.platform?.courier === 'at_pickup'
      ? t('kitchen.courierHere')
      : ticket.promisedAt !== undefined
        ? t('kitchen.promised', { time: clockText(millis(ticket.promisedAt), props.zone) })
        : alsoAt(ticket);
  return (
    <button type="button" className="tk-h pressable" data-testid="ticket-head" {...press}>
      <span className="tk-r1">
        {props.digit !== null && (
          <span className="digit" aria-hidden="true">
            {props.digit}
          </span>
        )}
        <TypeTile letter={letter} label={t(`type.${letter}`)} />
        <TicketCode ticket={ticket} />
        <CardTimer ticket={ticket} urgency={urgency} />
      </span>
      <span className="tk-r2">
        <WorkDot work={workOf(ticket)} />
        <Num>#{ticket.number}</Num>
        <span className="sp">·</span>
        <span className={ticket.platform ? 'who src-badge' : 'who'}>
          {ticket.platform?.name ?? ticket.server ?? t(`type.${letter}`)}
        </span>
        <span className="sp">·</span>
        <span>{middle}</span>
        {end !== '' && <span className="end">{end}</span>}
      </span>
      {ticket.status === 'new' && <span className="sr-only">{t('kitchen.menuStart')}</span>}
    </button>
  );
}

/** The order's other stations; of many, the first and how many more. What no station makes is the pass's concern. */
function alsoAt(ticket: TicketView): string {
  const [first, ...more] = ticket.also
    .filter((station) => station !== 'unrouted')
    .map((station) => station.toUpperCase());
  if (first === undefined) return '';
  return t('kitchen.also', { stations: more.length === 0 ? first : `${first} +${more.length}` });
}

function liveLines(ticket: TicketView): number {
  return ticket.lines.filter(
    (line) => line.status !== 'voided' && line.status !== 'refired' && line.movedTo === undefined,
  ).length;
}

/** Everything between the header and the lines: hatch, tags, RUSH, allergy, PRINTED. */
export function CardBands(props: {
  ticket: TicketView;
  urgency: Urgency;
  allergySeen: string | null;
  zone?: string;
  onAllergy: () => void;
}): ReactElement {
  const { ticket } = props;
  const { delivery } = ticket;
  return (
    <>
      {props.urgency === 'late' && <div className="hatch" />}
      {ticket.recalls > 0 && (
        <div className="tags">
          <Tag look="outline">{t('kitchen.recalledTimes', { count: ticket.recalls })}</Tag>
        </div>
      )}
      {ticket.rush && (
        <div className="strip-rush">
          <RushIcon />
          {t('kitchen.rush')}
          {ticket.rushedBy !== undefined && <small>{ticket.rushedBy}</small>}
        </div>
      )}
      <AllergyBand ticket={ticket} seenBy={props.allergySeen} onSeen={props.onAllergy} />
      {ticket.backup !== undefined && (
        <div className="band band-backup" data-testid="backup">
          <MoveIcon />
          {t('kitchen.forStation', { station: ticket.backup.toUpperCase() })}
          <small>{t('kitchen.noScreenThere')}</small>
        </div>
      )}
      {ticket.backup === undefined && delivery.to !== undefined && (
        <div className="band" data-testid="shown-at">
          <MoveIcon />
          {t('kitchen.shownAt', { station: delivery.to.toUpperCase() })}
        </div>
      )}
      {(delivery.printedAt !== undefined || delivery.state === 'printed') && (
        <div className="band" data-testid="printed">
          <PrinterIcon />
          {delivery.printedAt === undefined
            ? t('kitchen.printed')
            : t('kitchen.printedAt', { time: clockText(millis(delivery.printedAt), props.zone) })}
        </div>
      )}
      {ticket.unseen === true && (
        <div className="band band-unseen" data-testid="unseen">
          <TapIcon />
          {t('kitchen.unseen')}
        </div>
      )}
      {ticket.notes !== undefined && <div className="band">{ticket.notes}</div>}
    </>
  );
}

/** Open and filled until somebody here saw it; then outlined, with a check and who. */
export function AllergyBand({
  ticket,
  seenBy,
  onSeen,
}: {
  ticket: TicketView;
  seenBy: string | null;
  onSeen: () => void;
}): ReactElement | null {
  const press = usePress(onSeen);
  const list = allergiesOf(ticket);
  if (list.length === 0) return null;
  const words = list
    .map((one) =>
      one.seat === undefined
        ? one.words.join(', ')
        : t('kitchen.allergySeat', { seat: one.seat, words: one.words.join(', ') }),
    )
    .join(' · ');
  if (seenBy !== null) {
    return (
      <div className="al ok" data-testid="allergy-seen">
        <AllergyIcon />
        <span>{words}</span>
        <span className="tap">
          <CheckIcon />
          {seenBy === '' ? t('kitchen.seen') : seenBy}
        </span>
      </div>
    );
  }
  return (
    <button type="button" className="al pressable" data-testid="allergy" {...press}>
      <AllergyIcon />
      <span className="sr-only">{t('kitchen.allergyName', { words })}</span>
      <span aria-hidden="true">{words}</span>
      <span className="tap">
        <TapIcon />
        {t('act.tap')}
      </span>
    </button>
  );
}
