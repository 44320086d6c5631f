import { useState, type ReactElement } from 'react';
import { explainRoute, type RoutedTo, type RoutingRule } from '../../../domain/routing.ts';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Tag } from '../../ui/tag.tsx';
import { listOf, namedAt, textsOf, wordsOf } from '../doc.ts';
import { ManyField, PickField } from '../fields.tsx';
import { useHouse } from '../house.tsx';
import { routesOf } from '../menuOf.ts';

/** Which station makes what: the rules by category, the house's default, and where a dish would go by them. */
export function RoutingRoom(): ReactElement {
  const { doc, goTo } = useHouse();
  const stations = namedAt(doc, ['stations']);
  const categories = listOf(doc, ['menu', 'categories']);
  const own = listOf(doc, ['menu', 'items']).flatMap((one, index) =>
    textsOf(one, ['stations']).length > 0
      ? [{ name: wordsOf(one, ['name']), index, at: textsOf(one, ['stations']) }]
      : [],
  );
  const nameOfStation = (id: string): string => stations.find((one) => one.id === id)?.name ?? id;
  return (
    <>
      <section className="st-card">
        <p>{t('routing.say')}</p>
        <div className="st-fields">
          <PickField
            path={['defaultStation']}
            label={t('field.defaultStation')}
            hint={t('routing.defaultSay')}
            none={t('routing.noDefault')}
            options={stations}
          />
        </div>
        {categories.map((one, index) => (
          <ManyField
            key={wordsOf(one, ['id'])}
            path={['menu', 'categories', index, 'stations']}
            label={wordsOf(one, ['name'])}
            options={stations}
            none={t('stations.none')}
          />
        ))}
        {categories.length === 0 && <p className="st-none">{t('menu.noCategories')}</p>}
        {own.length > 0 && (
          <>
            <h3>{t('routing.own')}</h3>
            <ul className="st-diff">
              {own.map(({ name, index, at }) => (
                <li key={index}>
                  <b>{name}</b>
                  <span>{at.map(nameOfStation).join(', ')}</span>
                  <Button look="plain" onPress={() => goTo(`menu.items.${index}.stations`)}>
                    {t('routing.change')}
                  </Button>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      <Tester />
    </>
  );
}

const RULES: Record<RoutingRule, MessageKey> = {
  item: 'routing.item',
  category: 'routing.category',
  default: 'routing.default',
  option: 'routing.option',
  also: 'routing.also',
  unrouted: 'routing.unrouted',
};

/** "Where would this go?", by the draft as it stands. */
function Tester(): ReactElement {
  const { doc } = useHouse();
  const [dish, setDish] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const routes = routesOf(doc);
  const item = routes.menu.items.find(({ id }) => id === dish);
  const groups = routes.menu.groups.filter(({ id }) => item?.groups.includes(id) === true);
  const options = groups.flatMap((group) =>
    group.options.filter((option) => chosen.includes(`${group.id}/${option.id}`)),
  );
  const stations = new Map(namedAt(doc, ['stations']).map(({ id, name }) => [id, name]));
  const routed: RoutedTo[] = item === undefined ? [] : explainRoute(routes, item, options);
  return (
    <section className="st-card">
      <h2>{t('routing.test')}</h2>
      <label className="st-field">
        <span className="st-label">{t('routing.dish')}</span>
        <select
          className="field"
          value={dish}
          data-testid="route-dish"
          onChange={({ target }) => {
            setDish(target.value);
            setChosen([]);
          }}
        >
          <option value="">{t('routing.choose')}</option>
          {routes.menu.items.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {groups.map((group) => (
        <div key={group.id} className="st-field">
          <span className="st-label">{group.name}</span>
          <div className="opts" role="group" aria-label={group.name}>
            {group.options.map((option) => {
              const key = `${group.id}/${option.id}`;
              const isChosen = chosen.includes(key);
              return (
                <Button
                  key={key}
                  look="plain"
                  className="op"
                  pressed={isChosen}
                  onPress={() => setChosen(isChosen ? chosen.filter((one) => one !== key) : [...chosen, key])}
                >
                  {option.name}
                </Button>
              );
            })}
          </div>
        </div>
      ))}
      {item !== undefined && (
        <ul className="st-diff" role="status" data-testid="route-answer">
          {routed.map(({ station, rule, of }) => (
            <li key={station}>
              <Tag look={rule === 'unrouted' ? 'late' : 'heard'}>
                {rule === 'unrouted' ? t('routing.lane') : (stations.get(station) ?? station)}
              </Tag>
              <span>{t(RULES[rule], { of })}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
