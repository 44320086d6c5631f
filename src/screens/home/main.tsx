import { homeWords } from '../i18n/home.ts';
import { uiWords } from '../i18n/ui.ts';
import { mount } from '../ui/mount.tsx';
import { Home } from './Home.tsx';
import './home.css';

mount([uiWords, homeWords], <Home />);
