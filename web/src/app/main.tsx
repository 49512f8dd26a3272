/** Entry of the console: appearance first, so that nothing flashes, then the page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createServices, installBrowserEvents } from '../api/services.ts';
import { applyStoredAppearance } from '../browser/appearance.ts';
import '../ui/theme.css';
import '../ui/syntax.css';
import { App } from './app.tsx';

applyStoredAppearance();

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root element');

const services = createServices();
installBrowserEvents(services);

createRoot(root).render(
  <StrictMode>
    <App services={services} />
  </StrictMode>,
);
