import type { ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { Arrow, Num } from '../../ui/marks.tsx';
import { Tag } from '../../ui/tag.tsx';
import type { Told } from '../changeWords.ts';

/** One change: of what, which field, from what to what. */
export function ChangeLine({ told }: { told: Told }): ReactElement {
  const { thing, what, field, before, after } = told;
  return (
    <li>
      <b>{thing}</b>
      {field !== '' && <span>{field}</span>}
      {what === 'added' && <Tag look="heard">{t('publish.new')}</Tag>}
      {what === 'removed' && <Tag look="late">{t('publish.gone')}</Tag>}
      {what === 'moved' && <Tag>{t('publish.moved')}</Tag>}
      {before !== '' && <s>{before}</s>}
      {before !== '' && after !== '' && <Arrow to="end" />}
      {after !== '' && <Num>{after}</Num>}
    </li>
  );
}
