import { z } from 'zod';
import { type BookingConfig, bookingConfig, lintBooking } from './booking/config.ts';
import { channelConfig } from './channel/config.ts';
import { UNROUTED } from './place.ts';
import { retentionConfig } from './retention.ts';
import { lintStock, stockConfig } from './stock/config.ts';
import { instant, money, slug, text, words } from './text.ts';

/**
 * What a location is made of, as one validated document: the body of `location.configure`
 * and the part of `heard init`'s YAML below each location. People, PINs and keys are not here: they never enter the log.
 */

const seconds = z.int().min(1).max(86_400);

export const stationConfig = z.strictObject({
  id: slug,
  name: words(40),
  /** Seconds until SOON and until LATE. */
  warn: seconds.default(600),
  late: seconds.default(900),
  /** Item-seconds that the station cooks in 15 minutes. */
  capacity: z.int().min(1).optional(),
  /** The station whose screens show this one's tickets when its own are gone. */
  backup: slug.optional(),
  printer: slug.optional(),
  /** Whether its items wait at the pass. */
  expo: z.enum(['send', 'only', 'skip']).default('send'),
  /** A tap on the header is not needed: the first item tap starts the ticket. */
  skipStart: z.boolean().default(false),
});

const optionConfig = z.strictObject({
  id: slug,
  name: words(60),
  price: money.default(0),
  /** What the cook sees: `-` red for remove, `+` blue for add, plain for a choice. The group's kind unless set. */
  kind: z.enum(['add', 'remove', 'choice']).optional(),
  allergens: z.array(words(40)).default([]),
  /** Chosen, the line is made there instead (empanada, fried: fritura rather than horno). */
  station: slug.optional(),
  /** Chosen, the line is made there as well. */
  alsoAt: slug.optional(),
  /** Groups that open when this is chosen; one level below the item's own (nesting 2). */
  groups: z.array(slug).default([]),
});

export const groupConfig = z.strictObject({
  id: slug,
  name: words(60),
  min: z.int().min(0).max(100).default(0),
  max: z.int().min(1).max(100).default(100),
  /** How many options cost nothing. */
  free: z.int().min(0).max(100).default(0),
  kind: z.enum(['add', 'remove', 'choice']).default('choice'),
  default: slug.optional(),
  options: z.array(optionConfig).min(1).max(200),
});

export const itemConfig = z.strictObject({
  id: slug,
  name: words(80),
  kitchenName: words(40).optional(),
  category: slug,
  price: money.min(0),
  /** Seconds to cook. */
  prep: z.int().min(0).max(86_400).optional(),
  course: z.int().min(1).max(9).optional(),
  allergens: z.array(words(40)).default([]),
  /** Rule of the item: beats the category's. More than one: the line is made at each. */
  stations: z.array(slug).max(6).optional(),
  groups: z.array(slug).max(20).default([]),
});

const categoryConfig = z.strictObject({
  id: slug,
  name: words(60),
  stations: z.array(slug).max(6).optional(),
  course: z.int().min(1).max(9).optional(),
});

const menuConfig = z.strictObject({
  categories: z.array(categoryConfig).max(200).default([]),
  groups: z.array(groupConfig).max(1000).default([]),
  items: z.array(itemConfig).max(5000).default([]),
});

export const tableConfig = z.strictObject({
  id: slug,
  name: words(40).optional(),
  section: words(40).optional(),
  seats: z.int().min(1).max(100).default(2),
  shape: z.enum(['table', 'bar']).default('table'),
});

export const printerConfig = z.strictObject({
  id: slug,
  name: words(60).optional(),
  host: text(253).optional(),
  port: z.int().min(1).max(65_535).default(9100),
});

const screenConfig = z.strictObject({
  id: slug,
  name: words(60),
  page: z.enum(['kitchen', 'expo', 'pos', 'floor', 'host', 'manager', 'board']),
  station: slug.optional(),
});

const sections = {
  booking: bookingConfig.prefault({}),
  channels: z.array(channelConfig).max(50).default([]),
  stock: stockConfig.prefault({}),
  retention: retentionConfig.prefault({}),
};
/** What the document did not have from its beginning: an older one gets the defaults. */
export const locationSections = z.object(sections);

export const locationConfig = z
  .strictObject({
    name: words(80),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD')
      .default('USD'),
    timezone: words(60).default('UTC'),
    language: z.enum(['en', 'es', 'ar']).default('en'),
    /** Where guests find the house, and how they call it: on the page that follows their order. */
    address: words(200).optional(),
    phone: z
      .string()
      .regex(/^\+?[0-9][0-9 ().-]{2,24}$/, 'must be a telephone number such as +1 212 555 0199')
      .optional(),
    /** The hour of the local day at which the business day ends and order numbers restart. */
    dayEndsAt: z.int().min(0).max(23).default(4),
    stations: z.array(stationConfig).min(1).max(100),
    /** The pass: its name, and the station id other pages may use for it. */
    expo: z.strictObject({ id: slug, name: words(40) }).default({ id: 'expo', name: 'EXPO' }),
    /** Where a line goes that neither its item nor its category sends anywhere; none: the UNROUTED lane. */
    defaultStation: slug.optional(),
    courses: z
      .array(z.strictObject({ number: z.int().min(1).max(9), name: words(40) }))
      .max(9)
      .default([]),
    menu: menuConfig.default({ categories: [], groups: [], items: [] }),
    tables: z.array(tableConfig).max(1000).default([]),
    printers: z.array(printerConfig).max(100).default([]),
    screens: z.array(screenConfig).max(500).default([]),
    ...sections,
  })
  .superRefine((config, context) => {
    for (const problem of lint(config))
      context.addIssue({ code: 'custom', path: [...problem.path], message: problem.message });
  });

