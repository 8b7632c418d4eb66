// Builds what the browser loads: static_src/ and npm packages in, static/dist/ out.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const watching = process.argv.includes("--watch");
const served = join(root, "static", "dist");
const dist = watching ? served : join(root, "node_modules", `.dist-${process.pid}`);

/** The policy allows images of this site only, so Bootstrap's data: images become files. */
function extractImages(css) {
  return css.replace(/url\((["']?)data:image\/svg\+xml,(.*?)\1\)/g, (_match, _quote, encoded) => {
    const svg = decodeURIComponent(encoded.replace(/%(?![0-9a-fA-F]{2})/g, "%25"));
    const name = `${createHash("sha256").update(svg).digest("hex").slice(0, 12)}.svg`;
    writeFileSync(join(dist, "img", name), svg);
    return `url("img/${name}")`;
  });
}

async function buildStyles() {
  const compiled = sass.compile(join(here, "scss", "app.scss"), {
    loadPaths: [join(root, "node_modules")],
    quietDeps: true,
    silenceDeprecations: ["import"],
  });
  const minified = await esbuild.transform(compiled.css, { loader: "css", minify: true, target: "chrome86" });
  writeFileSync(join(dist, "app.css"), extractImages(minified.code));
}

/** One sprite of the icons that the pages name; {% icon %} refers into it. */
function buildIcons() {
  const names = JSON.parse(readFileSync(join(here, "icons.json"), "utf8"));
  const symbols = names.map((name) => {
    const svg = readFileSync(join(root, "node_modules", "bootstrap-icons", "icons", `${name}.svg`), "utf8");
    const box = /viewBox="([^"]+)"/.exec(svg)[1];
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim();
    return `<symbol id="${name}" viewBox="${box}">${body}</symbol>`;
  });
  writeFileSync(join(dist, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

const scripts = {
  absWorkingDir: root,
  entryPoints: ["app", "charts", "grid"].map((name) => join(here, "js", `${name}.js`)),
  outdir: dist,
  bundle: true,
  minify: !watching,
  format: "iife",
  target: ["es2019", "chrome86"],
  charset: "utf8",
  legalComments: "linked",
  logLevel: "info",
};

/** Put the new files over the served ones, each at once, so that a running portal never misses one. */
function publish(from, to) {
  mkdirSync(to, { recursive: true });
  const built = readdirSync(from, { withFileTypes: true });
  for (const entry of built) {
    if (entry.isDirectory()) publish(join(from, entry.name), join(to, entry.name));
    else renameSync(join(from, entry.name), join(to, entry.name));
  }
  const names = new Set(built.map((entry) => entry.name));
  for (const name of readdirSync(to)) if (!names.has(name)) rmSync(join(to, name), { recursive: true });
}

mkdirSync(join(dist, "img"), { recursive: true });
try {
  buildIcons();
  await buildStyles();
  if (watching) {
    watch(join(here, "scss"), () => buildStyles().catch((error) => console.error(error.message)));
    await (await esbuild.context(scripts)).watch();
  } else {
    await esbuild.build(scripts);
    publish(dist, served);
  }
} finally {
  if (!watching) rmSync(dist, { recursive: true });
}
