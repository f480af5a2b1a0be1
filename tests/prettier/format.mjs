// node format.mjs --check|--write FILE…   Exits with 1 if --check finds a file that Prettier would change.
import { readFile, writeFile } from "node:fs/promises";
import { relative } from "node:path";

import * as estree from "./estree.mjs";
import * as meriyah from "./meriyah.mjs";
import * as postcss from "./postcss.mjs";
import * as prettier from "./standalone.mjs";

const PARSERS = { css: "css", js: "meriyah", mjs: "meriyah" };

const [mode, ...files] = process.argv.slice(2);
for (const file of files) {
  const text = await readFile(file, "utf8");
  const parser = PARSERS[file.split(".").at(-1)];
  const formatted = await prettier.format(text, { parser, plugins: [estree, meriyah, postcss], printWidth: 120 });
  if (formatted === text) continue;
  if (mode === "--write") await writeFile(file, formatted);
  else process.exitCode = 1;
  console.log(`${mode === "--write" ? "formatted" : "would reformat"} ${relative(process.cwd(), file)}`);
}
