import { createContext, useContext, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import type { Book, Look } from '../../domain/booking/book.ts';
import { lookAt } from '../../domain/booking/book.ts';
import type { ReservationView, WaitlistView } from '../../domain/booking/entities.ts';
import type { CallView, TaskView } from '../../domain/call/entities.ts';
import type { CommandName, CommandRequest } from '../../domain/commands.ts';
import type { TableView } from '../../domain/entities.ts';
import { serviceTime } from '../../domain/zone.ts';
import { useConnection, useHeard, useServerNow, useView } from '../../sdk/react/hooks.ts';
import type { Answer, View } from '../../sdk/shapes.ts';
import { t } from '../i18n/words.tsx';
import { useSessionView } from '../session/gate.tsx';
import { ToastBar, useToast } from '../ui/toast.tsx';
import type { Reach } from './calls/spoken.ts';
import { bookFrom, waiting } from './day.ts';

/** Everything that the stand looks at, read once at the top, and the taps that become commands. */

export type Chosen = { reservation: string } | { entry: string } | { table: string } | { call: string };

/** What is written about a call, above the page: it stays open although the call may end meanwhile. */
export type CallSheet =
  | { readonly sheet: 'note'; readonly call: string | null }
  | { readonly sheet: 'follow' | 'outcome' | 'erase'; readonly call: string };

export type Act = <N extends CommandName>(
  name: N,
  input: CommandRequest<N>,
  words?: { say?: string; undo?: () => void; quiet?: boolean },
) => Promise<Answer>;

export type Stand = {
  readonly view: View;
  /** Null until the rules of the book came. */
  readonly book: Book | null;
  readonly look: Look | null;
  readonly tables: ReadonlyMap<string, TableView>;
  readonly reservations: ReadonlyMap<string, ReservationView>;
  readonly entries: ReadonlyMap<string, WaitlistView>;
  /** Who waits, in order. */
  readonly line: readonly WaitlistView[];
  readonly calls: ReadonlyMap<string, CallView>;
  readonly tasks: ReadonlyMap<string, TaskView>;
  /** The name that the log has of whoever is signed in. */
  readonly me: string | null;
  readonly reach: Reach;
  /** The server's clock, once a second. */
  readonly now: number;
  /** The same, standing still while there is no line: how long a call has gone on is not known then. */
  readonly callNow: number;
  readonly zone: string | undefined;
  readonly place: string;
  readonly today: string;
  readonly chosen: Chosen | null;
  readonly choose: (what: Chosen | null) => void;
  readonly callSheet: CallSheet | null;
  readonly openCallSheet: (sheet: CallSheet | null) => void;
  /** Sends a command; a refusal is said in the toast, unless `quiet`. `undo` sends the reverse. */
  readonly act: Act;
  readonly say: (text: string) => void;
};

const StandContext = createContext<Stand | null>(null);

export function useStand(): Stand {
  const stand = useContext(StandContext);
  if (stand === null) throw new Error('useStand needs a <StandProvider> above it.');
  return stand;
}

export function StandProvider({ children }: { children: ReactNode }): ReactElement {
  const heard = useHeard();
  const view = useView('host');
  const { word } = useConnection();
  const now = useServerNow();
  const session = useSessionView();
  const { toast, show, clear } = useToast();
  const [chosen, choose] = useState<Chosen | null>(null);
  const [callSheet, openCallSheet] = useState<CallSheet | null>(null);
  const { table: tables, reservation: reservations, waitlist: entries, book: books, station } = view.entities;
  const { call: calls, task: tasks } = view.entities;
  const rules = books.get('book');
  const book = useMemo(
    () => (rules ? bookFrom(rules, tables.values(), reservations.values()) : null),
    [rules, tables, reservations],
  );
  // A hold that runs out frees its table by the clock alone.
  const minute = Math.floor(now / 10_000) * 10_000;
  const look = useMemo(() => book && lookAt(book, minute), [book, minute]);
  const line = useMemo(() => waiting(entries.values()), [entries]);
  const { act, say } = useMemo(() => {
    const tell = (text: string, undo?: () => void): void =>
      show({ id: `${Date.now()}`, say: text, ...(undo && { undo }) });
    const send: Act = async (name, input, words = {}) => {
      const answer = await heard.command(name, input);
      if (!answer.ok) {
        if (words.quiet !== true)
          tell(answer.reason === 'refused' ? answer.problem.detail : t('host.notSent'));
      } else if (words.say !== undefined) tell(words.say, words.undo);
      return answer;
    };
    return { act: send, say: (text: string) => tell(text) };
  }, [heard, show]);

  const first = station.values().next().value;
  const reach: Reach =
    word === 'live' || word === 'catching_up' ? 'all' : word === 'polling' ? 'noWords' : 'nothing';
  const callNow = reach === 'nothing' ? (view.freshness ?? now) : now;
  const stand = useMemo<Stand>(
    () => ({
      view,
      book,
      look,
      tables,
      reservations,
      entries,
      line,
      calls,
      tasks,
      me: session.name ?? null,
      reach,
      callNow,
      now,
      zone: rules?.timezone,
      place: first?.location.name ?? session.location,
      today: rules ? serviceTime(rules, now).day : '',
      chosen,
      choose,
      callSheet,
      openCallSheet,
      act,
      say,
    }),
    [
      view,
      book,
      look,
      tables,
      reservations,
      entries,
      line,
      calls,
      tasks,
      reach,
      callNow,
      now,
      rules,
      first,
      session.location,
      session.name,
      chosen,
      callSheet,
      act,
      say,
    ],
  );
  return (
    <StandContext.Provider value={stand}>
      {children}
      <ToastBar toast={toast} clear={clear} floating />
    </StandContext.Provider>
  );
}
