import { useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { Num, ReceiptMark } from '../ui/marks.tsx';
import { Tag } from '../ui/tag.tsx';
import { clockText } from '../ui/time.ts';
import { changesOf } from './draft.ts';
import { useHouse } from './house.tsx';

/** At the foot of every room: is it kept, what would change, what keeps it from being published. */
export function DraftBar(): ReactElement {
  const { kept, keeper, enter, said } = useHouse();
  const [isOpen, setOpen] = useState(false);
  const blocking = said.filter(({ severity }) => severity === 'error').length;
  const warnings = said.length - blocking;
  const changes = changesOf(kept.desk).length;
  const conflicts = kept.desk.conflicts.length;
  return (
    <footer className="st-foot">
      <News />
      {isOpen && said.length > 0 && <SaidList />}
      <div className="st-foot-row">
        <span className="st-kept" role="status" data-testid="draft-state" data-state={kept.state}>
          <Kept />
        </span>
        {said.length > 0 && (
          <Button
            look="plain"
            className="st-said-open"
            onPress={() => setOpen(!isOpen)}
            pressed={isOpen}
            testId="findings"
          >
            {blocking > 0 && <Tag look="late">{t('desk.blocking', { count: blocking })}</Tag>}
            {warnings > 0 && <Tag look="soon">{t('desk.warnings', { count: warnings })}</Tag>}
          </Button>
        )}
        {conflicts > 0 && (
          <Button look="danger" onPress={() => enter('publish')}>
            {t('desk.conflicts', { count: conflicts })}
          </Button>
        )}
        <span className="grow" />
        <span className="st-changes" data-testid="changes">
          {t('count.changes', { count: changes })}
        </span>
        <Button
          look={changes > 0 ? 'main' : 'raised'}
          onPress={() => {
            void keeper.look();
            enter('publish');
          }}
          testId="to-publish"
        >
          {t('desk.toPublish')}
        </Button>
      </div>
    </footer>
  );
}

function Kept(): ReactElement {
  const { kept } = useHouse();
  const { state, why, desk } = kept;
  if (state === 'failed')
    return (
      <span className="st-failed">
        <ReceiptMark receipt="unheard" />
        {t('desk.notKept', { why })}
      </span>
    );
  if (state !== 'saved')
    return (
      <>
        <ReceiptMark receipt="queued" />
        {t('desk.keeping')}
      </>
    );
  if (desk.revision === 0)
    return (
      <>
        <ReceiptMark receipt={desk.version > 0 ? 'heard' : 'queued'} />
        {t(desk.version > 0 ? 'desk.asPublished' : 'desk.nothingYet')}
      </>
    );
  return (
    <>
      <ReceiptMark receipt="sent" />
      <span>
        {t('desk.kept')} <Num>{desk.at === null ? '' : clockText(Date.parse(desk.at))}</Num>
        {desk.by !== null && desk.by !== '' && <> · {desk.by}</>}
      </span>
    </>
  );
}

/** Everything that was found; each leads to its field. */
export function SaidList(): ReactElement {
  const { said, goTo } = useHouse();
  return (
    <ul className="st-found" data-testid="found">
      {said.map(({ severity, words, path }) => (
        <li key={`${path} ${words}`}>
          <Button look="plain" className={`st-found-${severity}`} onPress={() => goTo(path)} testId="finding">
            <Tag look={severity === 'error' ? 'late' : 'soon'}>
              {t(severity === 'error' ? 'desk.blocks' : 'desk.warns')}
            </Tag>
            <span>{words}</span>
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** What colleagues did meanwhile. */
function News(): ReactElement | null {
  const { kept, keeper } = useHouse();
  const { news } = kept.desk;
  if (news.length === 0) return null;
  return (
    <div className="st-news" role="status" data-testid="news">
      <ul>
        {news.map(({ what, by, changes }, index) => (
          <li key={index}>
            {what === 'discarded'
              ? t('news.discarded')
              : t(what === 'saved' ? 'news.saved' : 'news.published', {
                  who: by ?? t('news.somebody'),
                  count: changes.length,
                })}
          </li>
        ))}
      </ul>
      <Button look="edge" onPress={keeper.forgetNews}>
        {t('news.read')}
      </Button>
    </div>
  );
}
