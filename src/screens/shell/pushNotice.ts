/** What a push message says on a manager's telephone. The service worker has no catalogue of words, so its few stand here. */

export type Notice = { title: string; options: NotificationOptions & { data: { url: string } } };

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

/** Null for what is none of our messages. */
export function noticeOf(data: unknown): Notice | null {
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
