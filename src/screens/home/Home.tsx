import { useEffect, useState, type ReactElement } from 'react';
import { LANGUAGES, OWN_NAMES } from '../i18n/language.ts';
import { currentLanguage, setLanguage, t } from '../i18n/words.tsx';
import { accountCalls } from '../session/calls.ts';
import { Button } from '../ui/button.tsx';
import { ReceiptMark } from '../ui/marks.tsx';
import { type Link, type Place, linksOf, placeOf } from './places.ts';

/** The locations of the demo, in the order in which they are shown. */
const DEMO = ['brasa', 'esquina'];

type Found = { kind: 'asking' } | { kind: 'places'; places: readonly Place[] } | { kind: 'none' };

/** Which screens there are, and what each is for. */
export function Home(): ReactElement {
  const [found, setFound] = useState<Found>({ kind: 'asking' });
  useEffect(() => {
    let over = false;
    void Promise.all(DEMO.map(askPlace)).then((asked) => {
      const places = asked.filter((place) => place !== null);
      if (!over) setFound(places.length > 0 ? { kind: 'places', places } : { kind: 'none' });
    });
    return () => {
      over = true;
    };
  }, []);
  return (
    <div className="home">
      <header>
        <h1>
          <ReceiptMark receipt="heard" />
          {t('app.name')}
        </h1>
        <p>{t('home.say')}</p>
        <nav aria-label={t('language.name')}>
          {LANGUAGES.map((language) => (
            <Button
              key={language}
              look="plain"
              pressed={language === currentLanguage()}
              onPress={() => setLanguage(language)}
            >
              <span lang={language}>{OWN_NAMES[language]}</span>
            </Button>
          ))}
        </nav>
      </header>
      <main>
        {found.kind === 'places' && <p className="home-hint">{t('home.demo')}</p>}
        {found.kind === 'none' && <p className="home-hint">{t('home.noDemo')}</p>}
        {found.kind === 'places' && found.places.map((place) => <PlaceBlock key={place.id} place={place} />)}
        {found.kind === 'none' && (
          <ul className="home-links">
            {(['pos', 'expo', 'floor', 'host', 'manager', 'setup'] as const).map((page) => (
              <LinkRow key={page} link={{ page, href: `/${page}`, station: null }} />
            ))}
          </ul>
        )}
        <p className="home-more">
          <a href="/docs">{t('home.docs')}</a>
        </p>
      </main>
    </div>
  );
}

function PlaceBlock({ place }: { place: Place }): ReactElement {
  return (
    <section aria-labelledby={`place-${place.id}`}>
      <h2 id={`place-${place.id}`}>{place.name}</h2>
      <ul className="home-links">
        {linksOf(place).map((link) => (
          <LinkRow key={link.href} link={link} />
        ))}
      </ul>
    </section>
  );
}

function LinkRow({ link }: { link: Link }): ReactElement {
  return (
    <li>
      <a
        href={link.href}
        data-testid={`link-${link.page}${link.station === null ? '' : `-${link.station.id}`}`}
      >
        <b>
          {link.station === null ? t(`home.${link.page}`) : t('home.station', { station: link.station.name })}
        </b>
        <span>{t(`home.${link.page}Say`)}</span>
      </a>
    </li>
  );
}

/** A demo location as this page may see it; null where the demo does not sign in by itself. */
async function askPlace(location: string): Promise<Place | null> {
  const access = await accountCalls.demo({ page: 'home', location });
  if (access === 'unreachable' || access.refused) return null;
  try {
    const response = await fetch(`/v1/locations/${location}/snapshot?topic=kitchen`, {
      headers: { authorization: `Bearer ${access.body.token}` },
    });
    return response.ok ? placeOf(location, await response.json()) : null;
  } catch {
    return null;
  }
}
