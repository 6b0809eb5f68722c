// Signs the edge's own requests to the private bucket: AWS Signature Version 4, in headers, as
// CloudFront's Origin Access Control does. nginx asks for it only when the cache has nothing.
// A signature holds for 15 minutes; who reads longer than that asks for the rest by Range.
import hashing from 'crypto';
import settings from 'settings.js';

const HEADERS = 'host;x-amz-content-sha256;x-amz-date';

function authorization(r) {
    const at = r.variables.bucket_date;
    const scope = `${at.slice(0, 8)}/${settings.region}/s3/aws4_request`;
    const text = ['AWS4-HMAC-SHA256', at, scope, hash(requestOf(r.variables.uri, at))].join('\n');
    const signature = hmac(keyFor(scope), text).toString('hex');
    return `AWS4-HMAC-SHA256 Credential=${settings.access_key}/${scope}, SignedHeaders=${HEADERS}, Signature=${signature}`;
}

// 20261127T081500Z
function date() {
    return `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

function requestOf(uri, at) {
    const path = `/${settings.bucket}${uri}`.split('/').map(escaped).join('/');
    const headers = [`host:${settings.host}`, 'x-amz-content-sha256:UNSIGNED-PAYLOAD', `x-amz-date:${at}`];
    return ['GET', path, '', headers.join('\n'), '', HEADERS, 'UNSIGNED-PAYLOAD'].join('\n');
}

function escaped(part) {
    return encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function keyFor(scope) {
    return scope.split('/').reduce(hmac, `AWS4${settings.secret_key}`);
}

function hmac(key, text) {
    return hashing.createHmac('sha256', key).update(text).digest();
}

function hash(text) {
    return hashing.createHash('sha256').update(text).digest('hex');
}

export default { authorization, date };
