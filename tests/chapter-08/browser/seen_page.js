/* seen_page: the page on a phone, in the dark, by keyboard, by screen reader. */
'use strict';

const { assert, test, until } = require('./checks.js');
const { FakeAdmin } = require('./fake_admin.js');
const { Reader } = require('./reader.js');

const ARROW_LEFT = '\uE012', ESCAPE = '\uE00C', SPACE = ' ';

async function looks(browser, reader) {
    const colours = [];
    for (const scheme of ['light', 'dark'])
        await test(`every text can be read in ${scheme} colours`, async () => {
            await browser.scheme(scheme);
            assert.deepEqual(await reader.faint(), []);
            colours.push(await browser.run(
                () => getComputedStyle(document.body).backgroundColor));
        });
    await test('dark is another set of colours', () =>
        assert.notEqual(colours[0], colours[1]));
    for (const width of [360, 320, 600, 820, 1280])
        await test(`nothing sticks out at ${width} pixels`, async () => {
            await browser.screen(width, 800, width < 600);
            await until('drawn again', 5, () => browser.run(
                () => charts.every(c => c.inner === c.host.clientWidth - 54)));
            const { scroll, width: inner, out } = await reader.overflow();
            assert.deepEqual(out, []);
            assert.ok(scroll <= inner);
        });
    await test('who wants no motion gets none', async () => {
        const duration = () => browser.run(() => getComputedStyle(
            document.querySelector('.bar')).transitionDuration);
        assert.notEqual(await duration(), '0s');
        await browser.devtools('Emulation.setEmulatedMedia', { features: [
            { name: 'prefers-reduced-motion', value: 'reduce' }] });
        assert.equal(await duration(), '0s');
    });
}

async function keyboard(browser, reader) {
    await test('Tab reaches every control, and one sees where it is',
        async () => {
        const order = await reader.focusOrder();
        assert.deepEqual(order.map(o => o.name), ['60', '120', '300', 'pause',
            'traffic', 'trouble', 'latency', 'events', 'lb-stats', 'metrics']);
        assert.ok(order.every(o => o.outline));
    });
    await test('an arrow key chooses a second, and it is read', async () => {
        await browser.run(() => document.getElementById('latency').focus());
        await browser.press(ARROW_LEFT, ARROW_LEFT);
        assert.match(await browser.run(() => document.getElementById('latency')
            .getAttribute('aria-valuetext')), /^\d\d:\d\d:\d\d: p50 .*, p99 /);
        await browser.press(ESCAPE);
        assert.equal(await browser.run(() => state.cursor), null);
    });
    await test('Pause stops what moves, not the counting', async () => {
        await browser.run(() => document.getElementById('pause').focus());
        await browser.press(SPACE);
        assert.match((await reader.verdict()).text, /^Paused at/);
        const before = await browser.run(() =>
            [document.getElementById('main').textContent, state.samples.length]);
        await until('two more seconds', 10, () => browser.run(
            n => state.samples.length >= n + 2, before[1]));
        assert.equal(await browser.run(
            () => document.getElementById('main').textContent), before[0]);
        await browser.press(SPACE);
        assert.doesNotMatch((await reader.verdict()).text, /^Paused/);
    });
    await test('the length of the curves can be chosen', async () => {
        await browser.run(
            () => document.querySelector('[data-range="300"]').focus());
        await browser.press(SPACE);
        assert.deepEqual(await browser.run(() => [state.range,
            [...document.querySelectorAll('[aria-pressed=true]')]
                .map(b => b.textContent)]), [300, ['5 min']]);
    });
}

async function spoken(browser) {
    await test('a screen reader finds landmarks, headings and named tables',
        async () => {
        const { nodes } = await browser.devtools(
            'Accessibility.getFullAXTree');
        const of = role => nodes.filter(n => !n.ignored && n.role?.value === role)
            .map(n => n.name?.value ?? '');
        for (const role of ['banner', 'main', 'contentinfo', 'status'])
            assert.equal(of(role).length, 1, role);
        assert.deepEqual(of('table'), ['Backends', 'How long requests take',
                                       'Answers by status']);
        assert.ok(of('heading').length >= 8);
        assert.equal(of('slider').length, 3);
        assert.ok(of('slider').every(name => name !== ''));
        assert.ok(of('rowheader').includes('first'));
        assert.ok(of('button').every(name => name !== ''));
    });
}

module.exports = async function seenPage(browser) {
    const admin = await new FakeAdmin(['first', 'second',
        'a-host-with-a-rather-long-name.example.internal:65535']).listen();
    const reader = new Reader(browser);
    const traffic = setInterval(() => {
        admin.serve(1234567, 0.005);
        admin.serve(9, 0.05, 503);
        admin.stats.rate_limited += 3;
    }, 300);
    admin.stats.backends[1].up = false;
    try {
        await browser.open(admin.url);
        await until('curves', 10,
                    () => browser.run(() => state.samples.length >= 3));
        await looks(browser, reader);
        await browser.screen(1280, 900);
        await keyboard(browser, reader);
        await spoken(browser);
    } finally {
        clearInterval(traffic);
        await admin.close();
    }
};
