import { useEffect, useState, type ReactElement } from 'react';
import { encode } from 'uqr';
import { t, type MessageKey } from '../i18n/words.tsx';
import { Num, ReceiptMark } from '../ui/marks.tsx';
import { addressToShow, isFacts, secureOrigin, wantedPage, type TrustFacts } from './facts.ts';

/** `/setup/trust`: how a device comes to trust the restaurant's own server, step by step, for whoever holds it. */

const WAYS: readonly { name: MessageKey; steps: readonly MessageKey[]; files: readonly File[] }[] = [
  {
    name: 'trust.android',
    steps: ['trust.android.1', 'trust.android.2', 'trust.android.3', 'trust.android.4'],
    files: ['crt'],
  },
  {
    name: 'trust.ipad',
    steps: ['trust.ipad.1', 'trust.ipad.2', 'trust.ipad.3', 'trust.ipad.4'],
    files: ['mobileconfig'],
  },
  {
    name: 'trust.windows',
    steps: ['trust.windows.1', 'trust.windows.2', 'trust.windows.3'],
    files: ['crt'],
  },
  { name: 'trust.mac', steps: ['trust.mac.1', 'trust.mac.2', 'trust.mac.3'], files: ['mobileconfig', 'pem'] },
];

type File = 'crt' | 'mobileconfig' | 'pem';
const FILES: { readonly [F in File]: MessageKey } = {
  crt: 'trust.crt',
  mobileconfig: 'trust.profile',
  pem: 'trust.pem',
};

const LOOK_AGAIN = 4000;

export function Trust(): ReactElement {
  const [facts, setFacts] = useState<TrustFacts | null | 'none'>(null);
  useEffect(() => {
    void fetch('/setup/trust.json')
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null)
      .then((answer: unknown) => setFacts(isFacts(answer) ? answer : 'none'));
  }, []);
  useEffect(() => {
    document.title = t('trust.title');
  }, []);
  return (
    <main className="trust">
      <header>
        <ReceiptMark receipt="heard" />
        <h1>{t('trust.title')}</h1>
      </header>
      {facts === 'none' ? (
        <p data-testid="trust-none">{t('trust.none')}</p>
      ) : (
        facts && <Steps facts={facts} />
      )}
    </main>
  );
}

function Steps({ facts }: { facts: TrustFacts }): ReactElement {
  const trusted = useTrusted(facts);
  return (
    <>
      <p>{t('trust.why')}</p>
      <section className="trust-state" data-testid="trust-state" data-trusted={String(trusted)} role="status">
        <p>{trusted === null ? t('trust.checking') : trusted ? t('trust.already') : t('trust.notYet')}</p>
        {trusted === true && (
          <a className="btn btn-main" href={wantedPage(window.location, facts)} data-testid="trust-open">
            {t('trust.open')}
          </a>
        )}
      </section>
      <div className="trust-panes">
        {WAYS.map(({ name, steps, files }) => (
          <section key={name}>
            <h2>{t(name)}</h2>
            <ol>
              {steps.map((step) => (
                <li key={step}>{t(step)}</li>
              ))}
            </ol>
            {files.map((file) => (
              <a
                key={file}
                className="btn btn-edge"
                href={`/setup/trust.${file}`}
                data-testid={`trust-${file}`}
              >
                {t(FILES[file])}
              </a>
            ))}
          </section>
        ))}
        <section>
          <h2>{t('trust.scan')}</h2>
          <Code text={addressToShow(window.location, facts)} />
        </section>
      </div>
      <section>
        <p>{t('trust.compare')}</p>
        <code dir="ltr" data-testid="fingerprint">
          {facts.fingerprint}
        </code>
        <p>{t('trust.until', { date: facts.validTo.slice(0, 10) })}</p>
      </section>
    </>
  );
}

/** Does this device reach the secure side? Null: not known yet. Asked again, since people install and come back. */
function useTrusted(facts: TrustFacts): boolean | null {
  const [trusted, setTrusted] = useState<boolean | null>(null);
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      // Of the answer only that there is one matters: another origin's words are not for this page.
      const reached = await fetch(`${secureOrigin(window.location, facts)}/healthz`, {
        mode: 'no-cors',
        cache: 'no-store',
      }).then(
        () => true,
        () => false,
      );
      if (over) return;
      setTrusted(reached);
      if (!reached) timer = setTimeout(() => void look(), LOOK_AGAIN);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [facts]);
  return trusted;
}

/** A code that a camera reads, and the same in letters. */
function Code({ text }: { text: string }): ReactElement {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <>
      <svg className="trust-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={text}>
        <path d={path} />
      </svg>
      <p>
        <Num>{text}</Num>
      </p>
    </>
  );
}
