import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import {
  useAcknowledge,
  useChanges,
  useConnection,
  useHeard,
  useLive,
  useNudges,
  useOutbox,
  useServerNow,
  useView,
} from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { useReloadHold } from '../shell/keepShell.tsx';
import { AbilityChip } from '../ui/abilityChip.tsx';
import { useAwake } from '../ui/awake.ts';
import { doubt } from '../ui/connection.tsx';
import { NobodyLooks } from '../ui/deaf.tsx';
import { Forgotten } from '../ui/forgotten.tsx';
import { lineOf } from '../ui/line.ts';
import type { Player } from '../ui/player.ts';
import { useWindowSize } from '../ui/size.ts';
import { SoundGate, useAudioState, useVolume } from '../ui/soundGate.tsx';
import { TapsChip } from '../ui/tapsChip.tsx';
import { useToast } from '../ui/toast.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { AllDay } from './allDay.tsx';
import { Bar, BoardButtons, Counts, OfflineSay } from './bar.tsx';
import { useBell } from './bell.ts';
import { TicketCard } from './card.tsx';
import { Columns, type BoardCard } from './columns.tsx';
import { Empty, Loading } from './empty.tsx';
import { Announcer } from './announcer.tsx';
import { columnsFor, notOn } from './flow.ts';
import { identity } from './heights.ts';
import { useDensity, useSeenAllergies } from './memory.ts';
import { openTickets, useModels } from './models.ts';
import { unsentOf, useOwnBumps } from './pending.ts';
import { KeysSheet, RecallSheet, ScreenSheet, TicketMenu } from './sheets.tsx';
import { alreadyBumped, useTaps } from './taps.ts';
import { useKeys } from './useKeys.ts';
import { USUAL_LIMITS, codeOf, recallList, urgencyOf } from './tickets.ts';

/** Nobody turned back: page 1 holds the oldest. */
const BACK_TO_FIRST = 20_000;
const MANY_CHANGES = 5;

type Over = { kind: 'none' | 'recall' | 'allDay' | 'screen' | 'keys' } | { kind: 'menu'; ticket: string };

