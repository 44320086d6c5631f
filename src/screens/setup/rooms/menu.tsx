import { useState, type ReactElement } from 'react';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { moneyText } from '../../ui/money.ts';
import { type Named, idOf, listOf, namedAt, numberOf, textsOf, wordsOf } from '../doc.ts';
import { Entries } from '../entries.tsx';
import { ManyField, MoneyField, PickField, TextField, TimeField, WordsField } from '../fields.tsx';
import { currencyOf, useHouse } from '../house.tsx';
import { Choices } from './choices.tsx';
import { Courses } from './courses.tsx';
import { MenuTable } from './menuTable.tsx';

/** What is sold: dishes in categories, choices, courses, and all of it as a table. */

const TABS = ['dishes', 'categories', 'choices', 'courses', 'table'] as const;
type Tab = (typeof TABS)[number];
const NAMES: Record<Tab, MessageKey> = {
  dishes: 'menu.dishes',
  categories: 'menu.sections',
  choices: 'menu.choices',
  courses: 'menu.courses',
  table: 'menu.table',
};

function tabOf(path: string | null): Tab | null {
  if (path?.startsWith('menu.categories') === true) return 'categories';
  if (path?.startsWith('menu.groups') === true) return 'choices';
  if (path?.startsWith('courses') === true) return 'courses';
  return path?.startsWith('menu') === true ? 'dishes' : null;
}

export function MenuRoom(): ReactElement {
  const { doc, focus } = useHouse();
  const hasCategories = listOf(doc, ['menu', 'categories']).length > 0;
  const [tab, setTab] = useState<Tab>(tabOf(focus) ?? (hasCategories ? 'dishes' : 'categories'));
  const [seen, setSeen] = useState(focus);
  if (focus !== seen) {
    setSeen(focus);
    setTab(tabOf(focus) ?? tab);
  }
  return (
    <>
      <nav className="seg st-tabs" aria-label={t('room.menu')}>
        {TABS.map((one) => (
          <Button
            key={one}
            look="plain"
            pressed={tab === one}
            onPress={() => setTab(one)}
            testId={`menu-${one}`}
          >
            {t(NAMES[one])}
          </Button>
        ))}
      </nav>
      {tab === 'dishes' && <Dishes onCategories={() => setTab('categories')} />}
      {tab === 'categories' && <Categories />}
      {tab === 'choices' && <Choices />}
      {tab === 'courses' && <Courses />}
      {tab === 'table' && <MenuTable />}
    </>
  );
}

export function useCourses(): Named[] {
  const { doc } = useHouse();
  return listOf(doc, ['courses']).map((one) => ({
    id: idOf(one),
    name: `${idOf(one)} · ${wordsOf(one, ['name'])}`,
  }));
}

