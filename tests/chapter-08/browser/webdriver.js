/* webdriver: as much of a browser as the test needs, over chromedriver's HTTP
 * interface (W3C WebDriver, and the DevTools commands behind goog/cdp). Needs
 * nothing from npm. */
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { line } = require('./checks.js');

const ARGUMENTS = [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
    '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

class Browser {
    /* chromedriver wants its port on IPv4 and IPv6, and gives up when the kernel
     * chose one that somebody has on the other: then once more. */
    static async start(binary) {
        for (let tries = 5; ; tries--) {
            const b = new Browser();
            try {
                await b.begin(binary);
                return b;
            } catch (error) {
                b.kill();
                if (tries === 1 || !/Address already in use/.test(error.message))
                    throw error;
            }
        }
    }

    async begin(binary) {
        this.profile = fs.mkdtempSync(path.join(os.tmpdir(), 'lb-browser-'));
        this.driver = spawn('chromedriver', ['--port=0'], { detached: true });
        const [, port] = await line(this.driver, /successfully on port (\d+)/, 20);
        this.base = `http://127.0.0.1:${port}`;
        const session = await this.call('POST', '/session', { capabilities: {
            alwaysMatch: {
                browserName: 'chrome',
                'goog:chromeOptions': {
                    binary, args: [...ARGUMENTS, `--user-data-dir=${this.profile}`],
                },
                'goog:loggingPrefs': { performance: 'ALL', browser: 'ALL' },
            } } });
        this.base += `/session/${session.sessionId}`;
    }

    async call(method, where, body) {
        const answer = await fetch(this.base + where, {
            method, body: body && JSON.stringify(body),
            signal: AbortSignal.timeout(60000),
        });
        const { value } = await answer.json();
        if (!answer.ok)
            throw new Error(`${where}: ${value.error}: ${value.message}`);
        return value;
    }

    open(url) {
        return this.call('POST', '/url', { url });
    }

    /* Runs a function in the page; its arguments and its result are JSON. */
    run(script, ...args) {
        return this.call('POST', '/execute/sync',
                         { script: `return (${script})(...arguments)`, args });
    }

    devtools(cmd, params = {}) {
        return this.call('POST', '/goog/cdp/execute', { cmd, params });
    }

    log(type) {
        return this.call('POST', '/se/log', { type });
    }

    press(...keys) {
        const actions = keys.flatMap(value => [{ type: 'keyDown', value },
                                               { type: 'keyUp', value }]);
        return this.call('POST', '/actions',
            { actions: [{ type: 'key', id: 'keyboard', actions }] });
    }

    screen(width, height, mobile = false) {
        return this.devtools('Emulation.setDeviceMetricsOverride',
            { width, height, deviceScaleFactor: 1, mobile });
    }

    scheme(value, media = '') {
        return this.devtools('Emulation.setEmulatedMedia', { media,
            features: [{ name: 'prefers-color-scheme', value }] });
    }

    /* The page as a PDF, on one sheet of so many CSS pixels. */
    async print(width, height) {
        const { data } = await this.devtools('Page.printToPDF', {
            printBackground: true, pageRanges: '1',
            paperWidth: width / 96, paperHeight: height / 96,
            marginTop: 0, marginBottom: 0, marginLeft: 0, marginRight: 0,
        });
        return Buffer.from(data, 'base64');
    }

    /* Ends the browser and its driver, whatever state they are in. */
    async stop() {
        if (this.base?.includes('/session/'))
            await this.call('DELETE', '').catch(() => {});
        this.kill();
    }

    kill() {
        try {
            process.kill(-this.driver.pid, 'SIGKILL'); // its process group
        } catch { /* it has ended */ }
        fs.rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
    }
}

module.exports = { Browser };
