import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { commandInputs, isCommandName } from '../domain/commands.ts';
import type { Actor, Command, CommandName } from '../domain/commands.ts';
import type { Entity } from '../domain/entities.ts';
import type { Refusal } from '../domain/refusals.ts';
import { mayCommand } from '../domain/rights.ts';
import { uuid, words } from '../domain/text.ts';
import type { Outcome } from '../location/outcome.ts';
import type { CommandAnswer } from '../protocol/http.ts';
import { makeProblem } from '../protocol/problems.ts';
import type { Problem } from '../protocol/problems.ts';
import { callerOf, placeOf } from './app.ts';
import { hashCommand } from './canonical.ts';
import { isStaff } from './door.ts';
import type { Caller } from './door.ts';
import { HttpProblem, parseInput, refuse, refuseField, refuseIssues } from './problem.ts';

export type CommandRouteOptions = {
  readonly submit: (location: string, command: Command, actor: Actor, hash: string) => Promise<Outcome>;
  /** The entity that a refusal names, as staff see it; null when it is gone. */
  readonly current: (
    location: string,
    kind: NonNullable<Refusal['current']>['kind'],
    id: string,
  ) => Promise<Entity | null>;
  /** Who approved, by the header `Heard-Approval`; null for one that is unknown, expired or another's. */
  readonly approver: (caller: Caller, location: string, approval: string) => Promise<string | null>;
  /** Key of the digest of inputs. */
  readonly hashKey: Buffer;
  /** Milliseconds from the request's arrival to its answer. */
  readonly observe?: (
    name: CommandName,
    outcome: 'committed' | 'replayed' | 'refused' | 'unavailable',
    ms: number,
  ) => void;
};

const MOST_COMMANDS = 100;
const batchEntry = z.strictObject({ id: uuid, name: words(64), input: z.unknown() });

/** `POST /v1/locations/{location}/commands/{name}` and `POST …/commands`: the one way in for whatever changes something. */
export function registerCommands(app: FastifyInstance, options: CommandRouteOptions): void {
  app.post<{ Params: { location: string; name: string } }>(
    '/v1/locations/:location/commands/:name',
    { config: { allow: (caller, request) => void allowed(caller, nameOf(request)) } },
    async (request) => {
      const caller = callerOf(request);
      const name = allowed(caller, request.params.name);
      const id = idempotencyKey(request);
      const answer = await perform(
        options,
        request,
        name,
        id,
        request.body,
        await actorOf(options, caller, request),
      );
      if ('status' in answer) throw new HttpProblem(answer);
      return answer;
    },
  );

  app.post('/v1/locations/:location/commands', async (request) => {
    const caller = callerOf(request);
    const entries = z
      .array(z.unknown())
      .min(1, 'must have at least one command')
      .max(MOST_COMMANDS, `must have at most ${MOST_COMMANDS} commands`)
      .safeParse(request.body);
    if (!entries.success) throw refuseIssues(entries.error.issues);
    const actor = await actorOf(options, caller, request);
    const answers: (CommandAnswer | Problem)[] = [];
    let stopped: Problem | null = null;
    for (const entry of entries.data) {
      if (stopped !== null) {
        answers.push({ ...stopped, detail: 'Not tried, since one before it could not be answered' });
        continue;
      }
      const answer = await performEntry(options, request, caller, actor, entry);
      answers.push(answer);
      if ('status' in answer && answer.status === 503) stopped = answer;
    }
    return answers;
  });
}

/** One of a batch is judged alone: what is wrong with it becomes its problem, and the next one has its turn. */
async function performEntry(
  options: CommandRouteOptions,
  request: FastifyRequest,
  caller: Caller,
  actor: Actor,
  entry: unknown,
): Promise<CommandAnswer | Problem> {
  try {
    const { id, name, input } = parseInput(batchEntry, entry);
    return await perform(options, request, allowed(caller, name), id, input, actor);
  } catch (error) {
    if (error instanceof HttpProblem) return error.problem;
    throw error;
  }
}

async function perform(
  options: CommandRouteOptions,
  request: FastifyRequest,
  name: CommandName,
  id: string,
  raw: unknown,
  actor: Actor,
): Promise<CommandAnswer | Problem> {
  const { id: location } = placeOf(request);
  const command = readCommand(name, id, raw);
  // Of what was sent, not of what it was read as: a default that changes with a version must not make a retry a stranger.
  const started = performance.now();
  const outcome = await options.submit(location, command, actor, hashCommand(options.hashKey, name, raw));
  const observe = (what: 'committed' | 'replayed' | 'refused' | 'unavailable') =>
    options.observe?.(name, what, performance.now() - started);
  if (outcome.ok) {
    observe(outcome.replayed ? 'replayed' : 'committed');
    const { seq, replayed, result } = outcome;
    return { id, name, seq, replayed, result };
  }
  if ('reused' in outcome) {
    observe('refused');
    return makeProblem(
      'idempotency_key_reused',
      'This Idempotency-Key was used before, for another command, body or person',
    );
  }
  if ('unavailable' in outcome) {
    observe('unavailable');
    return makeProblem(
      'unavailable',
      'The location cannot be changed at the moment; send the same command again',
      { retryAfter: Math.max(1, Math.ceil(outcome.retryAfter)) },
    );
  }
  observe('refused');
  return refusalProblem(options, request, outcome.refusal);
}

async function refusalProblem(
  options: CommandRouteOptions,
  request: FastifyRequest,
  refusal: Refusal,
): Promise<Problem> {
  const { code, detail, errors, alternatives, current: named } = refusal;
  const shown =
    named !== undefined && isStaff(callerOf(request).claims)
      ? await options.current(placeOf(request).id, named.kind, named.id)
      : null;
  return makeProblem(code, detail, {
    ...(errors !== undefined && { errors }),
    ...(alternatives !== undefined && { alternatives }),
    ...(shown !== null && { current: shown }),
  });
}

/** A validated command. Throws the 422 that names the field. */
export function readCommand(name: CommandName, id: string, raw: unknown): Command {
  const input = parseInput(commandInputs[name], raw);
  // Name and input belong together by the line above, which the type of a table's entry cannot say.
  return { id, name, input } as Command;
}

function nameOf(request: FastifyRequest): string {
  const { params } = request;
  return typeof params === 'object' && params !== null && 'name' in params ? String(params.name) : '';
}

function allowed(caller: Caller, name: string): CommandName {
  if (!isCommandName(name)) throw refuse('not_found', `There is no command "${name.slice(0, 64)}"`);
  if (!mayCommand(caller.claims.role, name))
    throw refuse('forbidden', `The role ${caller.claims.role} may not give ${name}`);
  return name;
}

function idempotencyKey(request: FastifyRequest): string {
  const header = request.headers['idempotency-key'];
  if (header === undefined || header === '')
    throw refuseField('Idempotency-Key', 'is missing: send a UUID made once for this command');
  const parsed = uuid.safeParse(Array.isArray(header) ? header.join() : header);
  if (!parsed.success) throw refuseField('Idempotency-Key', 'must be a UUID');
  return parsed.data;
}

async function actorOf(
  options: CommandRouteOptions,
  caller: Caller,
  request: FastifyRequest,
): Promise<Actor> {
  const approval = request.headers['heard-approval'];
  if (approval === undefined) return caller.actor;
  const by =
    typeof approval === 'string' ? await options.approver(caller, placeOf(request).id, approval) : null;
  if (by === null)
    throw refuse('forbidden', 'The approval is not good any more: ask the manager for the PIN again');
  return { ...caller.actor, approvedBy: by };
}
