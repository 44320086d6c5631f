import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import {
  useAcknowledge,
  useConnection,
  useHeard,
  useLive,
  useNudges,
  useOutbox,
  useServerNow,
  useView,
} from '../../sdk/react/hooks.ts';
import type { Sent } from '../../sdk/shapes.ts';
import { Rich, t, type MessageKey } from '../i18n/words.tsx';
import { Bar, BoardButtons, OfflineSay } from '../kitchen/bar.tsx';
import { AbilityChip } from '../ui/abilityChip.tsx';
import { TapsChip } from '../ui/tapsChip.tsx';
import { Columns, type BoardCard } from '../kitchen/columns.tsx';
import { Empty, Loading } from '../kitchen/empty.tsx';
import { columnsFor } from '../kitchen/flow.ts';
import { identity } from '../kitchen/heights.ts';
import { useDensity, useSeenAllergies } from '../kitchen/memory.ts';
import { KeysSheet, RecallSheet, ScreenSheet } from '../kitchen/sheets.tsx';
import { codeOf } from '../kitchen/tickets.ts';
import { useAwake } from '../ui/awake.ts';
import { doubt } from '../ui/connection.tsx';
import { lineOf } from '../ui/line.ts';
import type { Player } from '../ui/player.ts';
import { useWindowSize } from '../ui/size.ts';
import { SoundGate, useAudioState } from '../ui/soundGate.tsx';
import { useToast } from '../ui/toast.tsx';
import { ExpoCard, allergyTicket, type ExpoTaps } from './expoCard.tsx';
import { Lane } from './lane.tsx';
import { OrderMenu } from './orderMenu.tsx';
import { standInTickets, unroutedTickets, type PassOrder } from './orders.ts';
import { usePassSounds } from './passSounds.ts';
import { usePasses } from './passes.ts';
import { usePlatform } from './platform/usePlatform.tsx';
import { Side } from './side.tsx';

const TOPIC = 'kitchen';
const ignore = (): void => undefined;
type Over = { kind: 'none' | 'recall' | 'screen' | 'keys' } | { kind: 'menu'; order: string };

