import { defineConfig } from "vite";

// Built into a folder that Django serves; the manifest tells it the hashed names.
export default defineConfig({
  base: "/static/room/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "join/static/room",
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700, // livekit-client is one piece of 500 kB
    rolldownOptions: { input: ["join/room/main.tsx", "join/room/style.css"] },
  },
});
