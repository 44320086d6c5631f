import { z } from 'zod';
import type { Call } from './contract.ts';

/** The calls that ask for the server itself. */
export const SERVER_CALLS: readonly Call[] = [
  {
    method: 'get',
    path: '/healthz',
    summary: 'The process runs',
    tag: 'server',
    open: true,
    answer: z.object({ ok: z.boolean(), version: z.string() }),
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'This node should get work',
    tag: 'server',
    open: true,
    answer: z.object({ ready: z.boolean(), reasons: z.array(z.string()).optional() }),
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Prometheus metrics: HEARD_METRICS_TOKEN sees all, an owner or manager the own locations',
    tag: 'server',
    answerType: 'text/plain',
  },
  { method: 'get', path: '/v1/openapi.json', summary: 'This document', tag: 'server', open: true },
  {
    method: 'get',
    path: '/v1/asyncapi.json',
    summary: 'The frames of the stream',
    tag: 'server',
    open: true,
  },
];
