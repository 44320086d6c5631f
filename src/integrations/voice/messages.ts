import { type Asking, type ToolAnswer, guestOf, textArg, troubled, unclear } from './asking.ts';
import { plain } from './spoken.ts';
import { wordsIn } from './words.ts';

/** `take_message`: becomes a task of the house. The same words in the same call are the same message. */
export async function takeMessage(asking: Asking): Promise<ToolAnswer> {
  const { args, here, tools, call, callId } = asking;
  const words = wordsIn(here.language);
  const text = textArg(args, 500, 'message', 'text', 'body', 'notes', 'content');
  if (text === null) return unclear(words.askMessage);
  const { name, phone } = guestOf(asking);
  const id = tools.idOf(call.externalId, 'message', plain(text));
  const to = textArg(args, 64, 'for', 'recipient', 'department');
  const taken = await tools.submit(tools.idOf('take', id), 'message.take', {
    message: {
      id,
      text,
      ...(name !== null && { from: name }),
      ...(phone !== null && { phone }),
      call: callId,
      ...(to !== null && /^[\w-]+$/.test(to) && { for: to }),
    },
  });
  if (!taken.ok && (await tools.state()).calls.tasks[id] === undefined) return troubled(asking, taken);
  return { status: 'done', say: words.messageTaken };
}
