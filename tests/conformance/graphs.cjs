// Graphviz, compiled to WebAssembly, draws graphs in DOT. For each file it prints a line of JSON: the
// errors and warnings, and how many nodes and edges were drawn.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const [folder, ...files] = process.argv.slice(2);
const { instance } = createRequire(`${folder}/package.json`)("@viz-js/viz");

const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"' };
const decoded = (text) =>
  text.replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) => (code ? String.fromCodePoint(code) : NAMED[name]))
    .replaceAll("\u00a0", " ");

instance().then((graphviz) => {
  for (const file of files) {
    const { output, errors: all } = graphviz.render(readFileSync(file, "utf8"), { format: "svg" });
    // This build knows the widths of a few fonts and of ASCII only. It draws all the same.
    const isWidth = (message) => /no hard-coded metrics|no value for width/.test(message);
    const errors = all.filter(({ message }) => !isWidth(message));
    const drawn = (kind) => (output ?? "").split(`class="${kind}"`).length - 1;
    const texts = [...(output ?? "").matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => decoded(text));
    console.log(JSON.stringify({ errors, nodes: drawn("node"), edges: drawn("edge"), texts }));
  }
});
