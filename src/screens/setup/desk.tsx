import {
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactElement,
} from 'react';
import type { Json } from '../../domain/documents.ts';
import { LANGUAGES, OWN_NAMES } from '../i18n/language.ts';
import { currentLanguage, setLanguage, t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { ReceiptMark } from '../ui/marks.tsx';
import { setupCalls, type Device, type PlaceName } from './calls.ts';
import { checklist, roomOf, type RoomId, type RoomLine } from './checklist.ts';
import { DraftBar } from './draftBar.tsx';
import { wordsOf } from './doc.ts';
import { changesOf, type Checks } from './draft.ts';
import { HouseContext, type House } from './house.tsx';
import { houseCalls } from './houseCalls.ts';
import { Keeper } from './keeper.ts';
import { peopleCalls, type Person } from './peopleCalls.ts';
import { ROOM_NAMES } from './roomNames.ts';
import { Room } from './rooms.tsx';
import { RoomList } from './roomList.tsx';
import { allSaid } from './said.ts';
import type { Manager } from './session.ts';

/** Whoever sets a house up: which of their places, then its rooms. */
export function Desk({ manager, onSignOut }: { manager: Manager; onSignOut: () => void }): ReactElement {
  const [places, setPlaces] = useState<readonly PlaceName[] | null>(null);
  const [place, setPlace] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  // What a place is called since this page was opened, by id.
  const [renamed, setRenamed] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    let over = false;
    void manager
      .token()
      .then(setupCalls.places)
      .then((reply) => {
        if (over) return;
        if (!reply.ok) return setSaid(reply.why || t('setup.unreachable'));
        setPlaces(reply.body);
        const asked = new URLSearchParams(location.search).get('location');
        setPlace(reply.body.find(({ id }) => id === asked)?.id ?? reply.body[0]?.id ?? null);
      });
    return () => {
      over = true;
    };
  }, [manager]);
  const here = places?.find(({ id }) => id === place);
  return (
    <div className="page st-page">
      <header className="bar">
        <span className="brand">
          <ReceiptMark receipt="heard" />
          <b>{t('setup.title')}</b>
        </span>
        {places !== null && places.length > 1 ? (
          <select
            className="field st-place"
            aria-label={t('setup.place')}
            value={place ?? ''}
            onChange={({ target }) => setPlace(target.value)}
          >
            {places.map(({ id, name }) => (
              <option key={id} value={id}>
                {renamed[id] ?? name}
              </option>
            ))}
          </select>
        ) : (
          <span className="place">{here && (renamed[here.id] ?? here.name)}</span>
        )}
        <span className="grow" />
        <select
          className="field st-language"
          aria-label={t('language.name')}
          value={currentLanguage()}
          onChange={({ target }) => {
            const wanted = LANGUAGES.find((one) => one === target.value);
            if (wanted !== undefined) setLanguage(wanted);
          }}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one}>
              {OWN_NAMES[one]}
            </option>
          ))}
        </select>
        <span className="st-who">{manager.name}</span>
        <Button look="plain" onPress={onSignOut}>
          {t('pin.signOut')}
        </Button>
      </header>
      {said !== '' && (
        <p className="st-said" role="alert">
          {said}
        </p>
      )}
      {said === '' && places === null && <p role="status">{t('session.opening')}</p>}
      {places !== null && here === undefined && <p className="st-said">{t('setup.noPlaces')}</p>}
      {here !== undefined && (
        <HouseDesk
          key={here.id}
          manager={manager}
          place={here}
          onNamed={(name) => setRenamed((before) => ({ ...before, [here.id]: name }))}
        />
      )}
    </div>
  );
}

/** What stands on the desk of a house that has nothing yet. */
function blankHouse(name: string): Json {
  return {
    name,
    currency: 'USD',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    language: currentLanguage(),
    stations: [],
    courses: [],
    menu: { categories: [], groups: [], items: [] },
    tables: [],
    printers: [],
  };
}

