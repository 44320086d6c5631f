import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { LocationRow } from '../log/types.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Door } from './door.ts';
import { refuse } from './problem.ts';

export type HealthOptions = {
  /** Why this node should get no work now; empty when it should. */
  readonly notReady: () => Promise<string[]>;
  readonly metrics: Metrics;
  readonly metricsToken: string | undefined;
  readonly door: Door;
  readonly listLocations: (organization?: string) => Promise<LocationRow[]>;
  readonly version: string;
};

/**
 * `/healthz`: the process runs. `/readyz`: it should get work. `/metrics`: all of it for HEARD_METRICS_TOKEN; an owner's
 * or manager's token sees the same without other organizations' locations.
 */
export function registerHealth(app: FastifyInstance, options: HealthOptions): void {
  const { metrics, door } = options;
  app.get('/healthz', { config: { open: true } }, async () => ({ ok: true, version: options.version }));

  app.get('/readyz', { config: { open: true } }, async (_request, reply) => {
    const reasons = await options.notReady();
    if (reasons.length === 0) return { ready: true };
    return reply.code(503).header('retry-after', '1').send({ ready: false, reasons });
  });

  app.get('/metrics', { config: { open: true } }, async (request, reply) => {
    const said = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (said !== undefined && options.metricsToken !== undefined && isSame(said, options.metricsToken)) {
      return reply.type(metrics.contentType).send(await metrics.render(null));
    }
    const { claims } = await door.identify(request);
    if (claims.role !== 'owner' && claims.role !== 'manager')
      throw refuse('forbidden', 'Metrics are for owners and managers, or for HEARD_METRICS_TOKEN');
    const rows = await options.listLocations(claims.org);
    const visible = rows.map((row) => row.id).filter((id) => claims.loc === undefined || id === claims.loc);
    return reply.type(metrics.contentType).send(await metrics.render(new Set(visible)));
  });
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
