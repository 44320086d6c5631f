import { useState, type ReactElement } from 'react';
import type { denyReasons } from '../../../domain/channel/commands.ts';
import type { LineView } from '../../../domain/entities.ts';
import { t } from '../../i18n/words.tsx';
import { mayHaveRunOut, type PlatformOrder } from '../../platform/standing.ts';
import { Button } from '../../ui/button.tsx';
import { VoidIcon } from '../../ui/icons.tsx';
import { Sheet } from '../../ui/sheet.tsx';

export type Denial = { readonly reason: (typeof denyReasons)[number]; readonly items?: string[] };

const REASONS = ['kitchen_busy', 'closed', 'cannot_read', 'address', 'technical', 'other'] as const;

/** Why not: one tap on a reason, or on what ran out. The platform is told in its own words, and what ran out is 86’d. */
export function DenySheet(props: {
  order: PlatformOrder;
  lines: readonly LineView[];
  onDeny: (denial: Denial) => void;
  onAccept: () => void;
  onClose: () => void;
}): ReactElement {
  const [several, setSeveral] = useState<ReadonlySet<string> | null>(null);
  const dishes = mayHaveRunOut(props.lines);
  const toggle = (id: string): void =>
    setSeveral((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <Sheet
      title={
        <bdi>
          {t('platform.denyTitle', { number: `${props.order.platform.name} ${props.order.platform.number}` })}
        </bdi>
      }
      onClose={props.onClose}
      className="deny-sheet"
    >
      {dishes.length > 0 && (
        <>
          <h3>{t('platform.ranOut')}</h3>
          <div className="menu-acts">
            {dishes.map(({ id, name }) => (
              <Button
                key={id}
                look="edge"
                {...(several !== null && { pressed: several.has(id) })}
                testId={`ran-out-${id}`}
                onPress={() =>
                  several === null ? props.onDeny({ reason: 'item_out_of_stock', items: [id] }) : toggle(id)
                }
              >
                <VoidIcon />
                <bdi>{name}</bdi>
              </Button>
            ))}
            {dishes.length > 1 && several === null && (
              <Button look="plain" testId="several" onPress={() => setSeveral(new Set())}>
                {t('platform.several')}
              </Button>
            )}
            {several !== null && (
              <Button
                look="danger"
                disabled={several.size === 0}
                testId="deny-several"
                onPress={() => props.onDeny({ reason: 'item_out_of_stock', items: [...several] })}
              >
                {t('platform.denyFor', { count: several.size })}
              </Button>
            )}
          </div>
        </>
      )}
      <div className="menu-acts">
        {REASONS.map((reason) => (
          <Button key={reason} look="edge" testId={`deny-${reason}`} onPress={() => props.onDeny({ reason })}>
            {t(`platform.why.${reason}`)}
          </Button>
        ))}
        <Button look="main" onPress={props.onAccept}>
          {t('platform.acceptNow')}
        </Button>
      </div>
    </Sheet>
  );
}