/** One station's board. `who` is written beside an allergy that was seen here. */
export function Kitchen({
  station: id,
  player,
  who,
  gated,
}: {
  station: string;
  player: Player;
  who: string;
  gated: boolean;
}): ReactElement {
  const topic = `station:${id}`;
  const heard = useHeard();
  const view = useView(topic);
  const live = useLive(topic);
  const connection = useConnection();
  const outbox = useOutbox();
  const now = useServerNow();
  const window_ = useWindowSize();
  const audio = useAudioState(player);
  const volume = useVolume(player);
  useAwake();

  const [gate, setGate] = useState(gated);
  const [over, setOver] = useState<Over>({ kind: 'none' });
  const [page, setPage] = useState(0);
  const [selected, setSelected] = useState<string | null>(null);
  const [keyed, setKeyed] = useState(false);
  const [split, setSplit] = useState<ReadonlySet<string>>(new Set());
  const [still, setStill] = useState(false);
  const { toast, show, clear } = useToast();
  const { seenBy, see } = useSeenAllergies();
  const portrait = window_.width < 1000 && window_.height > window_.width;
  const { density, step } = useDensity(portrait ? 0.88 : 1);
  const readOnly = window_.width < 600;

  const station = view.entities.station.get(id) ?? null;
  const zone = station?.location.timezone;
  const line = lineOf(connection, view);
  const proof = doubt(line, now);
  const hasLine =
    connection.word === 'live' || connection.word === 'catching_up' || connection.word === 'polling';
  const unsent = useMemo(() => unsentOf(outbox.pending, hasLine), [outbox.pending, hasLine]);
  const open = useMemo(
    () => openTickets(view.entities.ticket.values(), unsent),
    [view.entities.ticket, unsent],
  );
  const models = useModels({ open, station, now, unsent, seenBy, split, zone });

  // A new version would come back behind the gate that asks for a tap: not while somebody cooks by ear.
  useReloadHold('sound', audio === 'running' && open.length > 0);
  const urgency = useCallback(
    (ticket: TicketView) => urgencyOf(ticket, station ?? USUAL_LIMITS, heard.serverNow()),
    [station, heard],
  );
  const bell = useBell({
    player,
    tickets: open,
    loaded: view.state !== 'loading' && station !== null,
    urgency,
    predicted: view.predicted,
    lineLost: connection.word === 'offline' && proof !== 'none',
    now: heard.serverNow,
    waiting: gate,
  });
  useNudges(({ ticket }) => bell.nudge(ticket));
  const taps = useTaps({
    heard,
    show,
    hush: bell.hush,
    seeAllergy: (ticket) => see(ticket, who),
    openMenu: (ticket) => setOver({ kind: 'menu', ticket: ticket.id }),
    readOnly,
  });

  const nameOfTap = (input: unknown): string | null => {
    const { ticket = '' } = input as { ticket?: string };
    const named = view.entities.ticket.get(ticket);
    return named === undefined ? null : `#${named.number} ${codeOf(named)}`;
  };
  const ownBumps = useOwnBumps(outbox.pending);
  // A burst after a silence is taken in at once: nothing slides while the eye looks for what is new.
  useChanges(topic, (change) => {
    setStill(change.put.length + change.gone.length > MANY_CHANGES);
    for (const put of change.put) {
      if (put.kind !== 'ticket' || put.status !== 'ready') continue;
      const event = change.events.find(
        (one) => one.seq === put.version && one.type.startsWith('ticket.bump'),
      );
      const mine = ownBumps.get(put.id);
      if (event !== undefined && mine !== undefined && mine !== event.command)
        show(alreadyBumped(put, event.by.name ?? t('kitchen.anotherScreen')));
    }
  });

  const cards = useMemo(
    () =>
      models.map((model): BoardCard => ({
        id: model.ticket.id,
        key: [
          identity(model.ticket),
          model.lines.length,
          model.urgency,
          model.allergySeen ?? '-',
          model.allergyOpen,
          model.unsentBump !== null,
        ].join('|'),
        draw: (part, digit, isSelected) => (
          <TicketCard model={model} part={part} digit={digit} selected={isSelected} taps={taps} />
        ),
      })),
    [models, taps],
  );

  const [pages, setPages] = useState<string[][]>([]);
  const onPage = pages[Math.min(page, pages.length - 1)];
  const behind = useMemo(
    () =>
      notOn(
        onPage,
        open.map((ticket) => ticket.id),
      ),
    [onPage, open],
  );
  // What goes on over the page was painted, but it is not all shown.
  const whole = useMemo(() => {
    const later = new Set(pages.slice(Math.min(page, pages.length - 1) + 1).flat());
    return open.length - behind.length - (onPage ?? []).filter((id) => later.has(id)).length;
  }, [pages, page, onPage, open, behind]);
  useEffect(() => {
    if (page === 0) return;
    const timer = setTimeout(() => setPage(0), BACK_TO_FIRST);
    return () => clearTimeout(timer);
  }, [page, selected]);

  const heardAs = audio === 'running' && volume > 0 ? 'running' : bell.flashes > 0 ? 'flashed' : audio;
  // What stands behind the gate was not seen by anybody.
  useAcknowledge(topic, { cursor: gate ? null : view.cursor }, { audio: heardAs, behind: behind });

  useKeys(!gate && over.kind === 'none', (asked) => {
    setKeyed(true);
    const model = models.find((one) => one.ticket.id === selected);
    switch (asked.act) {
      case 'select':
        return setSelected(onPage?.[asked.index] ?? null);
      case 'bump':
        if (model?.allergyOpen === true) taps.allergy(model.ticket);
        else if (model !== undefined)
          (model.ticket.status === 'voided' ? taps.acknowledge : taps.bump)(model.ticket);
        return;
      case 'start':
        if (model !== undefined) taps.head(model.ticket);
        return;
      case 'recall':
        return setOver({ kind: 'recall' });
      case 'allDay':
        return setOver({ kind: 'allDay' });
      case 'undo':
        toast?.undo?.();
        return clear();
      case 'help':
        return setOver({ kind: 'keys' });
      case 'larger':
        return step(1);
      case 'smaller':
        return step(-1);
      case 'page':
        return setPage(Math.min(Math.max(0, page + asked.by), Math.max(0, pages.length - 1)));
      case 'leave':
        setKeyed(false);
        return setSelected(null);
    }
  });

  useEffect(() => {
    document.documentElement.style.setProperty('--density', String(density));
    return () => void document.documentElement.style.removeProperty('--density');
  }, [density]);
  useEffect(() => {
    document.title = t('kitchen.title', { station: station?.name ?? id });
  }, [station, id]);

  const close = useCallback(() => setOver({ kind: 'none' }), []);
  const late = models.filter((model) => model.urgency === 'late').length;
  const hasStrip = window_.width >= 1600;
  const known = proof !== 'red';
  const proven = view.state === 'live' && proof === 'none' && connection.word !== 'offline';
  const buttons = (
    <BoardButtons
      player={player}
      onRecall={() => setOver({ kind: 'recall' })}
      onAllDay={hasStrip ? null : () => setOver({ kind: 'allDay' })}
      onScreen={() => setOver({ kind: 'screen' })}
      onPageBack={page > 0 && !portrait ? () => setPage(0) : null}
      onSmaller={pages.length > 2 && density > 0.8 ? () => step(-1) : null}
    />
  );
  const menuTicket = over.kind === 'menu' ? open.find((ticket) => ticket.id === over.ticket) : undefined;

  return (
    <div
      className={`screen ${portrait ? 'portrait' : ''} ${window_.width < 1400 ? 'narrow' : ''}`}
      data-line={line.state}
      data-proof={proof}
    >
      <Bar
        name={station?.name ?? id}
        place={station?.location.name ?? ''}
        line={line}
        now={now}
        zone={zone}
        stat={
          view.state === 'loading' ? null : (
            <Counts open={open.length} late={late} shown={whole} known={known} short={portrait} />
          )
        }
        toast={toast}
        clearToast={clear}
        portrait={portrait}
        buttons={buttons}
        chips={
          <>
            <NobodyLooks live={live} station={id} />
            <TapsChip nameOf={nameOfTap} zone={zone} />
            <AbilityChip lit />
          </>
        }
      />
      <main className={`board ${proof === 'red' ? 'edge-red' : proof === 'amber' ? 'edge-amber' : ''}`}>
        {view.state === 'loading' ? (
          proof === 'red' || connection.word === 'offline' ? (
            <Empty provenAt={null} proven={false} last={null} next={null} zone={zone} nothing="" />
          ) : (
            <Loading columns={columnsFor(window_.width - (hasStrip ? 260 : 24), density)} />
          )
        ) : (
          <div className="board-main">
            {readOnly && <p className="band">{t('kitchen.tooSmall')}</p>}
            {(proof === 'red' || (proof === 'amber' && connection.word === 'offline')) && (
              <OfflineSay line={line} now={now} unsent={outbox.unsent} nextTryAt={connection.nextTryAt} />
            )}
            <Forgotten codeOf={codeOf} />
            {open.length === 0 ? (
              <Empty
                provenAt={view.freshness}
                proven={proven}
                last={recallList(view.entities.ticket.values())[0] ?? null}
                next={null}
                zone={zone}
                nothing={t('kitchen.emptyTitle')}
              />
            ) : (
              <Columns
                cards={cards}
                density={density}
                page={page}
                onPage={setPage}
                selected={selected}
                digits={keyed}
                still={still}
                onLaidOut={setPages}
              />
            )}
          </div>
        )}
        {hasStrip && view.state !== 'loading' && open.length > 0 && (
          <AllDay tickets={open} provenAt={view.freshness} proven={proof === 'none'} zone={zone} />
        )}
      </main>
      {portrait && <nav className="nv">{buttons}</nav>}
      {over.kind === 'recall' && (
        <RecallSheet
          tickets={[...view.entities.ticket.values()]}
          zone={zone}
          onClose={close}
          onRecall={(ticket) => {
            taps.recall(ticket);
            close();
          }}
        />
      )}
      {over.kind === 'allDay' && (
        <Sheet title={t('kitchen.allDay')} onClose={close}>
          <AllDay tickets={open} provenAt={view.freshness} proven={proof === 'none'} zone={zone} plain />
        </Sheet>
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
      {menuTicket !== undefined && (
        <TicketMenu
          ticket={menuTicket}
          split={split.has(menuTicket.id)}
          zone={zone}
          taps={taps}
          onClose={close}
          onSplit={() =>
            setSplit(
              (before) =>
                new Set(
                  before.has(menuTicket.id)
                    ? [...before].filter((one) => one !== menuTicket.id)
                    : [...before, menuTicket.id],
                ),
            )
          }
        />
      )}
      {bell.flashes > 0 && (
        <div className="flash" key={bell.flashes} data-testid="flash" aria-hidden="true" />
      )}
      {gate && (
        <SoundGate
          player={player}
          onDone={(played) => {
            if (played) bell.selfTested();
            setGate(false);
          }}
        />
      )}
      <Announcer open={open} late={late} offline={proof === 'red'} />
    </div>
  );
}
