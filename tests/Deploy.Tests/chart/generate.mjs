// Writes the chart's values.yaml and README.md from values.schema.json, which is the only place where a knob,
// its default and its meaning are written down.
//   node tests/Deploy.Tests/chart/generate.mjs            writes both
//   node tests/Deploy.Tests/chart/generate.mjs --check    exits 1 if they differ from what it would write
import { readFileSync, writeFileSync } from "node:fs";

const chart = new URL("../../../deploy/helm/inference-service/", import.meta.url);
const schema = JSON.parse(readFileSync(new URL("values.schema.json", chart), "utf8"));

function scalar(value) {
  const plain = (text) => /^[A-Za-z][\w.\/-]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text);
  if (typeof value === "string") return plain(value) ? value : JSON.stringify(value);
  return JSON.stringify(value);
}

/** A default as YAML below its key: maps in block style, lists in flow style. */
function yaml(value, indent) {
  if (value === null || typeof value !== "object") return ` ${scalar(value)}`;
  if (Array.isArray(value)) return ` [${value.map(scalar).join(", ")}]`;
  const keys = Object.keys(value);
  if (keys.length === 0) return " {}";
  return keys.map((key) => `\n${indent}${key}:${yaml(value[key], indent + "  ")}`).join("");
}

function wrap(text, indent) {
  const lines = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line && indent.length + line.length + word.length > 115) { lines.push(line); line = ""; }
    line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].map((each) => `${indent}# ${each}\n`).join("");
}

function values(node, indent = "") {
  return Object.entries(node.properties).map(([key, child]) => {
    const accepted = child.enum ? ` One of ${child.enum.map((each) => JSON.stringify(each)).join(", ")}.` : "";
    const comment = wrap(child.description + accepted, indent);
    const body = child.properties ? `\n${values(child, indent + "  ")}` : `${yaml(child.default, indent + "  ")}\n`;
    return `${indent === "" ? "\n" : ""}${comment}${indent}${key}:${body}`;
  }).join("");
}

function rows(node, path) {
  return Object.entries(node.properties).flatMap(([key, child]) => {
    const name = path ? `${path}.${key}` : key;
    if (child.properties) return rows(child, name);
    const type = child.enum ? child.enum.map((each) => `\`${each === "" ? '""' : each}\``).join(" ") : [child.type].flat().join(" or ");
    const cell = (text) => text.replaceAll("|", "\\|");
    return [`| \`${name}\` | ${cell(child.description)} | ${cell(type)} | \`${cell(JSON.stringify(child.default))}\` |`];
  });
}

function readme() {
  const intro = readFileSync(new URL("README.intro.md", import.meta.url), "utf8").trimEnd();
  const sections = Object.entries(schema.properties).filter(([, child]) => child.properties);
  const general = { properties: Object.fromEntries(Object.entries(schema.properties).filter(([, child]) => !child.properties)) };
  const table = (node, path) => `| value | meaning | type | default |\n|---|---|---|---|\n${rows(node, path).join("\n")}\n`;
  return `${intro}\n\n## Values\n\n${table(general, "")}\n` +
    sections.map(([key, child]) => `### ${key}\n\n${child.description}\n\n${table(child, key)}`).join("\n");
}

const outputs = [
  ["values.yaml", `# Generated from values.schema.json by tests/Deploy.Tests/chart/generate.mjs; edit the schema.\n${values(schema)}`],
  ["README.md", readme()],
];
let stale = false;
for (const [name, text] of outputs) {
  const file = new URL(name, chart);
  if (process.argv.includes("--check")) {
    let current = "";
    try { current = readFileSync(file, "utf8"); } catch { /* missing counts as different */ }
    if (current === text) continue;
    console.error(`${name} differs from the schema: run node tests/Deploy.Tests/chart/generate.mjs`);
    stale = true;
  } else {
    writeFileSync(file, text);
  }
}
process.exit(stale ? 1 : 0);
