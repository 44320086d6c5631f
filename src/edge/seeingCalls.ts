import { z } from 'zod';
import {
  connectionUpload,
  connectionsAnswer,
  drillAnswer,
  drillWish,
  pulseAnswer,
  storyAnswer,
} from '../protocol/connections.ts';
import type { Call } from './contract.ts';
import { connectionsQuery, storyQuery } from './seeingRoutes.ts';

/** The calls of the managers' page, as data for the reference. */
export const SEEING_CALLS: readonly Call[] = [
  {
    method: 'post',
    path: '/v1/locations/{location}/connections',
    summary: 'What a screen tells of its own line; the same id twice is one line',
    tag: 'seeing',
    body: connectionUpload,
    status: 204,
    problems: ['rate_limited'],
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/connections',
    summary: 'The connection log, newest first (owner, manager); CSV by Accept: text/csv',
    tag: 'seeing',
    query: connectionsQuery,
    answer: connectionsAnswer,
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/connections/story',
    summary: 'What happened around a time: 19:42, 2026-03-13T19:42 or RFC 3339 (owner, manager)',
    tag: 'seeing',
    query: storyQuery,
    answer: storyAnswer,
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/pulse',
    summary: 'Screens, stations and the last hour of their lines (owner, manager)',
    tag: 'seeing',
    answer: pulseAnswer,
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/drills',
    summary: 'The last plug-pull drills (owner, manager)',
    tag: 'seeing',
    answer: z.object({ drills: z.array(drillAnswer) }),
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/drills',
    summary: 'Begin a plug-pull drill (owner, manager)',
    tag: 'seeing',
    body: drillWish,
    answer: drillAnswer,
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/drills/{id}',
    summary: 'How a drill stands (owner, manager)',
    tag: 'seeing',
    answer: drillAnswer,
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/drills/{id}/end',
    summary: 'End a drill: its order is cancelled, its result kept (owner, manager)',
    tag: 'seeing',
    answer: drillAnswer,
    problems: ['not_found'],
  },
];
