import type { Call } from './contract.ts';
import {
  deliveriesAnswer,
  deliveriesQuery,
  deliveryAnswer,
  replayAnswer,
  replayBody,
} from './deliveryRoutes.ts';
import { linkWish, linksAnswer, oneLinkAnswer, removedAnswer, rotateBody } from './linkRoutes.ts';

/** The doors from outside, as data for the reference. */

const hook = (method: 'get' | 'post'): Call => ({
  method,
  path: '/hooks/{provider}/{address}',
  summary: 'Where an outside system delivers, signed as it signs; the answer is the one it wants',
  tag: 'channels',
  open: true,
  problems: ['unauthenticated', 'not_found', 'too_large', 'rate_limited', 'unavailable'],
});

export const CHANNEL_CALLS: readonly Call[] = [
  hook('get'),
  hook('post'),
  {
    method: 'get',
    path: '/v1/locations/{location}/deliveries',
    summary: 'What outside systems delivered in the last 30 days, newest first (owner, manager)',
    tag: 'channels',
    query: deliveriesQuery,
    answer: deliveriesAnswer,
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/deliveries/{id}',
    summary: 'One delivery as it came, without what opens doors (owner, manager)',
    tag: 'channels',
    answer: deliveryAnswer,
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/deliveries/{id}/replay',
    summary: 'Work it again; what it did already is not done twice (owner, manager)',
    tag: 'channels',
    answer: replayAnswer,
    problems: ['not_found', 'conflict'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/deliveries/replay',
    summary: 'Work the dead ones again, of a channel or all, at most 500 (owner, manager)',
    tag: 'channels',
    body: replayBody,
    bodyOptional: true,
    answer: replayAnswer,
  },
  {
    method: 'get',
    path: '/v1/locations/{location}/links',
    summary: "Where each channel's provider delivers, and which of its secrets are set (owner, manager)",
    tag: 'channels',
    answer: linksAnswer,
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/links',
    summary: "Make a channel's link, or change its secrets: they go in and never come out (owner, manager)",
    tag: 'channels',
    body: linkWish,
    answer: oneLinkAnswer,
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/links/{channel}/rotate',
    summary: 'A new address; the old one stays good for a day unless told otherwise (owner, manager)',
    tag: 'channels',
    body: rotateBody,
    bodyOptional: true,
    answer: oneLinkAnswer,
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/locations/{location}/links/{channel}/remove',
    summary: 'The address is good no more and the secrets are forgotten (owner, manager)',
    tag: 'channels',
    answer: removedAnswer,
  },
];
