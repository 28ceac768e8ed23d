// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * check.mjs - looks at the pages as a browser shows them: screenshots, and what can be measured
 *
 * Every page in every size and theme: no sideways scroll, contrast of every text, no text over another, nothing asked of the network, no
 * message on the console, no report of the policy. Then axe-core, html-validate, what is above the fold, and what one does with a page: sort,
 * search, zoom, keys, links, theme. Last, how fast a page of 100,000 call sites answers. The last line counts.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const home = path.resolve(process.argv[2]), only = process.argv[3], require = createRequire(path.join(home, 'package.json'));
const puppeteer = require('puppeteer-core'), axe = require('axe-core');
const shots = path.join(home, 'shots');
fs.mkdirSync(shots, { recursive: true });
let passed = 0, failed = 0;
function check(ok, what) {
	if (ok)
		passed++;
	else {
		failed++;
		console.log('FAIL ' + what);
	}
	return ok;
}

const SIZES = { phone: [360, 740], laptop: [1366, 768], wide: [1920, 1080] };
const PAGES = ['goroutine_bloat', 'lock_contention', 'aa-1', 'snapshot', 'no-gnuplot'];
const url = (name, hash = '') => 'file://' + path.join(home, 'pages', name + '.html') + hash;

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
	timeout: 120000, protocolTimeout: 300000 });

/* A tab whose requests, messages and policy reports are counted. */
async function tab([width, height], theme, options = {}) {
	const page = await browser.newPage();
	page.noise = [];
	page.setDefaultTimeout(180000);
	page.on('console', m => page.noise.push('console ' + m.type() + ': ' + m.text()));
	page.on('pageerror', e => page.noise.push('error: ' + e.message));
	page.on('request', r => { if (!r.url().startsWith(url(options.name || '', '').slice(0, 8)) || r.resourceType() !== 'document') page.noise.push('request ' + r.url().slice(0, 100)); });
	page.on('dialog', d => { page.noise.push('dialog ' + d.message()); d.dismiss(); });
	await page.evaluateOnNewDocument(() => { window.policy = []; document.addEventListener('securitypolicyviolation', e => window.policy.push(e.violatedDirective + ' ' + e.blockedURI)); });
	await page.setViewport({ width, height });
	await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
	if (options.nojs)
		await page.setJavaScriptEnabled(false);
	return page;
}
async function quiet(page, what) {
	const policy = await page.evaluate(() => window.policy || []);
	check(page.noise.length === 0 && policy.length === 0, what + ': ' + [...page.noise, ...policy].slice(0, 5).join('; '));
}
/* The graph is drawn after the answer; whole: all sections are laid out too. */
const ready = page => page.waitForFunction(() => performance.getEntriesByName('attrib-graph').length > 0);
const whole = page => page.waitForFunction(() => Array.from(document.querySelectorAll('section')).every(e => e.style.contentVisibility === 'visible'));
const shot = (page, name, full) => page.screenshot({ path: path.join(shots, name + '.png'), fullPage: full || false });

/* ---- measured inside the page */

