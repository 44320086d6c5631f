import type { ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { listOf, numberOf } from '../doc.ts';
import { Entries } from '../entries.tsx';
import { NumberField, TextField } from '../fields.tsx';
import { useHouse } from '../house.tsx';

const MOST_COURSES = 9;

/** In which order a table is served. */
export function Courses(): ReactElement {
  const { doc } = useHouse();
  const courses = listOf(doc, ['courses']);
  const next = Math.max(0, ...courses.map((one) => numberOf(one, ['number']) ?? 0)) + 1;
  return (
    <section className="st-card">
      <p>{t('menu.coursesSay')}</p>
      <Entries
        path={['courses']}
        testId="course"
        empty={t('menu.noCourses')}
        summary={(one) => numberOf(one, ['number'])}
        {...(next <= MOST_COURSES && {
          add: { label: t('menu.addCourse'), most: 40, make: (name: string) => ({ number: next, name }) },
        })}
        editor={(index) => (
          <div className="st-fields">
            <TextField path={['courses', index, 'name']} label={t('field.name')} most={40} />
            <NumberField
              path={['courses', index, 'number']}
              label={t('menu.courseNumber')}
              least={1}
              most={MOST_COURSES}
            />
          </div>
        )}
      />
    </section>
  );
}
