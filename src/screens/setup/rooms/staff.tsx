import { useState, type ReactElement } from 'react';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num, ReceiptMark } from '../../ui/marks.tsx';
import { Tag } from '../../ui/tag.tsx';
import { namedAt } from '../doc.ts';
import { AddOne } from '../entries.tsx';
import { useHouse } from '../house.tsx';
import { peopleCalls, type Person } from '../peopleCalls.ts';
import type { Refused } from '../calls.ts';

/** Who works here. It is no part of the draft: a change counts at once, and a PIN never travels in a configuration. */

const ROLES = ['waiter', 'kitchen', 'expo', 'host', 'phone', 'courier', 'manager', 'owner'] as const;
type StaffRole = (typeof ROLES)[number];
const ROLE_NAMES: Record<StaffRole, MessageKey> = {
  waiter: 'staff.waiter',
  kitchen: 'staff.kitchen',
  expo: 'staff.expo',
  host: 'staff.host',
  phone: 'staff.phone',
  courier: 'staff.courier',
  manager: 'staff.manager',
  owner: 'staff.owner',
};

function roleName(role: string): string {
  const known = ROLES.find((one) => one === role);
  return known === undefined ? role : t(ROLE_NAMES[known]);
}

export function StaffRoom(): ReactElement {
  const { people, manager, place, lookAround } = useHouse();
  const [role, setRole] = useState<StaffRole>('waiter');
  const [open, setOpen] = useState<string | null>(null);
  const [why, setWhy] = useState('');
  const add = async (name: string): Promise<void> => {
    const reply = await peopleCalls.put(await manager.token(), place, { name, role, stations: [] });
    setWhy(reply.ok ? '' : whyOf(reply));
    if (!reply.ok) return;
    setOpen(reply.body.id);
    lookAround();
  };
  return (
    <section className="st-card">
      <p>{t('staff.say')}</p>
      {people?.length === 0 && <p className="st-none">{t('staff.none')}</p>}
      <div className="st-entries">
        <ul>
          {(people ?? []).map((one) => (
            <PersonLine
              key={one.id}
              person={one}
              isOpen={open === one.id}
              onToggle={() => setOpen(open === one.id ? null : one.id)}
            />
          ))}
        </ul>
        <div className="st-find">
          <select
            className="field"
            aria-label={t('staff.role')}
            value={role}
            data-testid="person-role"
            onChange={({ target }) => setRole(ROLES.find((each) => each === target.value) ?? 'waiter')}
          >
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {t(ROLE_NAMES[each])}
              </option>
            ))}
          </select>
          <AddOne label={t('staff.add')} most={60} testId="person-add" onAdd={(name) => void add(name)} />
        </div>
        <p className="setup-said" role="alert">
          {why}
        </p>
      </div>
    </section>
  );
}

function PersonLine({
  person,
  isOpen,
  onToggle,
}: {
  person: Person;
  isOpen: boolean;
  onToggle: () => void;
}): ReactElement {
  return (
    <li className="st-entry" data-open={isOpen} data-testid="person" data-id={person.id}>
      <Button look="plain" className="st-entry-head" onPress={onToggle}>
        <b>{person.name}</b>
        <span className="st-entry-facts">{roleName(person.role)}</span>
        {person.hasPin ? (
          <Tag look="heard">{t('staff.hasPin')}</Tag>
        ) : (
          <Tag look={person.role === 'kitchen' ? 'soft' : 'soon'}>{t('staff.noPin')}</Tag>
        )}
      </Button>
      {isOpen && <PersonFields person={person} />}
    </li>
  );
}

