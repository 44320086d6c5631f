import { useState, type ReactElement } from 'react';
import type { TicketView } from '../../domain/entities.ts';
import { LANGUAGES, OWN_NAMES } from '../i18n/language.ts';
import { currentLanguage, setLanguage, t, type MessageKey } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { EightySix } from '../stock/lazySheet.tsx';
import type { Sellable } from '../stock/eightySix.ts';
import {
  MenuIcon,
  MinusIcon,
  PlusIcon,
  PrinterIcon,
  RushIcon,
  SoundIcon,
  UndoIcon,
  VoidIcon,
} from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import type { Player } from '../ui/player.ts';
import { Sheet } from '../ui/sheet.tsx';
import { useVolume } from '../ui/soundGate.tsx';
import { clockText, millis } from '../ui/time.ts';
import type { Taps } from './taps.ts';
import { codeOf, paintedLines, recallList, sellableOn } from './tickets.ts';

/** What opens over the board: the recall list, a card's menu, the screen's own settings, the keys. */

export function RecallSheet({
  tickets,
  zone,
  onRecall,
  onClose,
}: {
  tickets: readonly TicketView[];
  zone?: string;
  onRecall: (ticket: TicketView) => void;
  onClose: () => void;
}): ReactElement {
  const [query, setQuery] = useState('');
  const list = recallList(tickets, query);
  return (
    <Sheet title={t('kitchen.recallTitle')} onClose={onClose}>
      <input
        className="field"
        type="search"
        inputMode="search"
        placeholder={t('kitchen.recallSearch')}
        aria-label={t('kitchen.recallSearch')}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {list.length === 0 && (
        <p className="set-row">{query === '' ? t('kitchen.recallNone') : t('kitchen.recallNoMatch')}</p>
      )}
      <ul className="rc-list" data-testid="recall-list">
        {list.map((ticket) => (
          <li className="rc-row" key={ticket.id}>
            <span>
              <b>
                <bdi>{codeOf(ticket)}</bdi>
              </b>{' '}
              <Num>#{ticket.number}</Num>
            </span>
            <span className="what">
              {paintedLines(ticket)
                .map((line) => `${line.qty} ${line.name}`)
                .join(', ')}
            </span>
            <span>
              {ticket.readyAt !== undefined &&
                t('kitchen.readyAt', { time: clockText(millis(ticket.readyAt), zone) })}
            </span>
            <Button look="edge" testId="recall-do" onPress={() => onRecall(ticket)}>
              <UndoIcon />
              {t('kitchen.recallDo')}
            </Button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

export function TicketMenu(props: {
  ticket: TicketView;
  split: boolean;
  zone: string | undefined;
  taps: Taps;
  onSplit: () => void;
  onClose: () => void;
}): ReactElement {
  const { ticket, taps } = props;
  const act = (does: () => void) => () => {
    does();
    props.onClose();
  };
  const [more, setMore] = useState<Sellable | null>(null);
  const sellable = sellableOn(ticket);
  if (more) return <EightySix of={more} zone={props.zone} say={taps.say} onClose={props.onClose} />;
  return (
    <Sheet
      title={<bdi>{t('kitchen.menuTitle', { number: `#${ticket.number}`, code: codeOf(ticket) })}</bdi>}
      onClose={props.onClose}
    >
      <div className="menu-acts">
        {ticket.status === 'new' && (
          <Button look="edge" onPress={act(() => taps.head(ticket))}>
            {t('kitchen.menuStart')}
          </Button>
        )}
        <Button look="edge" onPress={act(() => taps.rush(ticket))} testId="menu-rush">
          <RushIcon />
          {ticket.rush ? t('kitchen.menuUnrush') : t('kitchen.menuRush')}
        </Button>
        <Button look="edge" onPress={act(() => taps.print(ticket))} testId="menu-print">
          <PrinterIcon />
          {ticket.copies === undefined
            ? t('kitchen.menuPrint')
            : t('kitchen.menuReprint', { copy: ticket.copies + 1 })}
        </Button>
        <Button look="edge" onPress={act(props.onSplit)}>
          {props.split ? t('kitchen.menuJoin') : t('kitchen.menuSplit')}
        </Button>
        {sellable.map((one) => (
          <div className="menu-86" key={one.item}>
            <Button
              look="edge"
              onPress={act(() => taps.soldOut(one.item, one.name))}
              testId={`menu-86-${one.item}`}
            >
              <VoidIcon />
              {t('kitchen.menuSoldOut', { name: one.name })}
            </Button>
            <Button
              look="edge"
              label={t('kitchen.menu86More', { name: one.name })}
              onPress={() => setMore(one)}
              testId={`menu-86-more-${one.item}`}
            >
              <MenuIcon />
            </Button>
          </div>
        ))}
      </div>
    </Sheet>
  );
}

export function ScreenSheet(props: {
  player: Player;
  density: number;
  onDensity: (by: 1 | -1) => void;
  onKeys: () => void;
  onClose: () => void;
}): ReactElement {
  const volume = useVolume(props.player);
  return (
    <Sheet title={t('kitchen.screenTitle')} onClose={props.onClose}>
      <div className="set-row">
        <span>{t('sound.volume', { percent: volume })}</span>
        <Button look="edge" label={t('sound.quieter')} onPress={() => props.player.setVolume(volume - 10)}>
          <MinusIcon />
        </Button>
        <Button look="edge" label={t('sound.louder')} onPress={() => props.player.setVolume(volume + 10)}>
          <PlusIcon />
        </Button>
        <Button look="edge" onPress={() => void props.player.start().then(() => props.player.playAll())}>
          <SoundIcon />
          {t('sound.test')}
        </Button>
      </div>
      <div className="set-row">
        <span>{t('kitchen.cardSize')}</span>
        <Button look="edge" label={t('kitchen.smallerName')} onPress={() => props.onDensity(-1)}>
          {t('kitchen.smaller')}
        </Button>
        <Num>{Math.round(props.density * 100)}%</Num>
        <Button look="edge" label={t('kitchen.largerName')} onPress={() => props.onDensity(1)}>
          {t('kitchen.larger')}
        </Button>
      </div>
      <div className="set-row">
        <span>{t('language.name')}</span>
        {LANGUAGES.map((language) => (
          <Button
            key={language}
            look="edge"
            pressed={language === currentLanguage()}
            onPress={() => setLanguage(language)}
          >
            <bdi lang={language}>{OWN_NAMES[language]}</bdi>
          </Button>
        ))}
      </div>
      <div className="set-row">
        <span>{t('kitchen.keysTitle')}</span>
        <Button look="edge" onPress={props.onKeys}>
          <Num>?</Num>
        </Button>
      </div>
    </Sheet>
  );
}

const KEYS: [keys: string, word: MessageKey][] = [
  ['1 – 9', 'kitchen.keySelect'],
  ['Enter', 'kitchen.keyBump'],
  ['S', 'kitchen.keyStart'],
  ['R', 'kitchen.keyRecall'],
  ['A', 'kitchen.keyAllDay'],
  ['← →', 'kitchen.keyPage'],
  ['Z', 'kitchen.keyUndo'],
  ['+ −', 'kitchen.keySize'],
  ['?', 'kitchen.keyHelp'],
];

export function KeysSheet({ onClose }: { onClose: () => void }): ReactElement {
  return (
    <Sheet title={t('kitchen.keysTitle')} onClose={onClose}>
      <dl className="keys">
        {KEYS.flatMap(([keys, word]) => [
          <dt key={keys}>
            <kbd dir="ltr">{keys}</kbd>
          </dt>,
          <dd key={word}>{t(word)}</dd>,
        ])}
      </dl>
    </Sheet>
  );
}
