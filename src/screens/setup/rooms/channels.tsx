import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { uniqueSlug } from '../../../domain/slugs.ts';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Tag } from '../../ui/tag.tsx';
import { idOf, listOf, wordsOf } from '../doc.ts';
import { AddOne, Entries } from '../entries.tsx';
import { TextField } from '../fields.tsx';
import { useHouse } from '../house.tsx';
import { linkCalls, type Links } from '../linkCalls.ts';
import { LinkFields } from './link.tsx';
import { Platform } from './platform.tsx';

/** Doors to the outside: delivery platforms, courier services, telephone agents. */

const KINDS: Readonly<Record<string, MessageKey>> = {
  orders: 'doors.orders',
  courier: 'doors.courier',
  voice: 'doors.voice',
  messages: 'doors.messages',
};

export function ChannelsRoom(): ReactElement {
  const { doc, keeper, manager, place } = useHouse();
  const [links, setLinks] = useState<Links | null>(null);
  const [why, setWhy] = useState('');
  const [provider, setProvider] = useState('');
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let over = false;
    void manager
      .token()
      .then((token) => linkCalls.list(token, place))
      .then((reply) => {
        if (over) return;
        if (reply.ok) setLinks(reply.body);
        setWhy(reply.ok ? '' : reply.why || t('setup.unreachable'));
      });
    return () => {
      over = true;
    };
  }, [manager, place, again]);
  const look = useCallback(() => setAgain((before) => before + 1), []);
  const all = listOf(doc, ['channels']);
  const providers = links?.providers ?? [];
  const chosen = providers.find(({ id }) => id === provider) ?? providers[0];
  return (
    <section className="st-card">
      <p>{t('doors.say')}</p>
      <p className="setup-said" role="alert">
        {why}
      </p>
      <Entries
        path={['channels']}
        testId="channel"
        empty={t('doors.none')}
        summary={(one) => {
          const link = links?.links.find(({ channel }) => channel === idOf(one));
          return (
            <>
              {providers.find(({ id }) => id === wordsOf(one, ['provider']))?.name ??
                wordsOf(one, ['provider'])}{' '}
              {links !== null && (link === undefined || link.missing.length > 0) && (
                <Tag look="soon">{t('doors.keysMissing')}</Tag>
              )}
              {link?.environment === 'sandbox' && <Tag>{t('doors.sandbox')}</Tag>}
            </>
          );
        }}
        editor={(index) => (
          <>
            <div className="st-fields">
              <TextField path={['channels', index, 'name']} label={t('field.name')} most={60} />
              <TextField
                path={['channels', index, 'store']}
                label={t('field.store')}
                hint={t('doors.storeSay')}
                most={128}
                ltr
                optional
              />
            </div>
            {providers.find(({ id }) => id === wordsOf(all[index], ['provider']))?.kind === 'orders' && (
              <Platform path={['channels', index]} />
            )}
            <LinkFields
              channel={idOf(all[index])}
              provider={providers.find(({ id }) => id === wordsOf(all[index], ['provider']))}
              link={links?.links.find((one) => one.channel === idOf(all[index]))}
              onChanged={look}
            />
          </>
        )}
      />
      {providers.length > 0 && (
        <div className="st-find">
          <select
            className="field"
            aria-label={t('field.provider')}
            value={chosen?.id ?? ''}
            data-testid="channel-provider"
            onChange={({ target }) => setProvider(target.value)}
          >
            {providers.map(({ id, name, kind }) => {
              const known = KINDS[kind];
              return (
                <option key={id} value={id}>
                  {known === undefined ? name : `${name} · ${t(known)}`}
                </option>
              );
            })}
          </select>
          <AddOne
            label={t('doors.add')}
            most={60}
            testId="channel-add"
            onAdd={(name) => {
              if (chosen === undefined) return;
              const id = uniqueSlug(name, new Set(all.map(idOf)));
              keeper.edit(['channels', all.length], { id, provider: chosen.id, name });
            }}
          />
        </div>
      )}
    </section>
  );
}
