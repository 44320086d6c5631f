import { memo, type ReactElement } from 'react';
import type { OrderView } from '../../domain/entities.ts';
import { useServerNow } from '../../sdk/react/hooks.ts';
import { Rich, t, type MessageKey } from '../i18n/words.tsx';
import { AllergyBand, STATE_WORDS, TicketCode } from '../kitchen/cardHead.tsx';
import { Modifier } from '../kitchen/cardLine.tsx';
import type { Part } from '../kitchen/flow.ts';
import { codeOf, type PaintedLine } from '../kitchen/tickets.ts';
import { SourceBadge } from '../platform/courier.tsx';
import { CheckIcon, MenuIcon, NoteIcon, RushIcon } from '../ui/icons.tsx';
import { Arrow, Num, TypeTile, WorkDot, typeLetter } from '../ui/marks.tsx';
import { usePress } from '../ui/press.ts';
import { ageText, clockText, millis } from '../ui/time.ts';
import { PlatformBand } from './platform/band.tsx';
import { UNROUTED_STATION, type Group, type PassOrder } from './orders.ts';

export type ExpoTaps = {
  handOver(order: PassOrder): void;
  menu(order: PassOrder): void;
  allergy(order: PassOrder): void;
  /** Accept or deny what a platform offers. */
  ask(order: PassOrder): void;
};

/** The rows of a card: each line, the first of a station with its head. */
export function rowsOf(order: PassOrder): { group: Group; line: PaintedLine; first: boolean }[] {
  return order.groups.flatMap((group) =>
    group.lines.map((line, index) => ({ group, line, first: index === 0 })),
  );
}

