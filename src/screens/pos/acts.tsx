import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';
import type { CommandName, CommandRequest } from '../../domain/commands.ts';
import { useHeard, useOutbox } from '../../sdk/react/hooks.ts';
import type { Answer } from '../../sdk/shapes.ts';
import { t } from '../i18n/words.tsx';
import { useSession } from '../session/gate.tsx';
import { PinPad } from '../session/pin.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { ToastBar, useToast } from '../ui/toast.tsx';
import { readyLines, sendCart } from './cart.ts';
import { useDesk } from './desk.tsx';
import { draftOf, soldOutWords } from './refused.ts';

/** Taps that become commands: sent at once, refused in words, and where a manager has to agree, asked for the PIN. */

export type Acts = {
  /** Sends a command; a refusal is said in the toast. `say` names what was done, `undo` reverses it. */
  readonly act: <N extends CommandName>(
    name: N,
    input: CommandRequest<N>,
    options?: { say?: string; undo?: () => void },
  ) => Promise<Answer>;
  /** Sends the ready lines of a draft. False: there was nothing to send, as on the second of two quick taps. */
  readonly send: (order: string) => boolean;
  readonly say: (text: string, undo?: () => void) => void;
};

const ActsContext = createContext<Acts | null>(null);

export function useActs(): Acts {
  const acts = useContext(ActsContext);
  if (acts === null) throw new Error('useActs needs an <ActsProvider> above it.');
  return acts;
}

type Asking = { detail: string; again: (approval: string) => void; giveUp: () => void };

/** Food that somebody already makes is a manager's to waste. */
const APPROVABLE: readonly CommandName[] = ['item.void', 'item.refire', 'order.cancel'];

export function ActsProvider({ children }: { children: ReactNode }): ReactElement {
  const heard = useHeard();
  const session = useSession();
  const { drafts, menu, remember, forget } = useDesk();
  const { toast, show, clear } = useToast();
  const [asking, setAsking] = useState<Asking | null>(null);

  const acts = useMemo<Acts>(() => {
    const say = (text: string, undo?: () => void): void =>
      show({ id: `${Date.now()}`, say: text, ...(undo && { undo }) });
    const judge = (answer: Answer, words: { say?: string; undo?: () => void }): Answer => {
      if (!answer.ok) say(answer.reason === 'refused' ? answer.problem.detail : t('refused.notSent'));
      else if (words.say !== undefined) say(words.say, words.undo);
      return answer;
    };
    return {
      say,
      async act(name, input, words = {}) {
        const first = await heard.command(name, input);
        const wantsPin = !first.ok && first.problem.code === 'forbidden' && APPROVABLE.includes(name);
        if (!wantsPin) return judge(first, words);
        return new Promise<Answer>((resolve) =>
          setAsking({
            detail: first.problem.detail,
            again: (approval) =>
              void heard.command(name, input, { approval }).then((second) => resolve(judge(second, words))),
            giveUp: () => resolve(first),
          }),
        );
      },
      send(order) {
        const cart = drafts.find(order);
        const out = cart && sendCart(cart, menu);
        if (!cart || !out) return false;
        const lines = readyLines(cart, menu);
        // Before anything else: whoever taps again finds these lines gone.
        if (out.rest.length > 0) drafts.put({ ...cart, adds: true, lines: out.rest });
        else drafts.drop(order);
        const sent =
          out.send.name === 'order.place'
            ? heard.command('order.place', out.send.input)
            : heard.command('order.add', out.send.input);
        remember({
          id: sent.id,
          name: out.send.name,
          input: out.send.input,
          state: 'sending',
          tappedAt: heard.serverNow(),
        });
        void sent.then((answer) => {
          if (answer.ok) return;
          forget(sent.id);
          drafts.giveBack(cart, lines);
          const words = answer.reason === 'refused' ? soldOutWords(answer.current, lines) : null;
          if (words === null) judge(answer, {});
          else say(words);
        });
        return true;
      },
    };
  }, [heard, drafts, menu, remember, forget, show]);

  // What was refused while no page waited for it (a reload in between) is a draft again, whole.
  const { refused, dismiss } = useOutbox();
  useEffect(() => {
    for (const one of refused) {
      const back = draftOf(one.name, one.input, one.tappedAt);
      if (back === null) continue;
      drafts.giveBack(back.cart, back.lines);
      dismiss(one.id);
      acts.say(soldOutWords(one.current, back.lines) ?? one.problem.detail);
    }
  }, [refused, dismiss, drafts, acts]);

  return (
    <ActsContext.Provider value={acts}>
      {children}
      <ToastBar toast={toast} clear={clear} floating />
      {asking && (
        <Sheet
          title={t('pin.manager')}
          keep
          onClose={() => {
            asking.giveUp();
            setAsking(null);
          }}
        >
          <PinPad
            title={asking.detail}
            check={async (pin) => {
              const answer = await session.approve(pin);
              if (!answer.ok) return answer;
              asking.again(answer.approval);
              setAsking(null);
              return { ok: true };
            }}
          />
        </Sheet>
      )}
    </ActsContext.Provider>
  );
}
