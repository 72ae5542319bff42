'use strict';
const fs = require('node:fs');

/** Lines of `index,wnid,label,...`; a label with a comma in it is quoted. */
function readLabels(file) {
  const fields = /("(?:[^"]|"")*"|[^,]*)(?:,|$)/g;
  return fs.readFileSync(file, 'utf8').trim().split(/\r?\n/).slice(1).map((line) => {
    const [, wnid, label] = [...line.matchAll(fields)].map((match) => match[1].replace(/^"|"$/g, '').replaceAll('""', '"'));
    return { wnid, label };
  });
}

module.exports = { readLabels };