function measure() {
	const faults = [], seen = [];
	if (document.documentElement.scrollWidth > window.innerWidth)
		faults.push('scrolls sideways: ' + document.documentElement.scrollWidth + ' > ' + window.innerWidth);
	const parse = s => { const m = /rgba?\(([\d.]+),\s*([\d.]+),\s*([\d.]+)(?:,\s*([\d.]+))?\)/.exec(s); return m ? [+m[1], +m[2], +m[3], m[4] === undefined ? 1 : +m[4]] : null; };
	const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
	const light = c => { const f = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
	const ratio = (a, b) => { const x = light(a), y = light(b); return (Math.max(x, y) + .05) / (Math.min(x, y) + .05); };
	const ground = e => {
		const layers = [];
		for (let p = e; p; p = p.parentElement) {
			if (p instanceof SVGElement && p.tagName === 'text' && p.previousElementSibling || p.tagName === 'text') {
				let r = p.previousElementSibling;
				while (r && r.tagName !== 'rect')
					r = r.previousElementSibling;
				if (r) {
					const c = parse(getComputedStyle(r).fill);
					if (c)
						layers.push([c[0], c[1], c[2], c[3] * (+getComputedStyle(r).fillOpacity)]);
				}
			}
			const c = parse(getComputedStyle(p).backgroundColor);
			if (c && c[3] > 0)
				layers.push(c);
			if (c && c[3] === 1)
				break;
		}
		return layers.reduceRight((under, c) => over(c, under), [255, 255, 255, 1]);
	};
	const clip = (e, r) => {
		let b = { left: r.left, right: r.right, top: r.top, bottom: r.bottom };
		for (let p = e; p && p !== document.body; p = p.parentElement)
			if (getComputedStyle(p).overflowX !== 'visible') {
				const q = p.getBoundingClientRect();
				b = { left: Math.max(b.left, q.left), right: Math.min(b.right, q.right), top: Math.max(b.top, q.top), bottom: Math.min(b.bottom, q.bottom) };
			}
		return b;
	};
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
	let texts = 0, low = 99;
	for (let t = walk.nextNode(); t; t = walk.nextNode()) {
		const e = t.parentElement;
		if (!t.data.trim() || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION'].includes(e.tagName) || e.closest('.skip') || !e.checkVisibility({ contentVisibilityAuto: true }))
			continue;
		range.selectNodeContents(t);
		const rects = Array.from(range.getClientRects()).map(r => clip(e, r)).filter(r => r.right - r.left > 1 && r.bottom - r.top > 1);
		if (!rects.length)
			continue;
		texts++;
		const style = getComputedStyle(e), svg = e instanceof SVGElement, ink = parse(svg ? style.fill : style.color), size = parseFloat(style.fontSize);
		if (ink) {
			const bg = ground(e), r = ratio(over(ink, bg), bg), need = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700) ? 3 : 4.5;
			low = Math.min(low, r);
			if (r < need && !e.closest('[disabled]'))
				faults.push('contrast ' + r.toFixed(2) + ' of "' + t.data.trim().slice(0, 40) + '" in ' + e.tagName + '.' + (e.getAttribute('class') || '') + ', ink ' + ink + ' on ' + bg.map(Math.round));
		}
		for (const r of rects)
			seen.push([r.left, r.top, r.right, r.bottom, e, t.data.trim().slice(0, 40)]);
	}
	seen.sort((a, b) => a[1] - b[1]);
	for (let i = 0; i < seen.length; i++)
		for (let j = i + 1; j < seen.length && seen[j][1] < seen[i][3] - 4; j++) {
			const a = seen[i], b = seen[j];
			if (a[4] !== b[4] && Math.min(a[2], b[2]) - Math.max(a[0], b[0]) > 4 && Math.min(a[3], b[3]) - Math.max(a[1], b[1]) > 4 && !a[4].contains(b[4]) && !b[4].contains(a[4]))
				faults.push('"' + a[5] + '" lies over "' + b[5] + '"');
		}
	return { faults: faults.slice(0, 12), more: Math.max(0, faults.length - 12), texts, low };
}

/* ---- every page in every size and theme */

async function looks() {
	let texts = 0, low = 99;
	for (const name of PAGES)
		for (const theme of ['light', 'dark'])
			for (const size in SIZES) {
				if (theme === 'dark' && size === 'wide')
					continue;
				const page = await tab(SIZES[size], theme), what = [name, size, theme].join('-');
				await page.goto(url(name));
				await whole(page);
				const m = await page.evaluate(measure);
				texts += m.texts;
				low = Math.min(low, m.low);
				check(m.faults.length === 0, what + ': ' + m.faults.join('\n    ') + (m.more ? ' and ' + m.more + ' more' : ''));
				await shot(page, what);
				if (size === 'laptop' && theme === 'light') {
					const fold = await page.evaluate(() => ['#do h3', '.cause summary', '#verdict h1', '.ranks'].map(s => { const e = document.querySelector(s); return e ? Math.round(e.getBoundingClientRect().bottom) : null; }));
					check(fold.every(v => v === null || v <= 768), what + ': below the fold: first advice, first cause, verdict, ranks end at ' + fold);
				}
				await quiet(page, what);
				await page.close();
			}
	console.log(texts + ' texts measured, lowest contrast ' + low.toFixed(2));
}

/* ---- print, no script, no style sheet */

async function bare() {
	const name = 'lock_contention';
	for (const [what, options] of [['print', {}], ['nojs', { nojs: true }], ['nocss', { nojs: true }]]) {
		const page = await tab(SIZES.laptop, what === 'print' ? 'dark' : 'light', options);
		if (what === 'nocss') {
			const text = fs.readFileSync(path.join(home, 'pages', name + '.html'), 'utf8');
			fs.writeFileSync(path.join(home, 'pages', 'nocss.html'), text.replace(/<style>[^]*?<\/style>/, ''));
		}
		if (what === 'print')
			await page.emulateMediaType('print');
		await page.goto(url(what === 'nocss' ? 'nocss' : name));
		if (what === 'print')
			await whole(page);
		await shot(page, what, true);
		if (what === 'print') {
			await page.setViewport({ width: 720, height: 1000 });
			const m = await page.evaluate(measure);
			check(m.faults.length === 0, 'print: ' + m.faults.join('\n    '));
		}
		await page.close();
	}
	/* Without a script nothing waits to be laid out. */
	{
		const page = await tab(SIZES.laptop, 'light', { nojs: true });
		await page.goto(url(name));
		check(await page.evaluate(() => Array.from(document.querySelectorAll('section')).every(e => getComputedStyle(e).contentVisibility === 'visible')), 'no script: every section is laid out');
		await page.close();
	}
	/* Without a script all of the answer is there: the same headings, and the tables of paths. */
	const text = fs.readFileSync(path.join(home, 'pages', name + '.html'), 'utf8');
	check(/id="flame-mutex_delay_per_request"/.test(text) && /Ledger\)\.Take/.test(text), 'no script: the changed path stands in a table');
	fs.rmSync(path.join(home, 'pages', 'nocss.html'), { force: true });
}

