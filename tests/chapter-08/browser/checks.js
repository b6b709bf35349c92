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

/* Resolves with the match as soon as the program's output has one. */
function line(child, pattern, seconds) {
    return new Promise((resolve, reject) => {
        let text = '';
        const fail = why => {
            clearTimeout(timer);
            reject(new Error(`${child.spawnfile}: ${why}: ${text}`));
        };
        const timer = setTimeout(fail, seconds * 1000,
                                 `no ${pattern} in ${seconds} s`);
        const read = data => {
            text += data;
            const match = text.match(pattern);
            if (match) {
                clearTimeout(timer);
                resolve(match);
            }
        };
        child.stdout.on('data', read);
        child.stderr.on('data', read);
        child.on('error', error => fail(error.message));
        child.on('exit', code => fail(`ended with ${code}`));
    });
}

module.exports = { assert, test, until, pause, line, SCALE, count: () => passed };
