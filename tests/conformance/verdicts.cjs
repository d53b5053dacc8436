// Judges SPF records with mailauth. Reads and writes as verdicts.py does, with {"mailauth": …} for each.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

const [, , modules, file] = process.argv;
const { spf } = createRequire(path.join(modules, 'package.json'))('mailauth/lib/spf');

const judge = async record => {
    const resolver = async (name, type) => {
        if (type === 'TXT') {
            return [[name === 'example.com' ? record : 'v=spf1 -all']];
        }
        const values = {
            A: ['203.0.113.7'],
            AAAA: ['2001:db8:7::7'],
            PTR: ['mail.example.net'],
            MX: [{ priority: 10, exchange: 'mail.example.net' }]
        };
        if (!values[type]) {
            throw Object.assign(new Error('nothing'), { code: 'ENODATA' });
        }
        return values[type];
    };
    try {
        const found = await spf({ sender: 'user@example.com', ip: '192.0.2.1', helo: 'mail.example.com', resolver });
        return found.status.result;
    } catch (error) {
        return `crash: ${error.name}`;
    }
};

(async () => {
    const verdicts = [];
    for (const record of JSON.parse(fs.readFileSync(file, 'utf8'))) {
        verdicts.push({ mailauth: await judge(record) });
    }
    console.log(JSON.stringify(verdicts));
})();
