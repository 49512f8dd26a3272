/**
 * Build of the console: hashed files under `assets/` (the server caches those for ever), nothing inlined, because
 * the server's content security policy is `default-src 'self'`.
 */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { firstLoadBudget } from './build/first-load-budget.ts';

const API_SERVER = process.env.MICROCLAW_URL ?? 'http://127.0.0.1:10961';

/** The budget of the issue: HTML, scripts and styles needed before the first paint, gzip. */
const FIRST_LOAD_MAX_BYTES = 200 * 1024;

export default defineConfig({
  plugins: [react(), tailwindcss(), firstLoadBudget(FIRST_LOAD_MAX_BYTES)],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_024, // the gzip budget above is the rule
  },
  server: {
    proxy: { '/api': { target: API_SERVER, changeOrigin: true }, '/health': API_SERVER },
  },
});
