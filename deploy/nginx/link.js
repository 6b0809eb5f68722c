// Checks what CloudFront checks of a signed address, or of signed cookies, on every request.
// Source of the formats: Amazon CloudFront Developer Guide, "Serve private content".
// nginx's njs 0.7 knows neither for-of nor destructuring.
import settings from 'settings.js';

const SIGNING = ['Expires', 'Policy', 'Signature', 'Key-Pair-Id'];
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' };

async function check(r) {
    const parts = partsOf(r.variables.request_uri);
    const address = addressOf(r.variables.http_host, parts);
    const grant = inAddress(parts) || inCookies(r.variables.http_cookie);
    let isAllowed = false;
    try {
        isAllowed = !!grant && (await isSigned(grant, address)) && allows(grant, address, r.variables);
    } catch (e) {
        // What cannot be read allows nothing.
    }
    if (isAllowed) {
        r.headersOut['Content-Disposition'] = dispositionIn(parts);
    }
    r.return(isAllowed ? 204 : 403);
}

// --- What was asked -------------------------------------------------------------------------------

function partsOf(uri) {
    const mark = uri.indexOf('?');
    return mark < 0
        ? { path: uri, query: [] }
        : { path: uri.slice(0, mark), query: uri.slice(mark + 1).split('&') };
}

// What was signed: everything as it was sent, but for the signature itself.
function addressOf(host, parts) {
    const others = parts.query.filter((pair) => !SIGNING.includes(pair.split('=')[0]));
    return `https://${host}${parts.path}${others.length ? `?${others.join('&')}` : ''}`;
}

function inAddress(parts) {
    return grantIn(parts.query, '');
}

function inCookies(header) {
    return grantIn((header || '').split('; '), 'CloudFront-');
}

// Nothing, unless each part stands there once.
function grantIn(pairs, prefix) {
    const found = {};
    pairs.forEach((pair) => {
        const equals = pair.indexOf('=');
        const name = pair.slice(0, equals);
        if (equals > 0 && name.startsWith(prefix) && SIGNING.includes(name.slice(prefix.length))) {
            const key = name.slice(prefix.length);
            found[key] = key in found ? null : pair.slice(equals + 1);
        }
    });
    const isWhole = found.Signature && found['Key-Pair-Id'] && !found.Expires !== !found.Policy;
    return isWhole ? found : null;
}

// --- Who allowed it, and what ---------------------------------------------------------------------

async function isSigned(grant, address) {
    const key = settings.keys.hasOwnProperty(grant['Key-Pair-Id']) && settings.keys[grant['Key-Pair-Id']];
    if (!key) {
        return false;
    }
    const spki = Buffer.from(key, 'base64');
    const known = await crypto.subtle.importKey('spki', spki, ALGORITHM, false, ['verify']);
    return crypto.subtle.verify(ALGORITHM, known, bytes(grant.Signature), Buffer.from(policyOf(grant, address)));
}

function policyOf(grant, address) {
    return grant.Policy ? bytes(grant.Policy) : cannedPolicy(address, grant.Expires);
}

// To the letter: it is the text that was signed.
function cannedPolicy(address, expires) {
    if (!/^\d{1,12}$/.test(expires)) {
        throw new Error('no time');
    }
    return `{"Statement":[{"Resource":"${address}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
}

function allows(grant, address, client) {
    const policy = JSON.parse(policyOf(grant, address).toString());
    if (policy.Statement.length !== 1) {
        return false;
    }
    const when = policy.Statement[0].Condition;
    const now = Date.now() / 1000;
    return matches(policy.Statement[0].Resource, address)
        && now < when.DateLessThan['AWS:EpochTime']
        && (!when.DateGreaterThan || now > when.DateGreaterThan['AWS:EpochTime'])
        && (!when.IpAddress || isWithin(client.remote_addr, when.IpAddress['AWS:SourceIp']));
}

// `*` stands for any number of characters, `?` for one.
function matches(pattern, address) {
    const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${literal.replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(address);
}

function isWithin(ip, network) {
    const halves = network.split('/');
    const bits = halves.length > 1 ? Number(halves[1]) : 32;
    const kept = 2 ** (32 - bits);
    return Math.floor(number(ip) / kept) === Math.floor(number(halves[0]) / kept);
}

function number(ip) {
    const bytes = ip.split('.');
    if (bytes.length !== 4) {
        throw new Error('not IPv4');
    }
    return bytes.reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

// CloudFront's own alphabet: no character that an address would have to escape.
function bytes(text) {
    return Buffer.from(text.replace(/-/g, '+').replace(/_/g, '=').replace(/~/g, '/'), 'base64');
}

// --- What the file is called ----------------------------------------------------------------------

// Only visible ASCII: a line's end would begin another header.
function dispositionIn(parts) {
    const name = 'response-content-disposition=';
    const asked = parts.query.find((pair) => pair.startsWith(name));
    try {
        const words = decodeURIComponent(asked ? asked.slice(name.length) : 'inline');
        return /^[\x20-\x7e]+$/.test(words) ? words : 'attachment';
    } catch (e) {
        return 'attachment';
    }
}

export default { check };
