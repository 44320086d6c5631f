import {
  Bot,
  CalendarCheck,
  ClipboardCheck,
  ClockArrowUp,
  Headset,
  Hourglass,
  PhoneCall,
  PhoneForwarded,
  PhoneIncoming,
  PhoneMissed,
  PhoneOff,
  PhoneOutgoing,
  Play,
  ReceiptText,
  Trash2,
} from 'lucide-react';
import type { ReactElement } from 'react';
import type { CallView, TaskView } from '../../../domain/call/entities.ts';
import { icon } from '../../ui/icon.tsx';
import { NoteIcon } from '../../ui/icons.tsx';

/** The drawings of the telephone: each state of a call has its own shape. */

export const FollowIcon = /* @__PURE__ */ icon(ClockArrowUp);
export const RingHereIcon = /* @__PURE__ */ icon(PhoneIncoming);
export const TakeOverIcon = /* @__PURE__ */ icon(PhoneForwarded);
export const OnPhoneIcon = /* @__PURE__ */ icon(PhoneCall);
export const PlayIcon = /* @__PURE__ */ icon(Play);
export const EraseIcon = /* @__PURE__ */ icon(Trash2);
export const OutcomeIcon = /* @__PURE__ */ icon(ClipboardCheck);
export const BookedIcon = /* @__PURE__ */ icon(CalendarCheck);
export const OrderedIcon = /* @__PURE__ */ icon(ReceiptText);
const BackIcon = /* @__PURE__ */ icon(PhoneOutgoing);
const AgentIcon = /* @__PURE__ */ icon(Bot);
const PersonIcon = /* @__PURE__ */ icon(Headset);
const SilentIcon = /* @__PURE__ */ icon(Hourglass);
const MissedIcon = /* @__PURE__ */ icon(PhoneMissed);
const OverIcon = /* @__PURE__ */ icon(PhoneOff);

export function CallIcon({ status }: Pick<CallView, 'status'>): ReactElement {
  switch (status) {
    case 'ringing':
      return <OnPhoneIcon />;
    case 'transferring':
      return <RingHereIcon />;
    case 'staff_takeover':
      return <TakeOverIcon />;
    case 'ai_active':
      return <AgentIcon />;
    case 'staff_active':
      return <PersonIcon />;
    case 'stale':
      return <SilentIcon />;
    case 'missed':
    case 'dropped':
    case 'failed':
      return <MissedIcon />;
    case 'wrap_up':
    case 'completed':
      return <OverIcon />;
    default:
      return status satisfies never;
  }
}

export function TaskIcon({ what }: Pick<TaskView, 'what'>): ReactElement {
  switch (what) {
    case 'ring_back':
      return <BackIcon />;
    case 'follow_up':
      return <FollowIcon />;
    case 'message':
      return <NoteIcon />;
    default:
      return what satisfies never;
  }
}
