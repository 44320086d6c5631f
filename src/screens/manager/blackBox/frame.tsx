import { useEffect, useRef, useState, type ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { type Moment, isPointed } from '../../past/moment.ts';

/** The board, in a window of its own and of a screen's size, drawn smaller to fit: a tablet's, or where there is room a television's. */

const TABLET = { inlineSize: 1280, blockSize: 800 };
const TELEVISION = { inlineSize: 1920, blockSize: 1080 };

export function Frame({
  moment,
  onCard,
}: {
  moment: Moment | null;
  onCard: (card: string) => void;
}): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLIFrameElement>(null);
  const [width, setWidth] = useState(TABLET.inlineSize);
  const [isReady, setReady] = useState(false);
  const pointed = useRef(onCard);
  useEffect(() => {
    pointed.current = onCard;
  }, [onCard]);

  useEffect(() => {
    const take = ({ origin, source, data }: MessageEvent): void => {
      if (origin !== location.origin || source !== frame.current?.contentWindow || !isPointed(data)) return;
      if (data.heard === 'ready') setReady(true);
      else pointed.current(data.card);
    };
    window.addEventListener('message', take);
    return () => window.removeEventListener('message', take);
  }, []);
  useEffect(() => {
    if (isReady && moment !== null) frame.current?.contentWindow?.postMessage(moment, location.origin);
  }, [isReady, moment]);
  useEffect(() => {
    const parent = box.current;
    if (parent === null) return undefined;
    const watch = new ResizeObserver(() => setWidth(parent.clientWidth));
    watch.observe(parent);
    return () => watch.disconnect();
  }, []);

  const size = width > TABLET.inlineSize ? TELEVISION : TABLET;
  const scale = width / size.inlineSize;
  return (
    <div className="bb-frame" ref={box} style={{ blockSize: size.blockSize * scale }} dir="ltr">
      <iframe
        ref={frame}
        src="/past"
        title={t('past.board')}
        tabIndex={-1}
        data-testid="past-board"
        style={{ ...size, transform: `scale(${scale})` }}
      />
    </div>
  );
}