function Dishes({ onCategories }: { onCategories: () => void }): ReactElement {
  const { doc, focus } = useHouse();
  const categories = namedAt(doc, ['menu', 'categories']);
  const [category, setCategory] = useState('');
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const [seen, setSeen] = useState(focus);
  if (focus !== seen) {
    // A dish that somebody asked for must not be hidden by what was looked for before.
    setSeen(focus);
    setCategory('');
    setTyped('');
  }
  const stations = namedAt(doc, ['stations']);
  const courses = useCourses();
  const names = new Map(categories.map(({ id, name }) => [id, name]));
  const stationNames = new Map(stations.map(({ id, name }) => [id, name]));
  if (categories.length === 0)
    return (
      <section className="st-card">
        <p>{t('menu.categoryFirst')}</p>
        <div className="setup-keys">
          <Button look="main" onPress={onCategories}>
            {t('menu.toCategories')}
          </Button>
        </div>
      </section>
    );
  return (
    <section className="st-card">
      <div className="st-find">
        <input
          className="field"
          type="search"
          aria-label={t('menu.find')}
          placeholder={t('menu.find')}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <select
          className="field"
          aria-label={t('field.category')}
          value={category}
          data-testid="menu-category"
          onChange={({ target }) => setCategory(target.value)}
        >
          <option value="">{t('menu.allCategories')}</option>
          {categories.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <Entries
        path={['menu', 'items']}
        testId="dish"
        empty={t('menu.none')}
        filter={(one) =>
          (category === '' || wordsOf(one, ['category']) === category) &&
          (wanted === '' ||
            wordsOf(one, ['name']).toLowerCase().includes(wanted) ||
            wordsOf(one, ['kitchenName']).toLowerCase().includes(wanted))
        }
        summary={(one) => (
          <>
            {names.get(wordsOf(one, ['category'])) ?? wordsOf(one, ['category'])}
            {textsOf(one, ['stations']).map((id) => (
              <span key={id}> · {stationNames.get(id) ?? id}</span>
            ))}
            {numberOf(one, ['price']) !== undefined && (
              <>
                {' · '}
                <Num>{moneyText(numberOf(one, ['price']) ?? 0, currencyOf(doc))}</Num>
              </>
            )}
          </>
        )}
        add={{
          label: t('menu.addDish'),
          most: 80,
          make: (name, id) => ({ id, name, category: category || (categories[0]?.id ?? '') }),
        }}
        editor={(index) => (
          <div className="st-fields">
            <TextField path={['menu', 'items', index, 'name']} label={t('field.name')} most={80} />
            <TextField
              path={['menu', 'items', index, 'kitchenName']}
              label={t('field.kitchenName')}
              hint={t('menu.kitchenNameSay')}
              most={40}
              optional
            />
            <MoneyField path={['menu', 'items', index, 'price']} label={t('field.price')} />
            <PickField
              path={['menu', 'items', index, 'category']}
              label={t('field.category')}
              options={categories}
            />
            <TimeField
              path={['menu', 'items', index, 'prep']}
              label={t('field.prep')}
              hint={t('menu.prepSay')}
              placeholder="8:00"
              optional
            />
            <PickField
              path={['menu', 'items', index, 'course']}
              label={t('field.course')}
              none={t('menu.categorysCourse')}
              options={courses}
              number
            />
            <ManyField
              path={['menu', 'items', index, 'stations']}
              label={t('field.madeAt')}
              hint={t('menu.madeAtSay')}
              options={stations}
              none={t('stations.none')}
            />
            <ManyField
              path={['menu', 'items', index, 'groups']}
              label={t('field.groups')}
              options={namedAt(doc, ['menu', 'groups'])}
              none={t('menu.noChoices')}
            />
            <WordsField
              path={['menu', 'items', index, 'allergens']}
              label={t('field.allergens')}
              hint={t('menu.commas')}
            />
          </div>
        )}
      />
    </section>
  );
}

function Categories(): ReactElement {
  const { doc } = useHouse();
  const stations = namedAt(doc, ['stations']);
  const courses = useCourses();
  const items = listOf(doc, ['menu', 'items']);
  return (
    <section className="st-card">
      <p>{t('menu.categoriesSay')}</p>
      <Entries
        path={['menu', 'categories']}
        testId="category"
        empty={t('menu.noCategories')}
        summary={(one) => (
          <>
            {t('count.items', {
              count: items.filter((item) => wordsOf(item, ['category']) === idOf(one)).length,
            })}
            {textsOf(one, ['stations']).map((id) => (
              <span key={id}> · {stations.find((station) => station.id === id)?.name ?? id}</span>
            ))}
          </>
        )}
        add={{
          label: t('menu.addCategory'),
          most: 60,
          make: (name, id) => ({
            id,
            name,
            // With one station there is nothing to choose.
            ...(stations.length === 1 && { stations: [stations[0]?.id ?? ''] }),
          }),
        }}
        editor={(index) => (
          <div className="st-fields">
            <TextField path={['menu', 'categories', index, 'name']} label={t('field.name')} most={60} />
            <PickField
              path={['menu', 'categories', index, 'course']}
              label={t('field.course')}
              none={t('menu.noCourse')}
              options={courses}
              number
            />
            <ManyField
              path={['menu', 'categories', index, 'stations']}
              label={t('field.madeAt')}
              options={stations}
              none={t('stations.none')}
            />
          </div>
        )}
      />
    </section>
  );
}