function HouseDesk({
  manager,
  place,
  onNamed,
}: {
  manager: Manager;
  place: PlaceName;
  /** Somebody published, here or elsewhere, and this is what the place is called. */
  onNamed: (name: string) => void;
}): ReactElement {
  const keeper = useMemo(
    () =>
      new Keeper({
        calls: houseCalls(manager.token, place.id),
        name: manager.name,
        start: blankHouse(place.name),
        unreachable: () => t('setup.unreachable'),
      }),
    [manager, place],
  );
  const kept = useSyncExternalStore(keeper.subscribe, keeper.get);
  const why = useSyncExternalStore(keeper.subscribe, keeper.why);
  useStay(kept !== null && kept.state !== 'saved');
  const published = kept === null ? '' : wordsOf(kept.desk.published, ['name']);
  const tellName = useEffectEvent(onNamed);
  useEffect(() => {
    if (published !== '') tellName(published);
  }, [published]);
  const { people, screens, lookAround } = useAround(manager, place.id, keeper);
  const { room, focus, enter, goTo, leave } = useRooms();
  const { problems, findings } = kept ?? NOTHING_FOUND;
  const said = useMemo(() => allSaid({ problems, findings }), [problems, findings]);
  if (kept === null)
    return why === '' ? (
      <p role="status" className="st-said">
        {t('session.opening')}
      </p>
    ) : (
      <p role="alert" className="st-said">
        {why}
      </p>
    );
  const doc = kept.desk.doc;
  const lines = checklist(
    doc,
    {
      people: people?.length ?? null,
      screens: screens?.filter(({ revokedAt }) => revokedAt === null).length ?? null,
      changes: changesOf(kept.desk).length,
    },
    said,
  );
  const shown = room ?? firstTodo(lines);
  const house: House = {
    kept,
    doc,
    said,
    keeper,
    manager,
    place: place.id,
    people,
    screens,
    lookAround,
    focus,
    goTo,
    enter,
  };
  return (
    <HouseContext value={house}>
      <div className="st-desk" data-room={room === null ? 'none' : room}>
        <RoomList lines={lines} current={shown} onEnter={enter} />
        <main className="st-room" id="room">
          <div className="st-back">
            <Button look="plain" onPress={leave}>
              {t('desk.allRooms')}
            </Button>
          </div>
          <h1>{t(ROOM_NAMES[shown])}</h1>
          <Room key={shown} room={shown} />
        </main>
        <DraftBar />
      </div>
    </HouseContext>
  );
}

const NOTHING_FOUND: Checks = { problems: [], findings: [] };

function firstTodo(lines: readonly RoomLine[]): RoomId {
  return lines.find(({ state }) => state === 'todo' || state === 'blocked')?.room ?? 'place';
}

/** The room that the address names, and the field that somebody asked for. */
function useRooms(): {
  room: RoomId | null;
  focus: string | null;
  enter: (room: string) => void;
  goTo: (path: string) => void;
  leave: () => void;
} {
  const [room, setRoom] = useState<RoomId | null>(roomOfAddress);
  const [focus, setFocus] = useState<{ path: string } | null>(null);
  useEffect(() => {
    const onBack = (): void => setRoom(roomOfAddress());
    window.addEventListener('popstate', onBack);
    return () => window.removeEventListener('popstate', onBack);
  }, []);
  const show = useCallback((next: RoomId | null) => {
    setRoom(next);
    history.pushState(null, '', next === null ? location.pathname + location.search : `#${next}`);
    document.getElementById('room')?.scrollTo(0, 0);
  }, []);
  useEffect(() => {
    if (focus === null) return;
    // The field itself, or the nearest thing around it that is shown.
    const steps = focus.path.split('.');
    for (let length = steps.length; length > 0; length -= 1) {
      const path = steps.slice(0, length).join('.');
      const found = document.querySelector(`[data-path="${CSS.escape(path)}"]`);
      if (found === null) continue;
      found.scrollIntoView({ block: 'center' });
      found.querySelector<HTMLElement>('input, select, button')?.focus({ preventScroll: true });
      return;
    }
  }, [focus]);
  return {
    room,
    focus: focus?.path ?? null,
    enter: useCallback(
      (next) => {
        setFocus(null);
        show(isRoom(next) ? next : null);
      },
      [show],
    ),
    goTo: useCallback(
      (path) => {
        show(roomOf(path));
        setFocus({ path });
      },
      [show],
    ),
    leave: useCallback(() => show(null), [show]),
  };
}

function isRoom(name: string): name is RoomId {
  return Object.hasOwn(ROOM_NAMES, name);
}

function roomOfAddress(): RoomId | null {
  const named = location.hash.slice(1);
  return isRoom(named) ? named : null;
}

/** Asks before a page is left on which something is not kept yet. */
function useStay(isUnkept: boolean): void {
  useEffect(() => {
    if (!isUnkept) return;
    const stay = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [isUnkept]);
}

/** Who works here and which screens there are: not of the draft, and yet a house does not open without them. */
function useAround(
  manager: Manager,
  place: string,
  keeper: Keeper,
): { people: readonly Person[] | null; screens: readonly Device[] | null; lookAround: () => void } {
  const [people, setPeople] = useState<readonly Person[] | null>(null);
  const [screens, setScreens] = useState<readonly Device[] | null>(null);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let over = false;
    const look = async (): Promise<void> => {
      const token = await manager.token();
      const [staff, devices] = await Promise.all([
        peopleCalls.list(token, place),
        setupCalls.devices(token, place),
      ]);
      if (over) return;
      if (staff.ok) setPeople(staff.body.staff);
      if (devices.ok) setScreens(devices.body);
    };
    void look();
    return () => {
      over = true;
    };
  }, [manager, place, again]);
  const lookAround = useCallback(() => {
    setAgain((before) => before + 1);
    void keeper.look();
  }, [keeper]);
  return { people, screens, lookAround };
}