/** The pass: whole orders by completeness, who is waited for, what nobody heard and what no station makes. */
export function Expo({ player, who, gated }: { player: Player; who: string; gated: boolean }): ReactElement {
  const heard = useHeard();
  const view = useView(TOPIC);
  const live = useLive(TOPIC);
  const connection = useConnection();
  const outbox = useOutbox();
  const now = useServerNow();
  const size = useWindowSize();
  const audio = useAudioState(player);
  useAwake();
  const [gate, setGate] = useState(gated);
  const [over, setOver] = useState<Over>({ kind: 'none' });
  const [page, setPage] = useState(0);
  const { toast, show, clear } = useToast();
  const { seenBy, see } = useSeenAllergies();
  const portrait = size.width < 1000 && size.height > size.width;
  const { density, step } = useDensity(portrait ? 0.88 : 1);

  const stations = useMemo(() => [...view.entities.station.values()], [view.entities.station]);
  const tickets = useMemo(() => [...view.entities.ticket.values()], [view.entities.ticket]);
  const alerts = useMemo(() => [...view.entities.alert.values()], [view.entities.alert]);
  const parties = useMemo(() => [...view.entities.reservation.values()], [view.entities.reservation]);
  const place = stations[0]?.location;
  const lanes = useMemo(
    () =>
      new Set([...unroutedTickets(tickets), ...standInTickets(tickets, place?.expoId)].map(({ id }) => id)),
    [tickets, place],
  );
  const line = lineOf(connection, view);
  const proof = doubt(line, now);

  const passes = usePasses(view.entities.order, tickets, view.entities.station, now);
  useEffect(() => {
    document.documentElement.style.setProperty('--density', String(density));
    return () => void document.documentElement.style.removeProperty('--density');
  }, [density]);
  useEffect(() => {
    document.title = t('kitchen.title', { station: place?.expo ?? t('expo.title') });
  }, [place]);
  useAcknowledge(TOPIC, { cursor: gate ? null : view.cursor }, { audio });
  usePassSounds(player, passes, alerts, view.state !== 'loading' && !gate);
  useNudges(() => {
    if (!gate) player.play('new');
  });

  const say = useCallback(
    (key: MessageKey, of: { number: number; code: string; detail?: string }, id: string) => {
      show({
        id,
        say: (
          <Rich
            id={key}
            values={{ number: `#${of.number}`, code: of.code, detail: of.detail ?? '' }}
            tags={{ b: (text) => <b dir="auto">{text}</b> }}
          />
        ),
      });
    },
    [show],
  );
  const send = useCallback(
    (sent: Sent, of: { number: number; code: string }, done?: MessageKey) => {
      if (done !== undefined) say(done, of, sent.id);
      void sent.then((answer) => {
        if (!answer.ok && answer.reason !== 'discarded')
          say('kitchen.refused', { ...of, detail: answer.problem.detail }, `${sent.id}-refused`);
      });
    },
    [say],
  );
  const {
    twins: twinsOf,
    ask,
    ...platform
  } = usePlatform({
    orders: view.entities.order,
    tickets,
    stations,
    now,
    player,
    quiet: gate || view.state === 'loading',
    send,
  });
  const name = (pass: PassOrder): { number: number; code: string } => ({
    number: pass.order.number,
    code: codeOf(pass.order),
  });

  const taps = useMemo<ExpoTaps>(
    () => ({
      handOver: (pass) =>
        send(
          heard.command('order.serve', { order: pass.order.id, version: pass.order.version }),
          name(pass),
          'expo.handed',
        ),
      menu: (pass) => setOver({ kind: 'menu', order: pass.order.id }),
      allergy: (pass) => see(allergyTicket(pass), who),
      ask: (pass) => ask(pass.order.id),
    }),
    [heard, send, see, who, ask],
  );
  const cards = useMemo(
    () =>
      passes.map((pass): BoardCard => {
        const seen = seenBy(allergyTicket(pass));
        const twins = twinsOf(pass.order);
        return {
          id: pass.order.id,
          key: `${identity(pass)}|${seen ?? '-'}|${twins.length}`,
          draw: (part) => (
            <ExpoCard
              pass={pass}
              part={part}
              allergySeen={seen}
              twins={twins}
              zone={place?.timezone}
              taps={taps}
            />
          ),
        };
      }),
    [passes, seenBy, taps, place, twinsOf],
  );

  const close = useCallback(() => setOver({ kind: 'none' }), []);
  const late = passes.filter((pass) => pass.urgency === 'late').length;
  const complete = passes.filter((pass) => pass.complete).length;
  const proven = view.state === 'live' && proof === 'none' && connection.word !== 'offline';
  const asRow = size.width < 1600;
  const bold = (text: string): ReactElement => <b>{text}</b>;
  const menuPass = over.kind === 'menu' ? passes.find((pass) => pass.order.id === over.order) : undefined;
  const buttons = (
    <BoardButtons
      player={player}
      onRecall={() => setOver({ kind: 'recall' })}
      onAllDay={null}
      onScreen={() => setOver({ kind: 'screen' })}
      onPageBack={page > 0 && !portrait ? () => setPage(0) : null}
      onSmaller={null}
    />
  );
  const recall = (ticket: TicketView): void =>
    send(
      heard.command('ticket.recall', { ticket: ticket.id }),
      { number: ticket.number, code: codeOf(ticket) },
      'kitchen.recalled',
    );
  const side = (
    <Side
      first={platform.side}
      stations={stations}
      tickets={tickets}
      alerts={alerts}
      parties={parties}
      live={live}
      zone={place?.timezone}
      now={now}
      asRow={asRow}
      onDone={(ticket) =>
        send(
          heard.command('ticket.bump', { ticket: ticket.id, version: ticket.version }),
          { number: ticket.number, code: codeOf(ticket) },
          'kitchen.bumped',
        )
      }
      onSend={(ticket, station) => {
        for (const line of ticket.lines)
          if (line.status !== 'voided')
            send(heard.command('item.amend', { order: ticket.order, item: line.item, station }), {
              number: ticket.number,
              code: codeOf(ticket),
            });
      }}
    />
  );

  return (
    <div
      className={`screen expo ${portrait ? 'portrait' : ''} ${size.width < 1400 ? 'narrow' : ''}`}
      data-line={line.state}
      data-proof={proof}
    >
      <Bar
        name={place?.expo ?? t('expo.title')}
        place={place?.name ?? ''}
        line={line}
        now={now}
        zone={place?.timezone}
        toast={toast}
        clearToast={clear}
        portrait={portrait}
        buttons={buttons}
        chips={
          <>
            <TapsChip zone={place?.timezone} />
            <AbilityChip lit />
          </>
        }
        stat={
          view.state === 'loading' ? null : (
            <>
              <Rich id="expo.orders" values={{ count: passes.length }} tags={{ b: bold }} />
              {complete > 0 && (
                <>
                  {' · '}
                  <Rich id="expo.complete" values={{ count: complete }} tags={{ b: bold }} />
                </>
              )}
              {late > 0 && (
                <>
                  {' · '}
                  <span className="late-n">{t('kitchen.late', { count: late })}</span>
                </>
              )}
            </>
          )
        }
      />
      <main
        className={`board ${proof === 'red' ? 'edge-red' : proof === 'amber' ? 'edge-amber' : ''}`}
        style={asRow ? { flexDirection: 'column' } : undefined}
      >
        {asRow && view.state !== 'loading' && side}
        {view.state === 'loading' ? (
          proof === 'red' ? (
            <Empty provenAt={null} proven={false} last={null} next={null} nothing="" />
          ) : (
            <Loading columns={columnsFor(size.width - (asRow ? 24 : 336), density)} />
          )
        ) : (
          <div className="board-main">
            {(proof === 'red' || (proof === 'amber' && connection.word === 'offline')) && (
              <OfflineSay line={line} now={now} unsent={outbox.unsent} nextTryAt={connection.nextTryAt} />
            )}
            {passes.length === 0 ? (
              <Empty
                provenAt={view.freshness}
                proven={proven}
                last={null}
                next={null}
                zone={place?.timezone}
                nothing={t('expo.empty')}
              />
            ) : (
              <Columns
                cards={cards}
                density={density}
                page={page}
                onPage={setPage}
                selected={null}
                digits={false}
                still={false}
                onLaidOut={ignore}
              />
            )}
          </div>
        )}
        {!asRow && view.state !== 'loading' && side}
      </main>
      {portrait && <nav className="nv">{buttons}</nav>}
      {over.kind === 'recall' && (
        <RecallSheet
          tickets={tickets}
          zone={place?.timezone}
          onClose={close}
          onRecall={(ticket) => {
            recall(ticket);
            close();
          }}
        />
      )}
      {over.kind === 'screen' && (
        <ScreenSheet
          player={player}
          density={density}
          onDensity={step}
          onKeys={() => setOver({ kind: 'keys' })}
          onClose={close}
        />
      )}
      {over.kind === 'keys' && <KeysSheet onClose={close} />}
      {platform.sheet}
      {menuPass !== undefined && (
        <OrderMenu
          pass={menuPass}
          onClose={close}
          onServe={() =>
            send(
              heard.command('order.serve', { order: menuPass.order.id, version: menuPass.order.version }),
              name(menuPass),
              'expo.handed',
            )
          }
          onRush={() => {
            for (const { ticket, state } of menuPass.groups) {
              if (state !== 'served' && state !== 'ready')
                send(
                  heard.command('ticket.rush', { ticket: ticket.id, rush: !menuPass.rush }),
                  name(menuPass),
                );
            }
          }}
          onRecall={(only) => {
            for (const { ticket, state } of menuPass.groups)
              if (state === 'ready' && (only === null || only === ticket.id)) recall(ticket);
          }}
        />
      )}
      <Lane topic="station:unrouted" shown={lanes} audio={audio} hidden={gate} />
      {place?.expoId !== undefined && stations.some(({ backup }) => backup === place.expoId) && (
        <Lane topic={`station:${place.expoId}`} shown={lanes} audio={audio} hidden={gate} />
      )}
      {gate && <SoundGate player={player} onDone={() => setGate(false)} />}
    </div>
  );
}
