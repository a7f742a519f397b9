import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../src/Tieout.Api/wwwroot',
    emptyOutDir: true,
    // The content policy allows files of ours only, so nothing is written into the page itself.
    assetsInlineLimit: 0,
    target: 'es2022',
  },
  // For work on the screens; `tieout serve` answers the API.
  server: { host: '127.0.0.1', proxy: { '/v1': { target: 'http://127.0.0.1:8130', changeOrigin: true } } },
})
