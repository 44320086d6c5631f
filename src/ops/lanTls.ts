import { lanNames } from './lanNames.ts';
import type { LanNames } from './lanNames.ts';
import { openLocalCa } from './localCa.ts';
import type { Leaf, LocalCa } from './localCa.ts';

/** The certificate that a server shows on the restaurant's own network, kept right while addresses and years change. */
export type LanTls = {
  readonly ca: LocalCa;
  /** The certificate for the names of now. */
  leaf(): Leaf;
  names(): LanNames;
  /** Looks now and then whether another certificate is needed; answers how to stop. */
  watch(renewed: (leaf: Leaf) => void): () => void;
};

const LOOK_MS = 60_000;
const ALWAYS = ['localhost', '127.0.0.1', '::1'];

export async function openLanTls(options: {
  dataDir: string;
  publicUrl: string | undefined;
  report: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
  /** How this machine is called now; for tests. */
  look?: () => LanNames;
  every?: number;
}): Promise<LanTls> {
  const { report, publicUrl } = options;
  const more = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')];
  const look = options.look ?? (() => lanNames(more));
  const toldOf = new Set<string>();
  let names = look();
  const ca = await openLocalCa(options.dataDir, { extra: [...names.hosts, ...names.addresses] });
  let leaf = await make(names);

  async function make({ addresses, hosts }: LanNames): Promise<Leaf> {
    const made = await ca.leaf([...hosts, ...addresses, ...ALWAYS]);
    const news = made.leftOut.filter((name) => !toldOf.has(name));
    for (const name of news) toldOf.add(name);
    if (news.length > 0)
      report(
        'the certificate leaves names out that its authority may not vouch for: it knows private ones, and those of its first day',
        {
          names: news,
        },
      );
    return made;
  }

  return {
    ca,
    leaf: () => leaf,
    names: () => names,
    watch(renewed) {
      let busy = false;
      const check = async (): Promise<void> => {
        if (busy) return;
        busy = true;
        try {
          const now = look();
          const next = await make(now);
          names = now;
          if (next.cert === leaf.cert) return;
          leaf = next;
          report('the certificate was renewed', { names: next.names, validTo: next.validTo.toISOString() });
          renewed(next);
        } catch (error) {
          report('the certificate could not be renewed', { error: String(error) });
        } finally {
          busy = false;
        }
      };
      const timer = setInterval(() => void check(), options.every ?? LOOK_MS);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