export const ExpoCard = memo(function ExpoCard(props: {
  pass: PassOrder;
  part: Part | null;
  allergySeen: string | null;
  twins: readonly OrderView[];
  zone?: string;
  taps: ExpoTaps;
}): ReactElement {
  const { pass, part, taps } = props;
  const { order } = pass;
  const first = part === null || part.part === 1;
  const last = part === null || part.part === part.parts;
  const cut = first && last ? '' : first ? 'f-top fill' : last ? 'f-end' : 'f-mid fill';
  const rows = rowsOf(pass).slice(part?.from ?? 0, part?.to ?? Infinity);
  const look = pass.complete
    ? 'rdy'
    : pass.urgency === 'late'
      ? 'late'
      : pass.urgency === 'soon'
        ? 'soon'
        : '';
  const letter = typeLetter(order.type, order.source);
  const state = pass.complete
    ? t('work.ready')
    : t(STATE_WORDS[pass.urgency === 'held' ? 'ok' : pass.urgency]);
  return (
    <article
      className={`tk ${look} ${cut}`}
      data-testid="order"
      data-card={order.id}
      data-order={order.id}
      data-complete={pass.complete}
      aria-label={t('expo.heading', { code: codeOf(order), number: order.number, state })}
    >
      {first ? (
        <div className="row">
          <div className="tk-h">
            <span className="tk-r1">
              <TypeTile letter={letter} label={t(`type.${letter}`)} />
              <TicketCode ticket={order} />
              <PassTimer pass={pass} />
            </span>
            <span className="tk-r2">
              <Num>#{order.number}</Num>
              <span className="sp">·</span>
              {order.platform === undefined ? (
                <span className="who">{order.server ?? t(`type.${letter}`)}</span>
              ) : (
                <SourceBadge name={order.platform.name} />
              )}
              {order.promisedAt !== undefined && (
                <>
                  <span className="sp">·</span>
                  <Num>{clockText(millis(order.promisedAt), props.zone)}</Num>
                </>
              )}
              <span className="end" data-testid="progress">
                {t('expo.ready', { ready: pass.ready, all: pass.live })}
              </span>
            </span>
          </div>
          {look === 'late' && <div className="hatch" />}
          <div className="pg" aria-hidden="true">
            {Array.from({ length: Math.min(pass.live, 24) }, (_, index) => (
              <i key={index} data-on={index < (pass.ready / pass.live) * Math.min(pass.live, 24)} />
            ))}
          </div>
          {pass.rush && (
            <div className="strip-rush">
              <RushIcon />
              {t('kitchen.rush')}
              {pass.groups.find((group) => group.ticket.rushedBy !== undefined) !== undefined && (
                <small>
                  {pass.groups.find((group) => group.ticket.rushedBy !== undefined)?.ticket.rushedBy}
                </small>
              )}
            </div>
          )}
          <AllergyBand
            ticket={allergyTicket(pass)}
            seenBy={props.allergySeen}
            onSeen={() => taps.allergy(pass)}
          />
          <PlatformBand order={order} twins={props.twins} onAsked={() => taps.ask(pass)} />
        </div>
      ) : (
        <div className="contb">
          <span>
            {t('kitchen.cont', { code: codeOf(order), part: `${part?.part ?? 1}/${part?.parts ?? 1}` })}
          </span>
          <PassTimer pass={pass} />
        </div>
      )}
      <div className="lns">
        {rows.map(({ group, line, first: opens }) => (
          <div className="row" key={`${group.ticket.id}:${line.lines[0]?.item ?? ''}`}>
            {opens && <GroupHead group={group} />}
            <ExpoLine line={line} />
          </div>
        ))}
      </div>
      {last ? (
        <Foot pass={pass} taps={taps} />
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

/** The whole order's allergies on one band, whatever station has them. */
export function allergyTicket(pass: PassOrder): Group['ticket'] {
  const ticket = pass.groups[0]?.ticket;
  if (ticket === undefined) throw new Error('An order on the pass has tickets.');
  return {
    ...ticket,
    allergies: pass.order.allergies,
    lines: pass.groups.flatMap((group) => group.ticket.lines),
  };
}

function PassTimer({ pass }: { pass: PassOrder }): ReactElement {
  const now = useServerNow();
  return (
    <span className="tm">
      <em>{t(STATE_WORDS[pass.urgency === 'held' ? 'ok' : pass.urgency])}</em>
      <Num>{ageText(now - pass.since)}</Num>
    </span>
  );
}

const GROUP_WORDS: Record<Group['state'], MessageKey> = {
  sent: 'expo.groupSent',
  heard: 'expo.groupHeard',
  cooking: 'expo.groupCooking',
  ready: 'expo.groupReady',
  held: 'expo.groupHeld',
  late: 'expo.groupLate',
  served: 'expo.groupServed',
};

function GroupHead({ group }: { group: Group }): ReactElement {
  const now = useServerNow();
  return (
    <div
      className={`grp ${group.state === 'late' ? 'g-late' : ''} ${group.station === UNROUTED_STATION ? 'g-unrouted' : ''}`}
    >
      <WorkDot work={group.work} />
      <b>{group.station === UNROUTED_STATION ? t('expo.unrouted') : group.name}</b>
      <span>
        {t(GROUP_WORDS[group.state], { age: group.since === null ? '' : ageText(now - group.since) })}
      </span>
    </div>
  );
}

function ExpoLine({ line }: { line: PaintedLine }): ReactElement {
  return (
    <div className={`xl ${line.state === 'ready' ? 'done2' : ''} ${line.open ? 'open-item' : ''}`}>
      <span className="q">
        <Num>{line.qty}</Num>
      </span>
      <span className="nm">
        <bdi>{line.name}</bdi>
        {line.seat !== undefined && <span className="seat">{t('kitchen.seat', { seat: line.seat })}</span>}
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
      {line.state === 'partial' && (
        <span className="pt2">
          <Num>
            {line.ready}/{line.qty}
          </Num>
        </span>
      )}
    </div>
  );
}

function Foot({ pass, taps }: { pass: PassOrder; taps: ExpoTaps }): ReactElement {
  const hand = usePress(() => taps.handOver(pass));
  const menu = usePress(() => taps.menu(pass));
  return (
    <div className="fx">
      {pass.complete ? (
        <button type="button" className="bump go pressable" data-testid="hand-over" {...hand}>
          <CheckIcon />
          {pass.order.platform === undefined ? (
            t('expo.handOver')
          ) : (
            <bdi>{t('platform.handOver', { number: pass.order.platform.number })}</bdi>
          )}
        </button>
      ) : (
        <Waiting
          group={pass.waitsFor}
          started={
            pass.ready > 0 || pass.groups.some((group) => group.state === 'cooking' || group.state === 'late')
          }
        />
      )}
      <button
        type="button"
        className="more pressable"
        aria-label={t('act.menu')}
        data-testid="order-menu"
        {...menu}
      >
        <MenuIcon />
      </button>
    </div>
  );
}

function Waiting({ group, started }: { group: Group | null; started: boolean }): ReactElement {
  const now = useServerNow();
  if (group === null || !started) {
    return (
      <div className="wait">
        <WorkDot work="waiting" />
        {t('expo.queued')}
      </div>
    );
  }
  return (
    <div className={`wait ${group.state === 'late' ? 'w' : ''}`}>
      <WorkDot work={group.work} />
      <span className="words">
        <Rich
          id="expo.waits"
          values={{
            station: group.station === UNROUTED_STATION ? t('expo.unrouted') : group.name.toUpperCase(),
            age: group.since === null ? '' : ageText(now - group.since),
          }}
          tags={{ b: (text) => <b dir="ltr">{text}</b> }}
        />
      </span>
    </div>
  );
}