export type LocationConfig = z.infer<typeof locationConfig>;
export type StationConfig = z.infer<typeof stationConfig>;
export type MenuItemConfig = z.infer<typeof itemConfig>;
export type GroupConfig = z.infer<typeof groupConfig>;
export type OptionConfig = z.infer<typeof optionConfig>;
export type TableConfig = z.infer<typeof tableConfig>;
export type CategoryConfig = z.infer<typeof categoryConfig>;
/** `day`: until the business day ends. */
export const soldOutUntil = z.union([z.literal('day'), instant]).optional();

type Lint = { path: readonly (string | number)[]; message: string };

/** References that point nowhere, ids used twice, groups nested deeper than two. */
function* lint(config: {
  stations: readonly { id: string; backup?: string | undefined; warn: number; late: number }[];
  expo: { id: string };
  defaultStation?: string | undefined;
  menu: {
    categories: readonly { id: string; stations?: readonly string[] | undefined }[];
    groups: readonly GroupConfig[];
    items: readonly MenuItemConfig[];
  };
  tables: readonly { id: string }[];
  booking: BookingConfig;
  dayEndsAt: number;
  channels: readonly { id: string }[];
  stock: z.infer<typeof stockConfig>;
}): Generator<Lint> {
  const stations = new Set(config.stations.map((station) => station.id));
  const groups = new Map(config.menu.groups.map((group) => [group.id, group]));
  const categories = new Set(config.menu.categories.map((category) => category.id));
  const known = (id: string) => stations.has(id);

  yield* unique(config.stations, ['stations']);
  yield* unique(config.menu.categories, ['menu', 'categories']);
  yield* unique(config.menu.groups, ['menu', 'groups']);
  yield* unique(config.menu.items, ['menu', 'items']);
  yield* unique(config.tables, ['tables']);
  yield* unique(config.channels, ['channels']);
  yield* lintStock(config.stock, config.menu);
  yield* lintBooking(config.booking, config.tables, config.dayEndsAt);

  for (const [index, station] of config.stations.entries()) {
    if (station.id === UNROUTED)
      yield {
        path: ['stations', index, 'id'],
        message: `"${UNROUTED}" is reserved for the lane without a station`,
      };
    if (station.backup !== undefined && !known(station.backup) && station.backup !== config.expo.id)
      yield { path: ['stations', index, 'backup'], message: `no station "${station.backup}"` };
    if (station.late < station.warn)
      yield { path: ['stations', index, 'late'], message: 'must not be before warn' };
  }
  if (config.defaultStation !== undefined && !known(config.defaultStation))
    yield { path: ['defaultStation'], message: `no station "${config.defaultStation}"` };
  for (const [index, category] of config.menu.categories.entries())
    for (const id of category.stations ?? [])
      if (!known(id))
        yield { path: ['menu', 'categories', index, 'stations'], message: `no station "${id}"` };
  for (const [index, item] of config.menu.items.entries()) {
    if (!categories.has(item.category))
      yield { path: ['menu', 'items', index, 'category'], message: `no category "${item.category}"` };
    for (const id of item.stations ?? [])
      if (!known(id)) yield { path: ['menu', 'items', index, 'stations'], message: `no station "${id}"` };
    for (const id of item.groups) {
      const group = groups.get(id);
      if (!group) yield { path: ['menu', 'items', index, 'groups'], message: `no modifier group "${id}"` };
      for (const nested of group?.options.flatMap((option) => option.groups) ?? [])
        if (groups.get(nested)?.options.some((option) => option.groups.length > 0))
          yield {
            path: ['menu', 'items', index, 'groups'],
            message: `group "${nested}" nests deeper than two`,
          };
    }
  }
  for (const [index, group] of config.menu.groups.entries()) {
    if (group.max < group.min)
      yield { path: ['menu', 'groups', index, 'max'], message: 'must not be below min' };
    yield* unique(group.options, ['menu', 'groups', index, 'options']);
    for (const [at, option] of group.options.entries()) {
      for (const id of [option.station, option.alsoAt])
        if (id !== undefined && !known(id))
          yield { path: ['menu', 'groups', index, 'options', at], message: `no station "${id}"` };
      for (const id of option.groups)
        if (!groups.has(id))
          yield {
            path: ['menu', 'groups', index, 'options', at, 'groups'],
            message: `no modifier group "${id}"`,
          };
    }
  }
}

function* unique(things: readonly { id: string }[], path: readonly (string | number)[]): Generator<Lint> {
  const seen = new Set<string>();
  for (const [index, { id }] of things.entries()) {
    if (seen.has(id)) yield { path: [...path, index, 'id'], message: `"${id}" is here twice` };
    seen.add(id);
  }
}
