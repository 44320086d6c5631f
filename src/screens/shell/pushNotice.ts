/** What a push message says on a manager's telephone. The service worker has no catalogue of words, so its few stand here. */

export type Notice = { title: string; options: NotificationOptions & { data: { url: string } } };

type Stock = {
  kind: 'stock';
  location: string;
  place: string;
  ingredient: string;
  name: string;
  level: 'low' | 'out';
  onHand: number;
  unit: string;
  dishes: string[];
  language?: string;
};

type Offer = {
  kind: 'offer';
  location: string;
  place: string;
  order: string;
  number: string;
  platform: string;
  leftS: number;
  language?: string;
};

type Call = {
  kind: 'unheard';
  location: string;
  place: string;
  ticket: string;
  number: number;
  station: string;
  table?: string;
  waitingS: number;
  language?: string;
};

const WORDS: Readonly<
  Record<string, (call: Call, minutes: number) => readonly [title: string, body: string]>
> = {
  en: ({ station, place }, minutes) => [
    `${station} has not heard a ticket`,
    `waiting ${minutes} min at ${place}`,
  ],
  es: ({ station, place }, minutes) => [
    `${station} no ha oído un ticket`,
    `espera ${minutes} min en ${place}`,
  ],
  ar: ({ station, place }, minutes) => [
    `${station}: تذكرة لم يسمعها أحد`,
    `تنتظر منذ ${minutes} د في ${place}`,
  ],
};

const STOCK_WORDS: Readonly<Record<string, Readonly<Record<'low' | 'out' | 'left' | 'without', string>>>> = {
  en: { low: '{name} is low', out: '{name} has run out', left: '{amount} left', without: 'cannot be made' },
  es: {
    low: 'Queda poco: {name}',
    out: 'Se acabó: {name}',
    left: 'quedan {amount}',
    without: 'no se puede hacer',
  },
  ar: { low: '{name}: الكمية قليلة', out: 'نفد: {name}', left: 'بقي {amount}', without: 'لا يمكن تحضيره' },
};

function stockNotice(data: Stock): Notice {
  const words = STOCK_WORDS[data.language ?? 'en'] ?? STOCK_WORDS['en'];
  const amount = data.unit === 'piece' ? `${data.onHand}` : `${data.onHand} ${data.unit}`;
  return {
    title: (words?.[data.level] ?? '{name}').replace('{name}', data.name),
    options: {
      body: [
        (words?.left ?? '').replace('{amount}', amount),
        ...(data.dishes.length === 0 ? [] : [`${data.dishes.join(', ')}: ${words?.without ?? ''}`]),
        data.place,
      ].join(' · '),
      tag: `stock ${data.ingredient}`,
      requireInteraction: data.level === 'out',
      dir: data.language === 'ar' ? 'rtl' : 'auto',
      data: { url: `/manager?location=${encodeURIComponent(data.location)}#stock` },
    },
  };
}

const OFFER_WORDS: Readonly<Record<string, Readonly<Record<'title' | 'left', string>>>> = {
  en: { title: '{platform} waits for a yes to {number}', left: '{seconds} s left' },
  es: { title: '{platform} espera un sí a {number}', left: 'quedan {seconds} s' },
  ar: { title: '{platform} تنتظر الموافقة على {number}', left: 'بقي {seconds} ث' },
};

function offerNotice(data: Offer): Notice {
  const words = OFFER_WORDS[data.language ?? 'en'] ?? OFFER_WORDS['en'];
  return {
    title: (words?.title ?? '').replace('{platform}', data.platform).replace('{number}', data.number),
    options: {
      body: `${(words?.left ?? '').replace('{seconds}', String(data.leftS))} · ${data.place}`,
      tag: `offer ${data.order}`,
      requireInteraction: true,
      dir: data.language === 'ar' ? 'rtl' : 'auto',
      data: { url: `/manager?location=${encodeURIComponent(data.location)}` },
    },
  };
}

/** Null for what is none of our messages. */
export function noticeOf(data: unknown): Notice | null {
  if (isStock(data)) return stockNotice(data);
  if (isOffer(data)) return offerNotice(data);
  if (!isCall(data)) return null;
  const words = WORDS[data.language ?? 'en'] ?? WORDS['en'];
  if (words === undefined) return null;
  const [title, body] = words(data, Math.max(1, Math.round(data.waitingS / 60)));
  const whose = `#${data.number}${data.table === undefined ? '' : ` ${data.table}`}`;
  return {
    title,
    options: {
      body: `${whose} · ${body}`,
      // A second call about the same ticket replaces the first.
      tag: data.ticket,
      requireInteraction: true,
      dir: data.language === 'ar' ? 'rtl' : 'auto',
      data: { url: `/manager?location=${encodeURIComponent(data.location)}` },
    },
  };
}

function isStock(data: unknown): data is Stock {
  return (
    typeof data === 'object' &&
    data !== null &&
    'kind' in data &&
    data.kind === 'stock' &&
    'name' in data &&
    typeof data.name === 'string' &&
    'ingredient' in data &&
    typeof data.ingredient === 'string' &&
    'level' in data &&
    (data.level === 'low' || data.level === 'out') &&
    'onHand' in data &&
    typeof data.onHand === 'number' &&
    'unit' in data &&
    typeof data.unit === 'string' &&
    'dishes' in data &&
    Array.isArray(data.dishes) &&
    'location' in data &&
    typeof data.location === 'string' &&
    'place' in data &&
    typeof data.place === 'string'
  );
}

function isOffer(data: unknown): data is Offer {
  if (typeof data !== 'object' || data === null) return false;
  const said: Partial<Record<keyof Offer, unknown>> = data;
  return (
    said.kind === 'offer' &&
    typeof said.leftS === 'number' &&
    [said.location, said.place, said.order, said.number, said.platform].every(
      (one) => typeof one === 'string',
    )
  );
}

function isCall(data: unknown): data is Call {
  return (
    typeof data === 'object' &&
    data !== null &&
    'kind' in data &&
    data.kind === 'unheard' &&
    'station' in data &&
    typeof data.station === 'string' &&
    'ticket' in data &&
    typeof data.ticket === 'string' &&
    'number' in data &&
    typeof data.number === 'number' &&
    'location' in data &&
    typeof data.location === 'string' &&
    'place' in data &&
    typeof data.place === 'string' &&
    'waitingS' in data &&
    typeof data.waitingS === 'number'
  );
}
