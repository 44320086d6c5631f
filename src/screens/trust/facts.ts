/** What the server says of its own certificate, and where this device goes once it trusts it. */
export type TrustFacts = {
  fingerprint: string;
  validTo: string;
  port: number;
  secure: string[];
  plain: string[];
};

export function isFacts(value: unknown): value is TrustFacts {
  if (typeof value !== 'object' || value === null) return false;
  const { fingerprint, validTo, port, secure, plain }: { [key: string]: unknown } = { ...value };
  const texts = (list: unknown): boolean =>
    Array.isArray(list) && list.every((one) => typeof one === 'string');
  return (
    typeof fingerprint === 'string' &&
    typeof validTo === 'string' &&
    typeof port === 'number' &&
    texts(secure) &&
    texts(plain)
  );
}

type Here = Pick<Location, 'protocol' | 'hostname' | 'search'>;

/** The same machine over TLS, under the name by which this page was reached: the certificate has it. */
export function secureOrigin({ hostname }: Pick<Here, 'hostname'>, { port }: TrustFacts): string {
  return `https://${hostname}:${port}`;
}

/** Where the page that was asked for stands on the secure side. Only paths of this server: never another host. */
export function wantedPage(here: Here, facts: TrustFacts): string {
  const to = new URLSearchParams(here.search).get('to') ?? '/';
  const origin = secureOrigin(here, facts);
  const url = URL.canParse(to, origin) ? new URL(to, origin) : new URL(origin);
  return url.origin === new URL(origin).origin && !url.pathname.startsWith('/setup/trust')
    ? url.href
    : `${origin}/`;
}

/** What another device photographs: this page, under the name that works there. */
export function addressToShow(here: Here & Pick<Location, 'host'>, facts: TrustFacts): string {
  const isOwn = /^(?:localhost|127\.|\[::1\])/.test(here.hostname);
  const plain = isOwn ? facts.plain.find((one) => !one.includes('localhost')) : undefined;
  const own = here.protocol === 'http:' ? `http://${here.host}` : facts.plain[0];
  return `${plain ?? own ?? `http://${here.host}`}/setup/trust`;
}
