import './no-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openSession } from './api/session.ts';
import { App } from './components/app.tsx';
import { openPageStore } from './page-store.ts';

const place = document.getElementById('page');
if (place) {
  const store = openPageStore(openSession());
  createRoot(place).render(
    <StrictMode>
      <App store={store} />
    </StrictMode>,
  );
}
