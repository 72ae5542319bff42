'use strict';

/** Softmax over all classes and the k largest, most probable first. */
function topPredictions(logits, k, labels) {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  const top = [];
  for (let index = 0; index < logits.length; index++) {
    if (top.length === k && logits[index] <= logits[top[k - 1]]) continue;
    let place = top.length < k ? top.length : k - 1;
    for (; place > 0 && logits[index] > logits[top[place - 1]]; place--) top[place] = top[place - 1];
    top[place] = index;
  }
  return top.map((index) => ({ index, ...labels[index], probability: Math.exp(logits[index] - largest) / sum }));
}

module.exports = { topPredictions };
