/* reader: what a visitor sees of the page. The functions that are handed to
 * run() are evaluated in the page: they know nothing of this file. */
'use strict';

class Reader {
    constructor(browser) {
        this.browser = browser;
    }

    text(id) {
        return this.browser.run(
            name => document.getElementById(name).textContent, id);
    }

    verdict() {
        return this.browser.run(() => ({
            level: document.getElementById('verdict').dataset.level,
            text: document.getElementById('verdict-text').textContent
                .replace(/\s+/g, ' ').trim(),
        }));
    }

    /* {'requests.total': '1,234', …}: all that is shown as it is told. */
    plain() {
        return this.browser.run(() => Object.fromEntries(
            [...document.querySelectorAll('[data-stat]')]
                .map(e => [e.dataset.stat, e.textContent])));
    }

    /* The rows of a table's body, as texts. */
    rows(id) {
        return this.browser.run(name => [...document.getElementById(name).rows]
            .map(row => [...row.cells].map(cell => cell.textContent.trim())), id);
    }

    /* Each backend as {name, word, level, colour}. */
    backends() {
        return this.browser.run(() =>
            [...document.querySelectorAll('#backends tr')].map(row => ({
                name: row.dataset.name,
                level: row.dataset.level,
                word: row.querySelector('.word').textContent,
                colour: getComputedStyle(row.querySelector('.word')).color,
                shape: getComputedStyle(row.querySelector('.mark')).clipPath,
            })));
    }

    /* What sticks out of the screen to the right. */
    overflow() {
        return this.browser.run(() => {
            const width = document.documentElement.clientWidth;
            const out = [...document.querySelectorAll('body *')].filter(e =>
                !e.closest('.hidden, thead, svg') &&
                e.getBoundingClientRect().right > width + 0.5);
            return { width, scroll: document.documentElement.scrollWidth,
                     out: out.map(e => e.outerHTML.slice(0, 80)) };
        });
    }

    /* Texts whose contrast is under 4.5 (WCAG 2, AA), as [ratio, text]. */
    faint() {
        return this.browser.run(() => {
            const parse = text => text.match(/[\d.]+/g).map(Number);
            const light = ([r, g, b]) => {
                const [x, y, z] = [r, g, b].map(v => (v /= 255) <= 0.03928
                    ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * x + 0.7152 * y + 0.0722 * z;
            };
            const behind = e => {
                for (; e; e = e.parentElement) {
                    const c = parse(getComputedStyle(e).backgroundColor);
                    if (c.length === 3 || c[3] === 1)
                        return c;
                }
                return parse('255 255 255');
            };
            const found = [];
            for (const e of document.querySelectorAll('body *')) {
                const own = [...e.childNodes].some(
                    n => n.nodeType === 3 && n.data.trim() !== '');
                if (!own || e.closest('script, style, noscript, .hidden'))
                    continue;
                const style = getComputedStyle(e);
                const ink = e instanceof SVGElement ? style.fill : style.color;
                const [a, b] = [light(parse(ink)), light(behind(e))];
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < 4.5)
                    found.push([ratio.toFixed(2), e.textContent]);
            }
            return found;
        });
    }

    /* Where the Tab key leads, from the top, until it is back or lost. */
    async focusOrder(limit = 40) {
        const order = [];
        await this.browser.run(() => document.activeElement.blur());
        for (let i = 0; i < limit; i++) {
            await this.browser.press('\uE004');
            const at = await this.browser.run(() => {
                const e = document.activeElement;
                if (e === document.body)
                    return null;
                const style = getComputedStyle(e);
                return { name: e.id || e.dataset.range ||
                               e.getAttribute('href') || e.tagName,
                         outline: style.outlineStyle !== 'none' &&
                                  parseFloat(style.outlineWidth) >= 2 };
            });
            if (at === null || order.some(o => o.name === at.name))
                break;
            order.push(at);
        }
        return order;
    }

    /* The origins that the browser was made to ask since it was asked last. */
    async origins() {
        const found = new Set();
        for (const entry of await this.browser.log('performance')) {
            const { method, params } = JSON.parse(entry.message).message;
            if (method === 'Network.requestWillBeSent' ||
                method === 'Network.webSocketCreated')
                found.add(new URL(params.request?.url ?? params.url).origin);
        }
        found.delete('null'); // data: and the like
        return [...found];
    }
}

module.exports = { Reader };