/* ---- outside validators */

async function validators() {
	for (const name of PAGES)
		for (const theme of ['light', 'dark']) {
			const page = await tab(SIZES.laptop, theme);
			await page.goto(url(name));
			await whole(page);
			await page.evaluate(axe.source);
			const r = await page.evaluate(async () => {
				document.querySelectorAll('details').forEach(d => { d.open = true; });
				const x = await window.axe.run(document, { resultTypes: ['violations'] });
				return x.violations.map(v => ({ id: v.id, impact: v.impact, n: v.nodes.length, at: v.nodes[0].html.slice(0, 200) }));
			});
			const bad = r.filter(v => v.impact === 'serious' || v.impact === 'critical');
			check(bad.length === 0, 'axe, ' + name + ' ' + theme + ': ' + bad.map(v => v.id + ' x' + v.n + ' ' + v.at).join('\n    '));
			for (const v of r.filter(v => !bad.includes(v)))
				console.log('axe says of ' + name + ', ' + v.impact + ': ' + v.id + ' x' + v.n + ' ' + v.at.slice(0, 100));
			await page.close();
		}
	const { HtmlValidate, StaticConfigLoader } = require('html-validate');
	const v = new HtmlValidate(new StaticConfigLoader({ extends: ['html-validate:standard'], rules: { 'long-title': 'off', 'require-sri': 'off', 'no-inline-style': 'error', 'tel-non-breaking': 'off', 'no-raw-characters': 'off' } }));
	for (const name of PAGES) {
		const report = await v.validateFile(path.join(home, 'pages', name + '.html'));
		const messages = report.results.flatMap(r => r.messages);
		check(report.valid, 'html-validate, ' + name + ': ' + messages.slice(0, 8).map(m => m.line + ':' + m.column + ' ' + m.ruleId + ' ' + m.message).join('\n    '));
	}
}

