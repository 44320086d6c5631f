import { trustWords } from '../i18n/trust.ts';
import { uiWords } from '../i18n/ui.ts';
import { mount } from '../ui/mount.tsx';
import { Trust } from './Trust.tsx';
import '../ui/tablet.css';
import './trust.css';

mount([uiWords, trustWords], <Trust />);
