import { setupWords } from '../i18n/setup.ts';
import { uiWords } from '../i18n/ui.ts';
import { mount } from '../ui/mount.tsx';
import { Setup } from './Setup.tsx';
import '../ui/tablet.css';
import './setup.css';

mount([uiWords, setupWords], <Setup />);
