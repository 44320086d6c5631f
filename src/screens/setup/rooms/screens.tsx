import { useMemo, useState, type ReactElement } from 'react';
import { namedAt } from '../doc.ts';
import { useHouse } from '../house.tsx';
import { ApproveForm, DeviceList } from '../screens.tsx';

/** Screens are paired as soon as their station stands in the draft. */
export function ScreensRoom(): ReactElement {
  const { doc, manager, place, lookAround } = useHouse();
  const [changed, setChanged] = useState(0);
  const stations = useMemo(() => namedAt(doc, ['stations']), [doc]);
  const look = (): void => {
    setChanged((before) => before + 1);
    lookAround();
  };
  return (
    <div className="st-two">
      <ApproveForm manager={manager} place={place} stations={stations} onApproved={look} />
      <DeviceList manager={manager} place={place} changed={changed} onChanged={lookAround} />
    </div>
  );
}
