import { useSyncExternalStore, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from './button.tsx';
import { MutedIcon, SoundIcon } from './icons.tsx';
import type { AudioState, Player } from './player.ts';

/** The state of the page's sound: whether a chime could be heard now. */
export function useAudioState(player: Player): AudioState {
  return useSyncExternalStore(player.subscribe, player.state, player.state);
}

export function useVolume(player: Player): number {
  return useSyncExternalStore(player.subscribe, player.volume, player.volume);
}

/** Start of a shift: browsers keep a page silent until somebody taps it. Nothing of the board is lost behind it. */
export function SoundGate({
  player,
  onDone,
}: {
  player: Player;
  onDone: (played: boolean) => void;
}): ReactElement {
  return (
    <div className="sound-gate" role="dialog" aria-modal="true" aria-label={t('sound.gate')}>
      <Button
        className="sound-gate-go"
        look="main"
        autoFocus
        testId="sound-gate"
        onPress={() => {
          void player.start().then((state) => {
            if (state === 'running') player.playAll();
            onDone(state === 'running');
          });
        }}
      >
        <SoundIcon />
        {t('sound.gate')}
      </Button>
      <p>{t('sound.gateSay')}</p>
      <Button look="edge" testId="sound-without" onPress={() => onDone(false)}>
        {t('sound.without')}
      </Button>
      <p>{t('sound.withoutSay')}</p>
    </div>
  );
}

/** In the bar: `Sound on`, or a red MUTED chip whose tap tries to turn it on. */
export function SoundButton({ player, onOpen }: { player: Player; onOpen: () => void }): ReactElement {
  const state = useAudioState(player);
  const volume = useVolume(player);
  const muted = state !== 'running' || volume === 0;
  return (
    <Button
      className="kb"
      look={muted ? 'danger' : 'raised'}
      testId={muted ? 'muted' : 'sound-on'}
      onPress={() => {
        if (muted && volume > 0) void player.start();
        else onOpen();
      }}
    >
      {muted ? <MutedIcon /> : <SoundIcon />}
      <span className="kb-word">{muted ? t('sound.muted') : t('sound.on')}</span>
    </Button>
  );
}