/* ---- what one does with a page */

async function use() {
	const page = await tab(SIZES.laptop, 'light');
	const text = s => page.$eval(s, e => e.textContent), hash = () => page.evaluate(() => location.hash), frames = () => page.$$eval('#fg > .graph [data-i]', e => e.length);
	await page.goto(url('lock_contention'));
	await whole(page);
	check(await page.$eval('#fg-m', e => e.selectedOptions[0].textContent) === 'lock delay per request', 'opens with the metric of the verdict');
	check(await frames() > 5, 'the graph is drawn');

	/* search */
	await page.type('#fg-q', 'Ledger');
	check(/frames? match.*% of the current side/.test(await text('#fg-count')), 'search counts: ' + await text('#fg-count'));
	check(await page.$$eval('#fg > .graph .hit', e => e.length) > 0 && await page.$$eval('#fg > .graph .miss', e => e.length) > 0, 'search marks hits and dims the rest');
	await page.$eval('#fg > .graph [tabindex="0"]', e => e.focus());
	await page.keyboard.press('n');
	check(await page.evaluate(() => document.activeElement.classList.contains('hit')), 'n goes to a match');
	check((await hash()).includes('q=Ledger'), 'the search stands in the address: ' + await hash());
	await page.$eval('#fg-q', e => { e.value = 'zzzz'; e.dispatchEvent(new Event('input')); });
	check(await text('#fg-count') === 'nothing matches', 'nothing matches is said');
	await page.$eval('#fg-q', e => { e.value = '/^sync\\./'; e.dispatchEvent(new Event('input')); });
	check(/match/.test(await text('#fg-count')), 'an expression matches');
	await page.$eval('#fg-q', e => { e.value = '/(/'; e.dispatchEvent(new Event('input')); });
	await page.$eval('#fg-q', e => { e.value = ''; e.dispatchEvent(new Event('input')); });

	/* focus: on CPU, which has many stacks */
	await page.select('#fg-m', await page.$$eval('#fg-m option', o => o.find(x => x.textContent.startsWith('CPU')).value));
	const before = await frames();
	await page.$eval('#fg-q', e => { e.value = 'render'; e.dispatchEvent(new Event('input')); });
	await page.click('#fg-o');
	const roots = await page.$$eval('#fg > .graph [aria-level="2"]', e => e.length);
	check(roots >= 1 && await frames() !== before && (await hash()).includes('o=1'), 'focus leaves the stacks with it');
	await page.click('#fg-o');
	await page.$eval('#fg-q', e => { e.value = ''; e.dispatchEvent(new Event('input')); });

	/* zoom by click, by key; back */
	await page.evaluate(() => { const g = Array.from(document.querySelectorAll('#fg > .graph [aria-level="6"]'))[0]; g.dispatchEvent(new MouseEvent('click', { bubbles: true })); });
	check(/z=\d+/.test(await hash()) && !(await page.$eval('#fg-reset', e => e.disabled)), 'a click zooms and stands in the address: ' + await hash());
	const link = await hash(), zoomed = await page.$eval('#fg-info', e => e.textContent);
	await page.$eval('#fg > .graph [tabindex="0"]', e => e.focus());
	await page.keyboard.press('Escape');
	check(!/z=/.test(await hash()), 'Escape shows the whole');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowDown');
	const at = await page.evaluate(() => document.activeElement.getAttribute('aria-level'));
	check(at === '3', 'arrows go down the stack: level ' + at);
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('Enter');
	check(/z=\d+/.test(await hash()), 'Enter zooms');

	/* callers and callees */
	await page.keyboard.press('c');
	check(!(await page.$eval('#fg-sandwich', e => e.hidden)) && /Callers of/.test(await text('#fg-sandwich')), 'c shows callers and callees');
	await page.click('#fg-sand');
	check(await page.$eval('#fg-sandwich', e => e.hidden), 'and closes them');
	for (const [id, v] of [['#fg-w', 'base'], ['#fg-w', 'moved'], ['#fg-u', 'share'], ['#fg-u', 'all']]) {
		await page.select(id, v);
		check(await frames() > 5, 'drawn with ' + id + '=' + v);
	}
	await page.select('#fg-w', 'moved');
	await shot(page, 'flame-moved');

	/* a deep link, and one to nowhere */
	const other = await tab(SIZES.laptop, 'light');
	await other.goto(url('lock_contention', link));
	check(await other.$eval('#fg-info', e => e.textContent) === zoomed, 'a deep link shows the same frame');
	const y = await other.$eval('#fg', e => e.getBoundingClientRect().top);
	check(Math.abs(y) < 200, 'and goes there');
	await other.evaluate(() => { location.hash = '#flame-cpu_per_request'; });
	await other.waitForFunction(() => document.querySelector('#fg-m').selectedOptions[0].textContent.startsWith('CPU'));
	check(true, 'an anchor of a metric selects it');
	for (const bad of ['#fg=<img src=x onerror=alert(1)>', '#fg=cpu_per_request&z=99999999&q=%3Cscript%3E&f=%22%3E', '#%', '#fg=cpu_per_request&z=-1&w=x&m=y'])
		await other.goto(url('lock_contention', bad));
	check(await other.$$eval('#fg > .graph [data-i]', e => e.length) > 0, 'a hostile link shows a graph');
	await quiet(other, 'links');
	await other.close();

	/* sort */
	const column = () => page.$$eval('#changes table tbody tr', r => r.map(x => parseFloat(x.cells[2].getAttribute('data-v'))).filter(v => !isNaN(v)));
	const first = await column();
	await page.evaluate(() => document.querySelectorAll('#changes thead')[0].rows[0].cells[2].querySelector('button').click());
	const table = () => page.$eval('#changes table', t => Array.from(t.tBodies[0].rows).map(x => parseFloat(x.cells[2].getAttribute('data-v'))).filter(v => !isNaN(v)));
	const down = await table();
	check(down.length > 3 && down.every((v, i) => !i || down[i - 1] >= v) && first.length >= down.length, 'a click sorts a column: ' + down.slice(0, 4));
	check(await page.evaluate(() => document.querySelectorAll('#changes thead')[0].rows[0].cells[2].getAttribute('aria-sort')) === 'descending', 'and says so');

	/* theme */
	const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
	const light = await ground();
	await page.click('#theme');
	check(await ground() !== light, 'the theme switches');
	const m = await page.evaluate(measure);
	check(m.faults.length === 0, 'dark by the button: ' + m.faults.join('\n    '));
	/* evidence leads to its figure */
	const links = await page.$$eval('.evidence a.fig', a => a.map(x => x.getAttribute('href')));
	check(links.length > 2 && await page.evaluate(h => h.every(x => document.querySelector(x.replace(/\./g, '\\.'))), links), 'evidence links to figures: ' + links.slice(0, 5));
	await quiet(page, 'use');
	await page.close();
}

