import { MonitorSmartphone, MonitorX, Timer, type LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';

/** The icons that only the managers' page needs. */

function icon(Drawing: LucideIcon): () => ReactElement {
  return function ManagerIcon() {
    return <Drawing className="i" strokeWidth={2.25} aria-hidden="true" focusable="false" />;
  };
}

export const LateIcon = /* @__PURE__ */ icon(Timer);
export const LostIcon = /* @__PURE__ */ icon(MonitorX);
export const ScreensIcon = /* @__PURE__ */ icon(MonitorSmartphone);
