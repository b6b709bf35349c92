/* checks: the sentences of a test, and waiting for what is to come. */
'use strict';

const assert = require('node:assert/strict');

const SCALE = Number(process.env.LB_TEST_TIMEOUT_SCALE ?? 1);

let passed = 0;

/* One test: its name is a sentence, its body throws if that is not true. */
async function test(sentence, body) {
    try {
        await body();
    } catch (error) {
        console.log(`  FAILED: ${sentence}`);
        throw error;
    }
    passed++;
    console.log(`  ok  ${sentence}`);
}

function pause(ms) {
    return new Promise(resolve => setTimeout(resolve, ms));
}

/* Asks again and again until the answer is true, and returns it. */
async function until(what, seconds, ask) {
    const end = Date.now() + seconds * SCALE * 1000;
    let last;
    while (Date.now() < end) {
        last = await ask();
        if (last)
            return last;
        await pause(50);
    }
    assert.fail(`not within ${seconds * SCALE} s: ${what}`);
}

module.exports = { assert, test, until, pause, SCALE, count: () => passed };