/* ---- names that would be markup, scripts, styles: a page of a run that has them in nine places */

async function hostile() {
	const names = fs.readFileSync(path.join(path.dirname(new URL(import.meta.url).pathname), '../hostile-names.txt'), 'utf8').split('\n').filter(l => l && !l.startsWith('#')).map(l => JSON.parse(l));
	const page = await tab(SIZES.laptop, 'light');
	await page.goto(url('hostile'));
	await whole(page);
	await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
	const seen = await page.evaluate(() => document.body.innerText);
	const there = names.filter(n => /^[ -~]{2,80}$/.test(n) && seen.includes(n));
	check(there.length >= 20, 'names stand on the page as text: ' + there.length);
	/* Each typed into the search, each as a link; then every frame is passed over and some are opened. */
	for (const name of names) {
		await page.evaluate(v => { const q = document.querySelector('#fg-q'); q.value = v; q.dispatchEvent(new Event('input')); location.hash = '#fg=cpu_per_request&q=' + encodeURIComponent(v) + '&f=' + encodeURIComponent(v) + '&w=' + v; }, name);
		await page.evaluate(v => { location.hash = '#' + v; }, name);
	}
	await page.evaluate(() => { const q = document.querySelector('#fg-q'); q.value = ''; q.dispatchEvent(new Event('input')); });
	for (let k = 0; k < await page.$$eval('#fg-m option', o => o.length); k++) {
		await page.evaluate(i => { const s = document.querySelector('#fg-m'); s.value = i; s.dispatchEvent(new Event('change')); }, k);
		await page.evaluate(() => document.querySelectorAll('#fg > .graph [data-i]').forEach(g => { g.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })); g.dispatchEvent(new FocusEvent('focusin', { bubbles: true })); }));
		await page.evaluate(() => { const g = document.querySelectorAll('#fg > .graph [data-i]'); for (const i of [3, 7, 1]) if (g[i]) g[i].dispatchEvent(new MouseEvent('click', { bubbles: true })); });
		await page.evaluate(() => { document.querySelector('#fg-sand').click(); document.querySelector('#fg-sand').click(); });
	}
	await page.evaluate(() => document.querySelectorAll('button.sort').forEach(b => b.click()));
	const made = await page.evaluate(() => ({ scripts: document.scripts.length, others: Array.from(document.querySelectorAll('iframe, img, image, link, object, embed, form, base, template, math, video, audio, foreignObject, style:not(head > style), meta:not(head > meta)')).map(e => e.outerHTML.slice(0, 80)),
		handlers: Array.from(document.querySelectorAll('*')).flatMap(e => Array.from(e.attributes)).filter(a => /^on/i.test(a.name) || /^\s*javascript:/i.test(a.value)).map(a => a.name + '=' + a.value.slice(0, 60)),
		away: Array.from(document.querySelectorAll('a, use')).map(a => a.getAttribute('href') || '').filter(h => !h.startsWith('#')) }));
	check(made.scripts === 2 && !made.others.length && !made.handlers.length && !made.away.length, 'no name became an element, a handler or a way out: ' + JSON.stringify(made).slice(0, 600));
	check(page.url().startsWith(url('hostile')), 'the page is still itself: ' + page.url().slice(0, 100));
	await quiet(page, 'hostile names');
	const m = await page.evaluate(measure);
	check(m.faults.length === 0, 'hostile names, laid out: ' + m.faults.join('\n    '));
	await shot(page, 'hostile', true);
	console.log(names.length + ' hostile names typed and linked, ' + there.length + ' printable ones read on the page; no script, request, dialog or policy report');
	await page.close();
}

