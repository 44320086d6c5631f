import { useState, type ReactElement } from 'react';
import { CALL_OUTCOMES, type CallOutcome } from '../../../domain/call/outcomes.ts';
import { mintId } from '../../../sdk/ids.ts';
import { t } from '../../i18n/words.tsx';
import { Option } from '../../pos/stepper.tsx';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { clockText } from '../../ui/time.ts';
import { useStand } from '../desk.tsx';
import { NameField, PhoneField } from '../guestFields.tsx';

/** What is written down about a call: kept on the tablet while there is no line, and sent when it is back. */

const MINUTE_MS = 60_000;
const DUE_IN = [15, 30, 60, 120] as const;
const LONGEST_NOTE = 500;
const LONGEST_TASK = 280;

export function CallSheets(): ReactElement | null {
  const { callSheet, openCallSheet } = useStand();
  const close = (): void => openCallSheet(null);
  if (callSheet === null) return null;
  switch (callSheet.sheet) {
    case 'note':
      return <NoteSheet call={callSheet.call} onClose={close} />;
    case 'follow':
      return <FollowSheet call={callSheet.call} onClose={close} />;
    case 'outcome':
      return <OutcomeSheet call={callSheet.call} onClose={close} />;
    case 'erase':
      return <EraseSheet call={callSheet.call} onClose={close} />;
    default:
      return callSheet satisfies never;
  }
}

function NoteSheet({ call, onClose }: { call: string | null; onClose: () => void }): ReactElement {
  const { act, calls } = useStand();
  const known = call === null ? undefined : calls.get(call);
  const [text, setText] = useState('');
  const [from, setFrom] = useState(known?.guest?.name ?? '');
  const [phone, setPhone] = useState(known?.from ?? '');
  const isEmpty = text.trim() === '';
  const keep = (): void => {
    onClose();
    void act(
      'message.take',
      {
        message: {
          id: mintId(),
          text: text.trim(),
          ...(from.trim() !== '' && { from: from.trim() }),
          ...(phone.trim() !== '' && { phone: phone.trim() }),
          ...(call !== null && { call }),
        },
      },
      { say: t('calls.saidNoted') },
    );
  };
  return (
    <Sheet
      title={t('calls.noteTitle')}
      onClose={onClose}
      keep={!isEmpty}
      foot={<Foot onClose={onClose} onKeep={keep} disabled={isEmpty} />}
    >
      <Words label={t('calls.noteText')} value={text} most={LONGEST_NOTE} onChange={setText} />
      <div className="form-pair">
        <NameField label={t('calls.noteFrom')} value={from} onChange={setFrom} />
        <PhoneField label={t('calls.notePhone')} value={phone} onChange={setPhone} />
      </div>
    </Sheet>
  );
}

function FollowSheet({ call, onClose }: { call: string; onClose: () => void }): ReactElement {
  const { act, now, zone } = useStand();
  const [text, setText] = useState('');
  const [minutes, setMinutes] = useState<(typeof DUE_IN)[number]>(30);
  const isEmpty = text.trim() === '';
  const keep = (): void => {
    onClose();
    const due = now + minutes * MINUTE_MS;
    void act(
      'call.followUp',
      { call, task: { id: mintId(), text: text.trim(), dueAt: new Date(due).toISOString() } },
      { say: t('calls.saidAsked', { time: clockText(due, zone) }) },
    );
  };
  return (
    <Sheet
      title={t('calls.followTitle')}
      onClose={onClose}
      keep={!isEmpty}
      foot={<Foot onClose={onClose} onKeep={keep} disabled={isEmpty} />}
    >
      <Words label={t('calls.followText')} value={text} most={LONGEST_TASK} onChange={setText} />
      <div className="opts" role="group" aria-label={t('calls.due')}>
        {DUE_IN.map((one) => (
          <Option key={one} chosen={minutes === one} onPress={() => setMinutes(one)}>
            {one < 60 ? t('calls.dueIn', { minutes: one }) : t('calls.dueHours', { count: one / 60 })}
          </Option>
        ))}
      </div>
    </Sheet>
  );
}

function Words(props: {
  label: string;
  value: string;
  most: number;
  onChange: (text: string) => void;
}): ReactElement {
  return (
    <label className="cform">
      {props.label}
      <textarea
        className="field"
        rows={3}
        dir="auto"
        value={props.value}
        maxLength={props.most}
        data-testid="call-text"
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}

function Foot(props: { onClose: () => void; onKeep: () => void; disabled: boolean }): ReactElement {
  return (
    <footer className="sheet-foot">
      <span className="grow" />
      <Button look="edge" onPress={props.onClose}>
        {t('act.cancel')}
      </Button>
      <Button look="main" onPress={props.onKeep} disabled={props.disabled} testId="call-keep">
        {t('calls.keep')}
      </Button>
    </footer>
  );
}

function OutcomeSheet({ call, onClose }: { call: string; onClose: () => void }): ReactElement {
  const { act, calls } = useStand();
  const known = calls.get(call);
  const close = (outcome: CallOutcome): void => {
    onClose();
    void act(
      'call.close',
      { call, outcome, ...(known && { version: known.version }) },
      { say: t('calls.saidClosed', { outcome: t(`calls.outcome.${outcome}`) }) },
    );
  };
  return (
    <Sheet title={t('calls.act.outcome')} onClose={onClose}>
      <div className="opts" role="group" aria-label={t('calls.act.outcome')}>
        {CALL_OUTCOMES.map((one) => (
          <Option key={one} chosen={known?.outcome === one} onPress={() => close(one)}>
            {t(`calls.outcome.${one}`)}
          </Option>
        ))}
      </div>
    </Sheet>
  );
}

function EraseSheet({ call, onClose }: { call: string; onClose: () => void }): ReactElement {
  const { act } = useStand();
  return (
    <Sheet
      title={t('calls.eraseTitle')}
      onClose={onClose}
      foot={
        <footer className="sheet-foot">
          <span className="grow" />
          <Button look="edge" onPress={onClose}>
            {t('act.cancel')}
          </Button>
          <Button
            look="danger"
            testId="erase-yes"
            onPress={() => {
              onClose();
              void act('call.eraseRecording', { call }, { say: t('calls.saidErased') });
            }}
          >
            {t('act.delete')}
          </Button>
        </footer>
      }
    >
      <p>{t('calls.eraseSay')}</p>
    </Sheet>
  );
}
