/** @jsxImportSource preact */
import type { VNode } from 'preact';
import type { TrackingView } from '../../domain/entities.ts';
import { t } from '../i18n/say.ts';
import { clockText } from '../ui/time.ts';
import type { Page } from './guest.ts';
import { ageText } from './age.ts';
import { Courier } from './Courier.tsx';
import { Half, Icon, Num, Rich } from './marks.tsx';
import { type Badge, MOST_MARKS, type Step, type Way, headOf, nameOf, wayOf, wayTo } from './tracking.ts';

/** The guest's page: when, how far, what. The time is the largest thing on it; a step never goes back. */
export function Track({ page }: { page: Page }): VNode {
  if (page.phase === 'old') return <Plain title={t('track.old.title')} say={t('track.old.say')} />;
  if (page.phase === 'away') return <Plain title={t('track.away.title')} say={t('track.away.say')} />;
  const { view } = page;
  if (view === null) return <Loading />;
  return (
    <div class="ph">
      <header>
        <span class="brand">
          <Icon of="brand" stroke={2.8} />
          <bdi>{view.location.name}</bdi>
        </span>
        <Pill badge={page.badge} />
      </header>
      <main>
        {page.isOver && <p class="over">{t('track.overSay')}</p>}
        <Head view={view} now={page.now} />
        <Courier view={view} spot={page.spot} now={page.now} />
        <Steps view={view} />
        <Things view={view} />
      </main>
      <footer>
        <Reach location={view.location} />
        <p class="pv">
          <Rich id="track.note" tags={{ b: (text) => <Num>{text}</Num> }} />
        </p>
      </footer>
    </div>
  );
}

/** How the house is found and called, where it says so. */
function Reach({ location }: { location: TrackingView['location'] }): VNode | null {
  const { address, phone } = location;
  if (address === undefined && phone === undefined) return null;
  return (
    <nav class="reach" aria-label={location.name}>
      {address !== undefined && (
        <a href={wayTo(address)} target="_blank" rel="noreferrer noopener">
          <Icon of="pin" />
          {t('track.way')}
        </a>
      )}
      {phone !== undefined && (
        <a href={`tel:${phone.replaceAll(/[^+0-9]/g, '')}`}>
          <Icon of="phone" />
          {t('track.call')}
        </a>
      )}
    </nav>
  );
}

function Plain({ title, say }: { title: string; say: string }): VNode {
  return (
    <div class="ph plain">
      <main>
        <Icon of="alert" />
        <h1>{title}</h1>
        <p role="status">{say}</p>
      </main>
    </div>
  );
}

function Loading(): VNode {
  return (
    <div class="ph loading">
      <main aria-busy="true">
        <p role="status">{t('track.loading')}</p>
        <div class="box eta-box" />
        <div class="box" />
      </main>
    </div>
  );
}

function Pill({ badge }: { badge: Badge }): VNode {
  const icon = badge.state === 'live' ? 'live' : badge.state === 'ended' ? 'check' : 'refresh';
  return (
    <span class={`conn conn-${badge.state}`} data-line={badge.state}>
      <Icon of={icon} />
      {t(`track.${badge.state}`)}
      {'age' in badge && <small>{ageText(badge.age)}</small>}
    </span>
  );
}

function Head({ view, now }: { view: TrackingView; now: number }): VNode {
  const way = wayOf(view.type);
  const head = headOf(view, now);
  const time = (at: number): string => clockText(at, view.location.timezone);
  const name = (
    <p>
      <Rich
        id="track.order"
        values={{ number: nameOf(view) }}
        tags={{
          b: (text) => (
            <b>
              <Num>{text}</Num>
            </b>
          ),
        }}
      />
    </p>
  );
  switch (head.show) {
    case 'range':
      return (
        <section class="eta">
          <small>{t(`track.when.${way}`)}</small>
          <h1>
            <Rich
              id="track.range"
              values={{ from: time(head.from), to: time(head.to) }}
              tags={{ t: (text) => <Num>{text}</Num>, s: (text) => <span>{text}</span> }}
            />
          </h1>
          {name}
          {head.isLate ? (
            <p class="why">{t('track.late')}</p>
          ) : (
            head.why !== null && <p class="why">{t(`track.why.${head.why}`)}</p>
          )}
        </section>
      );
    case 'cancelled':
      return (
        <section class="eta is-cancelled" role="alert">
          <small>{t('track.cancelledAt', { time: time(head.at) })}</small>
          <h1>{t('track.cancelled')}</h1>
          {name}
          {head.reason !== null && <p class="why">{t('track.reason', { reason: head.reason })}</p>}
          <p class="why">{t('track.refund')}</p>
        </section>
      );
    case 'soon':
      return (
        <section class="eta">
          <h1 class="words">{t('track.soon')}</h1>
          {name}
          <p class="why">{t('track.soonSay')}</p>
        </section>
      );
    default: {
      const words =
        head.show === 'closed'
          ? t('track.closed')
          : view.courier?.state === 'delivered'
            ? t('track.delivered')
            : t(`track.${head.show === 'ready' ? 'now' : 'done'}.${way}`);
      return (
        <section class={head.show === 'ready' ? 'eta is-ready' : 'eta'}>
          {head.at !== null && (
            <small>{t(head.show === 'ready' ? 'track.since' : 'track.at', { time: time(head.at) })}</small>
          )}
          <h1 class="words">{words}</h1>
          {name}
        </section>
      );
    }
  }
}

