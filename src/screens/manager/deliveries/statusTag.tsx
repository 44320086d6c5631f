import { Ban, Check, CircleDashed, Hourglass, RotateCw } from 'lucide-react';
import type { ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { Tag, type TagLook } from '../../ui/tag.tsx';
import type { Status } from './deliveries.ts';

const LOOKS: Record<Status, { look: TagLook; Icon: typeof Check }> = {
  waiting: { look: 'info', Icon: Hourglass },
  failed: { look: 'soon', Icon: RotateCw },
  dead: { look: 'late', Icon: Ban },
  done: { look: 'heard', Icon: Check },
  ignored: { look: 'outline', Icon: CircleDashed },
};

export function StatusTag({ status }: { status: Status }): ReactElement {
  const { look, Icon } = LOOKS[status];
  return (
    <Tag look={look}>
      <Icon className="i" strokeWidth={2.25} aria-hidden="true" focusable="false" />
      {t(`deliveries.${status}`)}
    </Tag>
  );
}
