import type { ProviderTools } from '../provider.ts';
import { toInstant } from '../../domain/text.ts';
import { type Asking, type ToolAnswer, textArg } from './asking.ts';
import { checkAvailability, createReservation } from './bookings.ts';
import type { CanonicalCall, Heard, ToolCall } from './canonical.ts';
import { cancelReservation, changeReservation } from './changes.ts';
import { infoOf, mustBeKnown } from './hear.ts';
import { takeMessage } from './messages.ts';
import { placeOrder } from './orders.ts';
import { menuQuestion, openingHours } from './questions.ts';
import { type Language, languageOf, wordsIn } from './words.ts';

/** What an agent may ask the house for while its caller waits, by the names that its builders give such tools. */

const TOOLS: Readonly<Record<string, (asking: Asking) => Promise<ToolAnswer> | ToolAnswer>> = {
  check_availability: checkAvailability,
  create_reservation: createReservation,
  change_reservation: changeReservation,
  cancel_reservation: cancelReservation,
  place_order: placeOrder,
  take_message: takeMessage,
  opening_hours: openingHours,
  menu_question: menuQuestion,
};
const OTHER_NAMES: Readonly<Record<string, string>> = {
  get_availability: 'check_availability',
  availability: 'check_availability',
  book_table: 'create_reservation',
  book_reservation: 'create_reservation',
  make_reservation: 'create_reservation',
  update_reservation: 'change_reservation',
  modify_reservation: 'change_reservation',
  reschedule_reservation: 'change_reservation',
  create_order: 'place_order',
  order_food: 'place_order',
  leave_message: 'take_message',
  get_opening_hours: 'opening_hours',
  get_hours: 'opening_hours',
  get_menu: 'menu_question',
  ask_menu: 'menu_question',
};
/** Only looks: nothing is owed to a caller who did not wait for the answer. */
const LOOKS = new Set(['check_availability', 'opening_hours', 'menu_question']);

export function toolNamed(name: string): string | null {
  const plain = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  const known = OTHER_NAMES[plain] ?? plain;
  return Object.hasOwn(TOOLS, known) ? known : null;
}

/** After so long a caller has been told that it is not done. A provider's own limits are longer. */
export const WITHIN_MS = 2_500;
/** Who did not hear the answer is told it within this time. */
const TELL_MS = 15 * 60_000;

export type ToolRun = {
  readonly heard: Pick<Heard, 'call' | 'saidAt' | 'language'>;
  readonly tool: ToolCall;
  /** Names this asking over all its repeats. */
  readonly key: string;
  /** Ms since 1970. */
  readonly receivedAt: number;
  /** Nobody waits for the answer any more. */
  readonly unheard?: boolean;
};

/** Does what is asked for, once, and says what came of it. Throws TryLater when the house takes nothing now. */
export async function runTool(tools: ProviderTools, run: ToolRun): Promise<ToolAnswer> {
  const { heard, tool } = run;
  const { call } = heard;
  const callId = await knownCall(tools, call, run.receivedAt);
  const state = await tools.state();
  const language = languageFor(heard, tool) ?? state.config?.language ?? 'en';
  const here = { state, now: saidAt(heard.saidAt, run.receivedAt), language };
  const name = toolNamed(tool.name);
  const carryOut = name === null ? undefined : TOOLS[name];
  if (name === null || carryOut === undefined)
    return { status: 'refused', say: wordsIn(language).unknownTool };
  const asking: Asking = { tools, call, callId, here, args: tool.args, key: run.key };
  const answer = await carryOut(asking);
  const isLate = run.unheard === true || tools.now() - run.receivedAt > WITHIN_MS;
  if (isLate && !LOOKS.has(name) && call.direction === 'inbound') await tellLater(asking, answer);
  return answer;
}

/** The caller was told that it is not done; what came of it is still owed to them. */
async function tellLater({ tools, callId, here, key }: Asking, { say }: ToolAnswer): Promise<void> {
  await tools.submit(tools.idOf('tell', key), 'call.followUp', {
    call: callId,
    task: {
      id: tools.idOf('tell-task', key),
      text: wordsIn(here.language).tellCaller(say).slice(0, 280).toWellFormed(),
      dueAt: toInstant(tools.now() + TELL_MS),
    },
  });
}

/** What a caller is told when it takes too long: nothing that may turn out to be untrue. */
export function lateAnswer(heard: Pick<Heard, 'language'> | null, tool: ToolCall): ToolAnswer {
  const language = (heard === null ? null : languageFor(heard, tool)) ?? 'en';
  return { status: 'pending', say: wordsIn(language).late };
}

/** What the caller speaks, as far as the agent or the provider says so. */
export function languageFor(heard: Pick<Heard, 'language'>, { args }: ToolCall): Language | null {
  return languageOf(textArg(args, 40, 'language', 'lang')) ?? languageOf(heard.language);
}

/** A tool may be called before anybody said that there is a call: it is known from then on. */
async function knownCall(tools: ProviderTools, call: CanonicalCall, receivedAt: number): Promise<string> {
  const info = infoOf(tools, call, toInstant(receivedAt));
  await mustBeKnown(tools, call, info.id);
  const { calls } = await tools.state();
  if (calls.calls[info.id] === undefined)
    await tools.submitInner(tools.idOf('known', call.externalId), 'call.report', {
      call: info,
      news: [{ news: 'started' }],
    });
  return info.id;
}

const HOURS_MS = 6 * 3_600_000;

/** A provider's clock is believed where it can be true. */
function saidAt(said: number | null, receivedAt: number): number {
  return said !== null && Math.abs(said - receivedAt) < HOURS_MS ? said : receivedAt;
}