function stepText(step: Step, way: Way): string {
  return step === 'ready' || step === 'handed_over'
    ? t(`track.step.${step}.${way}`)
    : t(`track.step.${step}`);
}

function Steps({ view }: { view: TrackingView }): VNode {
  const way = wayOf(view.type);
  const isOff = view.cancelled !== undefined;
  return (
    <section class={isOff ? 'stp is-off' : 'stp'}>
      <h2 class="unseen">{t('track.steps')}</h2>
      <p class="unseen" aria-live="polite">
        {isOff ? t('track.cancelled') : stepText(view.step, way)}
        {view.trouble && !isOff ? ` ${t(`track.trouble.${view.trouble.kind}`)}` : ''}
      </p>
      <ol>
        {view.steps.map(({ step, state, at }) => (
          <li key={step} class={state} {...(state === 'active' && { 'aria-current': 'step' })}>
            <span class="mk">
              {state === 'done' ? <Icon of="check" stroke={3.4} /> : state === 'active' && !isOff && <Half />}
            </span>
            <div>
              <b>{stepText(step, way)}</b>
              <span class="unseen">, {t(`track.state.${state}`)}</span>
            </div>
            {at !== undefined && state !== 'pending' && (
              <em>
                {state === 'active' && step !== 'received' ? (
                  t('track.since', { time: clockText(Date.parse(at), view.location.timezone) })
                ) : (
                  <Num>{clockText(Date.parse(at), view.location.timezone)}</Num>
                )}
              </em>
            )}
            {step === view.step && !isOff && <Under view={view} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Under the step that is reached: how many things are ready, and what went wrong. */
function Under({ view }: { view: TrackingView }): VNode | null {
  const counts = view.step === 'preparing' && view.things > 0;
  if (!view.trouble && !counts) return null;
  return (
    <div class="under">
      {view.trouble && (
        <p class="trouble">
          <Icon of="alert" />
          {t(`track.trouble.${view.trouble.kind}`)}
        </p>
      )}
      {counts && (
        <>
          <small>{t('track.progress', { ready: view.ready, things: view.things })}</small>
          <Marks ready={view.ready} of={view.things} />
        </>
      )}
    </div>
  );
}

function Marks({ ready, of }: { ready: number; of: number }): VNode {
  if (of > MOST_MARKS)
    return (
      <div class="bar" aria-hidden="true">
        <i style={{ inlineSize: `${(100 * ready) / of}%` }} />
      </div>
    );
  return (
    <div class="pgs" aria-hidden="true">
      {Array.from({ length: of }, (_, index) => (
        <i key={index} class={index < ready ? 'on' : ''} />
      ))}
    </div>
  );
}

function Things({ view }: { view: TrackingView }): VNode {
  return (
    <section class={view.cancelled === undefined ? 'what' : 'what is-off'}>
      <h2>
        {t('track.yours')} {view.things > 0 && <span>{t('track.things', { things: view.things })}</span>}
      </h2>
      {view.items.length === 0 && <p class="none">{t('track.nothing')}</p>}
      <ul>
        {view.items.map((item, index) => (
          <li key={index}>
            <b>
              <Num>{item.qty}</Num>
            </b>
            <div>
              <bdi>{item.name}</bdi>
              {item.modifiers.map((modifier, place) => (
                <small key={place} class={modifier.action}>
                  {modifier.action !== 'choice' && <Icon of={modifier.action} stroke={4.2} />}
                  {modifier.qty > 1 && <Num>{modifier.qty}×</Num>}
                  <bdi>{modifier.name}</bdi>
                </small>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
