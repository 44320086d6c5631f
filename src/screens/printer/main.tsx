import { useEffect, useRef, useState, type ReactElement } from 'react';
import { printerWords } from '../i18n/printer.ts';
import { uiWords } from '../i18n/ui.ts';
import { t } from '../i18n/words.tsx';
import { SessionGate, useSession, useSessionView } from '../session/gate.tsx';
import { mount } from '../ui/mount.tsx';
import { QrCode } from '../ui/qrCode.tsx';
import { clockText } from '../ui/time.ts';
import { readPapers, unseen, type Paper } from './papers.ts';
import './printer.css';

/** `/printer/{id}`: what a printer without an address "prints"; in a kiosk browser, the way to any printer that it knows. */

const LOOK_MS = 2_000;
const params = new URLSearchParams(location.search);
const printer = location.pathname.split('/').at(2) ?? '';
/** `?kiosk`: every new paper goes to the browser's own printer by itself. */
const kiosk = params.has('kiosk');

function Papers(): ReactElement {
  const session = useSession();
  const { location: place } = useSessionView();
  const [papers, setPapers] = useState<readonly Paper[] | null>(null);
  const [checkedAt, setCheckedAt] = useState<number | null>(null);
  const [lost, setLost] = useState(false);
  const [printing, setPrinting] = useState<ReadonlySet<number>>(new Set());
  const last = useRef<number | null>(null);

  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      try {
        const token = await session.token('command');
        const answer = await fetch(
          `/v1/locations/${encodeURIComponent(place)}/printers/${encodeURIComponent(printer)}/papers`,
          { headers: { authorization: `Bearer ${token}` }, cache: 'no-store' },
        );
        if (!answer.ok) throw new Error(String(answer.status));
        const found = readPapers(await answer.json());
        if (over) return;
        setPapers(found);
        setCheckedAt(Date.now());
        setLost(false);
        const fresh = unseen(found, last.current);
        last.current = found[0]?.id ?? last.current ?? 0;
        if (kiosk && fresh.length > 0) setPrinting(new Set(fresh.map(({ id }) => id)));
      } catch {
        if (!over) setLost(true);
      }
      if (!over) timer = setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [session, place]);

  useEffect(() => {
    if (printing.size === 0) return;
    const done = (): void => setPrinting(new Set());
    window.addEventListener('afterprint', done, { once: true });
    window.print();
    return () => window.removeEventListener('afterprint', done);
  }, [printing]);

  return (
    <main>
      <header className="no-print flex items-center gap-4 p-4">
        <h1 className="text-xl font-bold">{t('printer.title', { name: printer })}</h1>
        <p role="status" className={lost ? 'text-late-text' : 'text-text-2'}>
          {lost
            ? t('printer.lost')
            : checkedAt === null
              ? t('printer.asking')
              : t('printer.checked', { at: clockText(checkedAt) })}
        </p>
      </header>
      {papers !== null && papers.length === 0 && <p className="no-print p-4">{t('printer.none')}</p>}
      <div className="papers">
        {papers?.map((paper) => (
          <article
            key={paper.id}
            className="paper"
            data-testid="paper"
            data-print={printing.has(paper.id) ? '' : undefined}
            aria-label={t('printer.at', { at: clockText(Date.parse(paper.printedAt)) })}
          >
            {paper.lines.map((line, index) => (
              <p
                // Lines of one paper never change.
                key={index}
                data-wide={line.wide ? '' : undefined}
                data-bold={line.bold ? '' : undefined}
                data-inverse={line.inverse ? '' : undefined}
              >
                {line.text}
              </p>
            ))}
            {paper.code !== '' && (
              <div className="paper-code">
                <QrCode text={paper.code} label={t('printer.code')} />
              </div>
            )}
            <small>{paper.barcode}</small>
          </article>
        ))}
      </div>
    </main>
  );
}

mount(
  [uiWords, printerWords],
  <SessionGate page="expo">
    <Papers />
  </SessionGate>,
);
