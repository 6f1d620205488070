import { icons as lucide } from "@iconify-json/lucide";
import { defineConfig, type Plugin } from "vite";
import { ICONS } from "./join/room/icons.ts";

/** One file with every icon, for templates and scripts alike: `<use href="….svg#mic">`. */
function sprite(): Plugin {
  const symbols = ICONS.map((name) => {
    const icon = lucide.icons[name];
    if (!icon) throw new Error(`Lucide has no icon "${name}"`);
    const body = icon.body.replace('fill="none" ', ""); // the style sheet says it, and so can fill a star
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  return {
    name: "sprite",
    generateBundle() {
      this.emitFile({
        type: "asset",
        name: "icons.svg",
        originalFileName: "join/room/icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC -->${symbols.join("")}</svg>`,
      });
    },
  };
}

// Built into a folder that Django serves; the manifest tells it the hashed names.
export default defineConfig({
  base: "/static/room/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [sprite()],
  build: {
    outDir: "join/static/room",
    manifest: "manifest.json",
    assetsInlineLimit: 0, // the pages' policy lets no data: in
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700, // livekit-client is one piece of 500 kB
    rolldownOptions: { input: ["join/room/main.tsx", "join/room/dates.ts", "join/room/style.css"] },
  },
});
