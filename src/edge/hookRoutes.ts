import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HookAnswer } from '../integrations/provider.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { Limits } from './limits.ts';
import { refuse } from './problem.ts';
import { Buckets } from './rates.ts';

/**
 * `/hooks/{provider}/{address}`: where outside systems deliver. The bytes are kept as they came, since signatures are made
 * over them; who sent them is decided by the inbox. A database that is away is a 503, so that the sender comes again.
 */
export type HookRouteOptions = {
  readonly intake: Inbox['intake'];
  /** `HEARD_PUBLIC_URL`: how senders know this server; without it, the address they called. */
  readonly publicUrl: string | undefined;
  readonly limits: Pick<Limits, 'badToken'>;
};

/** Of one address: a busy evening with its couriers and transcripts has less; a flood must not take the house's place. */
const RATE = { perSecond: 100, burst: 1_000 };

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

type Hook = { Params: { provider: string; address: string } };

export async function registerHooks(app: FastifyInstance, options: HookRouteOptions): Promise<void> {
  const buckets = new Buckets(RATE);

  await app.register(async (hooks) => {
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    hooks.addHook<Hook>('onRequest', async (request) => {
      const wait = buckets.take(request.params.address);
      if (wait > 0)
        throw refuse('rate_limited', `Too many deliveries: try again in ${wait} s`, { retryAfter: wait });
      // The signature is over the bytes: what they call themselves refuses none of them.
      if (!MEDIA_TYPE.test(request.headers['content-type'] ?? '')) delete request.headers['content-type'];
    });
    hooks.route<Hook>({
      method: ['GET', 'POST'],
      url: '/hooks/:provider/:address',
      config: { open: true },
      handler: (request, reply) => take(request, reply),
    });
  });

  async function take(request: FastifyRequest<Hook>, reply: FastifyReply): Promise<FastifyReply> {
    const { provider, address } = request.params;
    const at = request.url.indexOf('?');
    const query = at < 0 ? '' : request.url.slice(at + 1);
    const received = await options.intake(
      provider,
      address,
      {
        method: request.method === 'GET' ? 'GET' : 'POST',
        url: `${options.publicUrl ?? `${request.protocol}://${request.host}`}${request.url}`,
        query: Object.fromEntries(new URLSearchParams(query)),
        headers: plainHeaders(request),
        raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      },
      query,
    );
    if ('answer' in received) return send(reply, received.answer);
    if (received.refused === 'method') throw refuse('not_found', 'This address takes no GET');
    // Whoever tries addresses or signatures is slowed down; who knows them is not.
    options.limits.badToken(request.ip);
    throw received.refused === 'unknown'
      ? refuse('not_found', 'There is nothing at this path')
      : refuse('unauthenticated', 'The signature is not that of this channel');
  }
}

function send(reply: FastifyReply, { status, headers = {}, body }: HookAnswer): FastifyReply {
  void reply.code(status).headers(headers);
  if (body === undefined) return reply.send();
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  if (typeof body === 'string') {
    if (!typed) void reply.type('text/plain; charset=utf-8');
    return reply.send(body);
  }
  if (!typed) void reply.type('application/json; charset=utf-8');
  return reply.send(JSON.stringify(body));
}

function plainHeaders({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
