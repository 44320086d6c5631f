import { useEffect, useState, type ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num } from '../../ui/marks.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { exactText } from '../../ui/time.ts';
import { useAsk } from '../calls.ts';
import { type Delivery, type Whole, readWhole, sizeText } from './deliveries.ts';
import { StatusTag } from './statusTag.tsx';

/** One delivery as it came, and the button that has it done again. */
export function DeliverySheet(props: {
  delivery: Delivery;
  zone: string | undefined;
  said: string;
  onReplay: (id: string) => void;
  onClose: () => void;
}): ReactElement {
  const { delivery } = props;
  const ask = useAsk();
  const [whole, setWhole] = useState<Whole | 'asking' | 'failed'>('asking');
  useEffect(() => {
    let over = false;
    void ask(`/deliveries/${delivery.id}`, readWhole).then((reply) => {
      if (!over) setWhole(reply.ok ? reply.body : 'failed');
    });
    return () => {
      over = true;
    };
  }, [ask, delivery.id]);
  return (
    <Sheet
      title={<bdi>{delivery.event}</bdi>}
      onClose={props.onClose}
      className="dv-sheet"
      foot={
        <div className="sheet-foot dv-foot">
          <p role="status">{props.said === '' ? t('deliveries.replaySay') : props.said}</p>
          <Button look="main" onPress={() => props.onReplay(delivery.id)} testId="replay-one">
            {t('deliveries.replay')}
          </Button>
        </div>
      }
    >
      <p className="dv-facts">
        <StatusTag status={delivery.status} />
        <Num>{exactText(delivery.receivedAt, props.zone)}</Num>
        <bdi>{delivery.channel}</bdi>
        <Num>{sizeText(delivery.bytes)}</Num>
      </p>
      {delivery.reason !== null && (
        <p className="dv-why">
          <bdi>{delivery.reason}</bdi>
        </p>
      )}
      {whole === 'asking' && <p role="status">{t('deliveries.asking')}</p>}
      {whole === 'failed' && <p role="alert">{t('deliveries.failedToAsk')}</p>}
      {typeof whole === 'object' && (
        <>
          <h3>{whole.isText ? t('deliveries.body') : t('deliveries.binary')}</h3>
          {/* It scrolls, so it can be reached by keys. */}
          <pre className="dv-body" dir="ltr" tabIndex={0} data-testid="delivery-body">
            {whole.body}
          </pre>
          <h3>{t('deliveries.headers')}</h3>
          <dl className="dv-headers" dir="ltr">
            {whole.headers.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Sheet>
  );
}
