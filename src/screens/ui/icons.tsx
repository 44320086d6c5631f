import {
  Armchair,
  ArrowLeftRight,
  Ban,
  Bike,
  Check,
  ChevronsUp,
  CircleAlert,
  Clock3,
  CornerUpLeft,
  EarOff,
  EllipsisVertical,
  Flame,
  Layers,
  MessageSquare,
  Minus,
  Pause,
  Phone,
  Plus,
  Pointer,
  Printer,
  Radio,
  RefreshCw,
  RouteOff,
  Search,
  ShoppingBag,
  Sigma,
  Store,
  TriangleAlert,
  Undo2,
  Utensils,
  Volume2,
  VolumeX,
  WifiOff,
  X,
} from 'lucide-react';
import { icon } from './icon.tsx';

/** The icons of the language. Only what a screen imports from here reaches its bundle. */

export const UtensilsIcon = /* @__PURE__ */ icon(Utensils);
export const BagIcon = /* @__PURE__ */ icon(ShoppingBag);
export const BikeIcon = /* @__PURE__ */ icon(Bike);
export const StoreIcon = /* @__PURE__ */ icon(Store);
export const PhoneIcon = /* @__PURE__ */ icon(Phone);
/** Allergies only; a warning is AlertIcon. */
export const AllergyIcon = /* @__PURE__ */ icon(TriangleAlert);
export const AlertIcon = /* @__PURE__ */ icon(CircleAlert);
export const RushIcon = /* @__PURE__ */ icon(ChevronsUp);
export const TapIcon = /* @__PURE__ */ icon(Pointer);
export const PauseIcon = /* @__PURE__ */ icon(Pause);
export const FlameIcon = /* @__PURE__ */ icon(Flame);
export const UndoIcon = /* @__PURE__ */ icon(Undo2, true);
export const BackIcon = /* @__PURE__ */ icon(CornerUpLeft, true);
export const MoveIcon = /* @__PURE__ */ icon(ArrowLeftRight);
export const SigmaIcon = /* @__PURE__ */ icon(Sigma);
export const PrinterIcon = /* @__PURE__ */ icon(Printer);
export const LiveIcon = /* @__PURE__ */ icon(Radio);
/** Nobody hears: a station without a live screen. */
export const DeafIcon = /* @__PURE__ */ icon(EarOff);
export const OfflineIcon = /* @__PURE__ */ icon(WifiOff);
export const RefreshIcon = /* @__PURE__ */ icon(RefreshCw);
export const SoundIcon = /* @__PURE__ */ icon(Volume2, true);
export const MutedIcon = /* @__PURE__ */ icon(VolumeX, true);

export const UnroutedIcon = /* @__PURE__ */ icon(RouteOff);
export const VoidIcon = /* @__PURE__ */ icon(Ban);
export const NoteIcon = /* @__PURE__ */ icon(MessageSquare, true);
export const SeatIcon = /* @__PURE__ */ icon(Armchair);
export const MenuIcon = /* @__PURE__ */ icon(EllipsisVertical);
export const CloseIcon = /* @__PURE__ */ icon(X);
export const CheckIcon = /* @__PURE__ */ icon(Check);
export const MinusIcon = /* @__PURE__ */ icon(Minus);
export const PlusIcon = /* @__PURE__ */ icon(Plus);
export const PagesIcon = /* @__PURE__ */ icon(Layers);
export const ClockIcon = /* @__PURE__ */ icon(Clock3);
export const SearchIcon = /* @__PURE__ */ icon(Search);
