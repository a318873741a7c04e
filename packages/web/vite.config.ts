// How the page is built, and served while it is worked on. The manager's policy allows scripts and pictures from
// itself only, so nothing is inlined into the document or into data: addresses.

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';
import { withoutProse } from './without-prose.ts';

const manager = process.env['MAINSTAY_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [withoutProse(), react(), tailwindcss(), precompress()],
  // The manager compares Origin with itself; to it, the development server is to look like its own page.
  server: { proxy: { '/api': { target: manager, changeOrigin: true, headers: { origin: manager } } } },
  build: { outDir: 'dist', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
