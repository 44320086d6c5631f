import { useState, type ReactElement } from 'react';
import type { Conflict, Json } from '../../../domain/documents.ts';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { ReceiptMark } from '../../ui/marks.tsx';
import { tellChange, type Told } from '../changeWords.ts';
import { changesOf } from '../draft.ts';
import { SaidList } from '../draftBar.tsx';
import { useHouse } from '../house.tsx';
import { ChangeLine } from './changeLine.tsx';

/** What would change, in words; what keeps it back; and the button that makes it so on every screen. */
export function PublishRoom(): ReactElement {
  const { kept, keeper, said } = useHouse();
  const { desk } = kept;
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<number | null>(null);
  const blocking = said.filter(({ severity }) => severity === 'error').length;
  const changes = changesOf(desk);
  const publish = async (): Promise<void> => {
    setBusy(true);
    const isDone = await keeper.publish();
    setBusy(false);
    setDone(isDone ? (keeper.get()?.desk.version ?? null) : null);
  };
  return (
    <>
      {desk.conflicts.length > 0 && (
        <section className="st-card st-conflicts">
          <h2>{t('publish.conflicts')}</h2>
          <p>{t('publish.conflictsSay')}</p>
          <ul>
            {desk.conflicts.map((conflict) => (
              <ConflictLine key={conflict.path.join('.')} conflict={conflict} />
            ))}
          </ul>
        </section>
      )}
      {said.length > 0 && (
        <section className="st-card">
          <h2>{blocking > 0 ? t('publish.blocked', { count: blocking }) : t('publish.look')}</h2>
          <SaidList />
        </section>
      )}
      <section className="st-card">
        <h2>{t('publish.changes', { count: changes.length })}</h2>
        {changes.length === 0 && <p>{t(desk.version > 0 ? 'publish.nothing' : 'publish.empty')}</p>}
        {changes.length > 0 && <p>{t('publish.openTickets')}</p>}
        <ul className="st-diff" data-testid="diff">
          {changes.map((change) => (
            <ChangeLine
              key={`${change.path.join('.')} ${change.what}`}
              told={tellChange(change, desk.published, desk.doc)}
            />
          ))}
        </ul>
        {kept.state === 'failed' && (
          <p className="setup-said" role="alert">
            {kept.why}
          </p>
        )}
        {done !== null && changes.length === 0 && (
          <p className="st-done" role="status" data-testid="published">
            <ReceiptMark receipt="heard" />
            {t('publish.done', { version: done })}
          </p>
        )}
        <div className="setup-keys">
          <Button
            look="main"
            disabled={busy || changes.length === 0 || blocking > 0 || desk.conflicts.length > 0}
            onPress={() => void publish()}
            testId="publish"
          >
            {t('publish.now')}
          </Button>
          {desk.revision > 0 && <Discard />}
        </div>
      </section>
    </>
  );
}

function Discard(): ReactElement {
  const { keeper } = useHouse();
  const [sure, setSure] = useState(false);
  if (!sure)
    return (
      <Button look="edge" onPress={() => setSure(true)} testId="discard">
        {t('publish.discard')}
      </Button>
    );
  return (
    <>
      <Button onPress={() => setSure(false)}>{t('act.cancel')}</Button>
      <Button
        look="danger"
        onPress={() => {
          setSure(false);
          void keeper.discard();
        }}
        testId="discard-sure"
      >
        {t('publish.discardSure')}
      </Button>
    </>
  );
}

function ConflictLine({ conflict }: { conflict: Conflict }): ReactElement {
  const { kept, keeper } = useHouse();
  const { path, mine, theirs, base } = conflict;
  const tell = (after: Json | undefined): Told =>
    tellChange(
      {
        path,
        what: after === undefined ? 'removed' : base === undefined ? 'added' : 'changed',
        ...(base !== undefined && { before: base }),
        ...(after !== undefined && { after }),
      },
      kept.desk.published,
      kept.desk.doc,
    );
  const [own, other] = [tell(mine), tell(theirs)];
  const valueOf = (value: Json | undefined, told: Told): string =>
    value === undefined ? t('publish.gone') : told.after || t('publish.stays');
  return (
    <li data-testid="conflict">
      <p>
        <b>{own.thing}</b> {own.field}
      </p>
      <div className="setup-keys">
        <Button look="edge" onPress={() => keeper.settle(conflict, 'mine')} testId="mine">
          {t('publish.mine', { value: valueOf(mine, own) })}
        </Button>
        <Button look="edge" onPress={() => keeper.settle(conflict, 'theirs')} testId="theirs">
          {t('publish.theirs', { value: valueOf(theirs, other) })}
        </Button>
      </div>
    </li>
  );
}
