import { useMemo, useState, type ReactElement } from 'react';
import { compareDocuments, type Json } from '../../../domain/documents.ts';
import { readMenu, type CsvProblem } from '../../../domain/menuCsv.ts';
import { writeMenu } from '../../../domain/menuTable.ts';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { Tag } from '../../ui/tag.tsx';
import { tellChange } from '../changeWords.ts';
import { namedAt, valueAt, withValue } from '../doc.ts';
import { asJson } from '../houseCalls.ts';
import { digitsOf, useHouse } from '../house.tsx';
import { joinedMenu, menuOf } from '../menuOf.ts';
import { ChangeLine } from './changeLine.tsx';

/** The whole menu as a table: out of the house, and into the draft after a look at what would change. */

export function MenuTable(): ReactElement {
  const { doc } = useHouse();
  const [text, setText] = useState<string | null>(null);
  const [isWhole, setWhole] = useState(false);
  const save = (): void => {
    const blob = new Blob([`\ufeff${writeMenu(menuOf(doc), digitsOf(doc))}`], { type: 'text/csv' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = 'menu.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <>
      <section className="st-card">
        <h2>{t('table.in')}</h2>
        <p>{t('table.say')}</p>
        <pre className="st-sample" dir="ltr">
          {SAMPLE}
        </pre>
        <label className="btn btn-edge st-file">
          {t('table.choose')}
          <input
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            data-testid="csv-file"
            onChange={({ target }) => {
              const file = target.files?.[0];
              if (file !== undefined) void file.text().then(setText);
              target.value = '';
            }}
          />
        </label>
        <label className="st-field">
          <span className="st-label">{t('table.paste')}</span>
          <textarea
            className="field st-paste"
            dir="ltr"
            rows={5}
            value={text ?? ''}
            data-testid="csv-text"
            onChange={({ target }) => setText(target.value === '' ? null : target.value)}
          />
        </label>
        <label className="st-switch">
          <input type="checkbox" checked={isWhole} onChange={({ target }) => setWhole(target.checked)} />
          <span>{t('table.whole')}</span>
        </label>
      </section>
      {text !== null && <Preview text={text} isWhole={isWhole} onDone={() => setText(null)} />}
      <section className="st-card">
        <h2>{t('table.out')}</h2>
        <p>{t('table.outSay')}</p>
        <div className="setup-keys">
          <Button look="edge" onPress={save} testId="csv-export">
            {t('table.save')}
          </Button>
        </div>
      </section>
    </>
  );
}

const SAMPLE = 'name,category,price\nSchnitzel,Mains,18.90\nRed wine,Drinks,6.50';

function Preview({
  text,
  isWhole,
  onDone,
}: {
  text: string;
  isWhole: boolean;
  onDone: () => void;
}): ReactElement {
  const { doc, keeper } = useHouse();
  const { problems, next, changes } = useMemo(() => {
    const before = menuOf(doc);
    const reading = readMenu(text, {
      stations: namedAt(doc, ['stations']).map(({ id }) => id),
      digits: digitsOf(doc),
      menu: before,
    });
    const menu: Json = asJson(isWhole ? reading.menu : joinedMenu(before, reading.menu));
    const after = withValue(doc, ['menu'], menu);
    return {
      problems: reading.problems,
      next: after,
      // Against what the draft says when it is read in the same way: a default that is left out is no change.
      changes: compareDocuments(asJson(before), menu).map((change) => ({
        ...change,
        path: ['menu', ...change.path],
      })),
    };
  }, [doc, text, isWhole]);
  const wrong = problems.filter(({ isWarning }) => isWarning !== true);
  return (
    <section className="st-card" data-testid="csv-preview">
      <h2>
        {wrong.length > 0
          ? t('table.wrong', { count: wrong.length })
          : t('publish.changes', { count: changes.length })}
      </h2>
      {problems.length > 0 && (
        <ul className="st-diff" data-testid="csv-problems">
          {problems.map((problem, index) => (
            <ProblemLine key={index} problem={problem} />
          ))}
        </ul>
      )}
      {wrong.length === 0 && (
        <ul className="st-diff st-preview">
          {changes.map((change) => (
            <ChangeLine
              key={`${change.path.join('.')} ${change.what}`}
              told={tellChange(change, doc, next)}
            />
          ))}
        </ul>
      )}
      <div className="setup-keys">
        <Button
          look="main"
          disabled={wrong.length > 0 || changes.length === 0}
          onPress={() => {
            keeper.edit(['menu'], valueAt(next, ['menu']));
            onDone();
          }}
          testId="csv-take"
        >
          {t('table.take')}
        </Button>
        <Button onPress={onDone}>{t('act.cancel')}</Button>
      </div>
    </section>
  );
}

const RULES: Record<CsvProblem['rule'], MessageKey> = {
  unquoted: 'csv.unquoted',
  'no-name-column': 'csv.noNameColumn',
  'unknown-column': 'csv.unknownColumn',
  empty: 'csv.empty',
  missing: 'csv.missing',
  'too-long': 'csv.tooLong',
  'not-a-price': 'csv.notAPrice',
  'not-a-number': 'csv.notANumber',
  'not-one-of': 'csv.notOneOf',
  unknown: 'csv.unknown',
  twice: 'csv.twice',
  'not-an-id': 'csv.notAnId',
};

function ProblemLine({ problem }: { problem: CsvProblem }): ReactElement {
  const { line, column, rule, values, isWarning = false } = problem;
  return (
    <li data-line={line} data-column={column}>
      <Tag look={isWarning ? 'soon' : 'late'}>{t('csv.line', { line })}</Tag>
      {column !== '' && <Num>{column}</Num>}
      <span>{t(RULES[rule], values)}</span>
    </li>
  );
}
