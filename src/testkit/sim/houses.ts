import type { Blocked, DeviceSpec } from './device.ts';

/** Two chains and their tablets. What belongs to a house carries its marker, so that a leak is seen in any byte. */
export const HOUSES = [
  { location: 'brasa', organization: 'brasa-group', marker: 'MARK-BRASA' },
  { location: 'verde', organization: 'other', marker: 'MARK-VERDE' },
  { location: 'brasa-2', organization: 'brasa-group', marker: 'MARK-SECOND' },
] as const;

/** Houses that people work in; the other one is only there to be mixed up with. */
export const OPEN_HOUSES = HOUSES.slice(0, 2);

export const DEVICES: readonly DeviceSpec[] = [
  {
    id: 'grill-1',
    organization: 'brasa-group',
    location: 'brasa',
    role: 'kitchen',
    topics: ['station:grill'],
    station: 'grill',
  },
  {
    id: 'grill-2',
    organization: 'brasa-group',
    location: 'brasa',
    role: 'kitchen',
    topics: ['station:grill'],
    station: 'grill',
  },
  {
    id: 'drinks-1',
    organization: 'brasa-group',
    location: 'brasa',
    role: 'kitchen',
    topics: ['station:drinks'],
    station: 'drinks',
  },
  { id: 'pass', organization: 'brasa-group', location: 'brasa', role: 'expo', topics: ['kitchen'] },
  { id: 'pos-1', organization: 'brasa-group', location: 'brasa', role: 'waiter', topics: ['pos'] },
  {
    id: 'fuego',
    organization: 'other',
    location: 'verde',
    role: 'kitchen',
    topics: ['station:grill', 'station:drinks'],
    station: 'grill',
  },
  { id: 'caja', organization: 'other', location: 'verde', role: 'waiter', topics: ['pos'] },
];

/** What a proxy refuses some screens, best transport first; each of them only if those before it are refused too. */
export const WORST_LINE: Readonly<Record<string, readonly Blocked[]>> = {
  'drinks-1': ['websocket', 'sse', 'long_poll'],
  pass: ['websocket'],
};