/* ---- a page of 100,000 call sites */

/* Milliseconds of processor that the page's main thread has spent: what a reaction costs, however busy the machine is. */
async function spent(session) {
	const { metrics } = await session.send('Performance.getMetrics');
	return metrics.find(m => m.name === 'TaskDuration').value * 1000;
}
const frame = page => page.evaluate(() => new Promise(r => requestAnimationFrame(() => setTimeout(r, 20))));

const DO = {	/* each in the page, after the one before; setup() is not measured */
	search: [null, () => window.put('http')],
	focus: [null, () => document.querySelector('#fg-o').click()],
	unfocus: [null, () => document.querySelector('#fg-o').click()],
	clear: [null, () => window.put('')],
	zoom: [null, () => window.frame(5)],
	whole: [null, () => document.querySelector('#fg-reset').click()],
	moved: [null, () => { const s = document.querySelector('#fg-w'); s.value = 'moved'; s.dispatchEvent(new Event('change')); }],
	share: [null, () => { const s = document.querySelector('#fg-u'); s.value = 'share'; s.dispatchEvent(new Event('change')); }],
	callers: [() => window.frame(8), () => document.querySelector('#fg-sand').click()],
};

async function speed() {
	const limit = +(process.env.REACTION_MS || 200), ROUNDS = 7, wall = {}, work = {}, note = (o, k, v) => (o[k] = o[k] || []).push(v);
	let sites = 0;
	const idle = os.loadavg()[0] < os.cpus().length;
	for (let k = 0; k < ROUNDS; k++) {
		const page = await tab(SIZES.laptop, 'light'), session = await page.createCDPSession();
		await session.send('Performance.enable', { timeDomain: 'threadTicks' });
		await page.goto(url('big'), { timeout: 120000 });
		await ready(page);
		await frame(page);
		/* From the click on the file to the answer on the screen, and to the graph below it; all of it is in the processor's time. */
		const [first, graph] = await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0], performance.getEntriesByName('attrib-graph')[0]].map(e => e ? e.startTime : NaN));
		note(wall, 'open', first);
		note(wall, 'graph drawn', graph);
		note(work, 'open', await spent(session));
		sites = await page.evaluate(() => {
			window.put = v => { const q = document.querySelector('#fg-q'); q.value = v; q.dispatchEvent(new Event('input')); };
			window.frame = n => Array.from(document.querySelectorAll('#fg > .graph [data-i]'))[n].dispatchEvent(new MouseEvent('click', { bubbles: true }));
			location.hash = '#fg=cpu_per_request';
			return JSON.parse(document.querySelector('#d').textContent).m.reduce((a, m) => Math.max(a, m.d.length), 0);
		});
		for (const name in DO) {
			const [setup, act] = DO[name];
			if (setup)
				await page.evaluate(setup);
			await frame(page);
			const before = await spent(session);
			note(wall, name, await page.evaluate('(async () => { const t = performance.now(); (' + act + ')(); document.body.getBoundingClientRect();' +
				' await new Promise(r => requestAnimationFrame(() => setTimeout(r, 0))); return performance.now() - t; })()'));
			note(work, name, await spent(session) - before);
		}
		await page.close();
	}
	const median = v => v.filter(x => !isNaN(x)).sort((a, b) => a - b)[v.filter(x => !isNaN(x)).length >> 1];
	const say = o => Object.entries(o).map(([k, v]) => k + ' ' + Math.round(median(v))).join(', ');
	console.log(sites + ' call sites, ' + (fs.statSync(path.join(home, 'pages', 'big.html')).size / 1e6).toFixed(1) + ' MB; median of ' + ROUNDS + ', ms by the clock' + (idle ? '' : ' (of a busy machine)') + ': ' + say(wall) + '; ms of processor: ' + say(work));
	check(sites >= 100000, 'the page holds ' + sites + ' call sites');
	for (const k in work) {
		check(median(work[k]) <= limit, k + ' takes ' + Math.round(median(work[k])) + ' ms of processor, at most ' + limit);
		check(!idle || median(wall[k]) <= limit, k + ' takes ' + Math.round(median(wall[k])) + ' ms, at most ' + limit);
	}
}

/* ---- the pictures of README, only when asked for */

async function readme() {
	const docs = path.join(path.dirname(new URL(import.meta.url).pathname), '../../docs'), page = await tab([1180, 820], 'light');
	await page.goto(url('goroutine_bloat'));
	await page.screenshot({ path: path.join(docs, 'report.png') });
	await page.goto(url('cpu_hot_path', '#flame-cpu_per_request'));
	await ready(page);
	await page.evaluate(() => document.querySelector('#flames').scrollIntoView());
	await page.screenshot({ path: path.join(docs, 'flame.png'), clip: { x: 0, y: await page.evaluate(() => scrollY), width: 1180, height: 720 }, captureBeyondViewport: true });
	for (const name of ['report.png', 'flame.png'])
		check(fs.statSync(path.join(docs, name)).size < 300e3, name + ' is below 300 kB');
}

const all = { looks, bare, validators, use, hostile, speed, readme };
for (const name in all)
	if (only ? only.split(',').includes(name) : name !== 'readme')
		await all[name]();
await browser.close();
console.log(passed + ' passed, ' + failed + ' failed');
process.exit(failed ? 1 : 0);
