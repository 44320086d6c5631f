import { setupWords } from '../i18n/setup.ts';
import { setupDeskWords } from '../i18n/setupDesk.ts';
import { setupOutsideWords } from '../i18n/setupOutside.ts';
import { setupRoomsWords } from '../i18n/setupRooms.ts';
import { uiWords } from '../i18n/ui.ts';
import { mount } from '../ui/mount.tsx';
import { Setup } from './Setup.tsx';
import '../ui/tablet.css';
import './setup.css';
import './desk.css';

mount([uiWords, setupWords, setupDeskWords, setupRoomsWords, setupOutsideWords], <Setup />);