function PersonFields({ person }: { person: Person }): ReactElement {
  const { doc, manager, place, lookAround } = useHouse();
  const [pin, setPin] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  const [why, setWhy] = useState('');
  const [sure, setSure] = useState(false);
  const [name, setName] = useState(person.name);
  const after = (reply: { ok: true } | Refused): boolean => {
    setWhy(reply.ok ? '' : whyOf(reply));
    if (reply.ok) lookAround();
    return reply.ok;
  };
  const put = async (part: Partial<Person>): Promise<void> => {
    const { id, role, stations } = { ...person, ...part };
    after(
      await peopleCalls.put(await manager.token(), place, {
        id,
        name: part.name ?? name.trim(),
        role,
        stations,
      }),
    );
  };
  const give = async (said: string | null | undefined): Promise<void> => {
    const reply = await peopleCalls.pin(await manager.token(), place, person.id, said);
    setMade(reply.ok ? reply.body.pin : null);
    setDone(after(reply) && typeof said === 'string');
    if (reply.ok) setPin('');
  };
  const stations = namedAt(doc, ['stations']);
  return (
    <div className="st-entry-body">
      <div className="st-fields">
        <label className="st-field">
          <span className="st-label">{t('field.name')}</span>
          <input
            className="field"
            dir="auto"
            maxLength={60}
            value={name}
            onChange={({ target }) => setName(target.value)}
            onBlur={() => {
              if (name.trim() !== '' && name.trim() !== person.name) void put({ name: name.trim() });
            }}
          />
        </label>
        <label className="st-field">
          <span className="st-label">{t('staff.role')}</span>
          <select
            className="field"
            value={person.role}
            onChange={({ target }) => void put({ role: target.value })}
          >
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {t(ROLE_NAMES[each])}
              </option>
            ))}
          </select>
        </label>
      </div>
      {person.role === 'kitchen' && stations.length > 0 && (
        <div className="st-field">
          <span className="st-label">{t('staff.stations')}</span>
          <div className="opts" role="group" aria-label={t('staff.stations')}>
            {stations.map(({ id, name: station }) => {
              const has = person.stations.includes(id);
              return (
                <Button
                  key={id}
                  look="plain"
                  className="op"
                  pressed={has}
                  onPress={() =>
                    void put({
                      stations: has ? person.stations.filter((one) => one !== id) : [...person.stations, id],
                    })
                  }
                >
                  {station}
                </Button>
              );
            })}
          </div>
        </div>
      )}
      <form
        className="st-add"
        onSubmit={(event) => {
          event.preventDefault();
          if (pin !== '') void give(pin);
        }}
      >
        <input
          className="field"
          dir="ltr"
          inputMode="numeric"
          autoComplete="off"
          aria-label={t('staff.newPin')}
          placeholder={t('staff.newPin')}
          maxLength={12}
          value={pin}
          data-testid="pin-typed"
          onChange={({ target }) => setPin(target.value.replaceAll(/\D/g, ''))}
        />
        <button type="submit" className="btn btn-edge" disabled={pin.length < 4} data-testid="pin-set">
          {t('staff.setPin')}
        </button>
      </form>
      <small>{t('staff.pinSay')}</small>
      <div className="setup-keys">
        <Button look="edge" onPress={() => void give(undefined)} testId="pin-make">
          {t('staff.makePin')}
        </Button>
        {person.hasPin && (
          <Button look="edge" onPress={() => void give(null)}>
            {t('staff.dropPin')}
          </Button>
        )}
        <span className="grow" />
        {sure ? (
          <>
            <Button onPress={() => setSure(false)}>{t('act.cancel')}</Button>
            <Button
              look="danger"
              onPress={() =>
                void manager
                  .token()
                  .then(async (token) => after(await peopleCalls.remove(token, place, person.id)))
              }
              testId="person-remove-sure"
            >
              {t('staff.removeSure')}
            </Button>
          </>
        ) : (
          <Button look="edge" onPress={() => setSure(true)} testId="person-remove">
            {t('staff.remove')}
          </Button>
        )}
      </div>
      {made !== null && (
        <p className="st-done" role="status">
          {t('staff.made')} <Num className="st-pin">{made}</Num>
        </p>
      )}
      {done && (
        <p className="st-done" role="status" data-testid="pin-done">
          <ReceiptMark receipt="heard" />
          {t('staff.pinDone')}
        </p>
      )}
      <p className="setup-said" role="alert">
        {why}
      </p>
    </div>
  );
}

function whyOf({ why, status }: Refused): string {
  return status === null ? t('setup.unreachable') : why;
}
