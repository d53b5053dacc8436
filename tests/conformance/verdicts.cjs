// Judges texts of one standard with mailauth. Reads and writes as verdicts.py does, with {"mailauth": …} for each.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

const [, , modules, standard, file] = process.argv;
const load = createRequire(path.join(modules, 'package.json'));
const { spf } = load('mailauth/lib/spf');
const { dmarc } = load('mailauth/lib/dmarc');
const { parsePolicy, resolvePolicy } = load('mailauth/lib/mta-sts');

// Every name has the same records, and the one under test stands at `owner`.
const dns = (owner, record) => async (name, type) => {
    if (type === 'TXT') {
        return [[name === owner ? record : 'v=spf1 -all']];
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

const judges = {
    spf: async record => {
        const resolver = dns('example.com', record);
        const found = await spf({ sender: 'user@example.com', ip: '192.0.2.1', helo: 'mail.example.com', resolver });
        return found.status.result;
    },
    dmarc: async record => {
        const resolver = dns('_dmarc.example.com', record);
        const found = await dmarc({ headerFrom: 'user@example.com', spfDomains: [], dkimDomains: [], resolver });
        return found.p === undefined ? `none: ${found.status.result}` : `p=${found.p} sp=${found.sp}`.toLowerCase();
    },
    mta_sts: async record => {
        const id = await resolvePolicy('example.com', { resolver: dns('_mta-sts.example.com', record) });
        return id === false ? 'none: no policy' : String(id);
    },
    policy: async text => {
        let policy;
        try {
            policy = parsePolicy(text);
        } catch (error) {
            return `none: ${error.code}`;
        }
        return [policy.mode, policy.maxAge, ...[...(policy.mx || [])].sort()].join(' ');
    },
    // It knows nothing of reports about TLS.
    tls_rpt: async () => undefined
};

const judge = async text => {
    try {
        return await judges[standard](text);
    } catch (error) {
        return `crash: ${error.name}`;
    }
};

(async () => {
    const verdicts = [];
    for (const text of JSON.parse(fs.readFileSync(file, 'utf8'))) {
        verdicts.push({ mailauth: await judge(text) });
    }
    console.log(JSON.stringify(verdicts));
})();
