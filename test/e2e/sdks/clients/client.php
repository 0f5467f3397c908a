<?php
/**
 * Fetches one voice as EasyWeChat 5 does: it is a file if Content-Disposition says attachment, and no file if it begins
 * with {. On 40001, 40014 and 42001 it requests a token and repeats the call.
 */
const TOKEN_ERRCODES = [40001, 40014, 42001];

[, $origin, $appId, $secret, $mediaId, $token] = $argv;
$curl = curl_init();

function get(string $path, array $query): array
{
    global $curl, $origin;
    $headers = [];
    curl_setopt_array($curl, [
        CURLOPT_URL => "$origin/$path?" . http_build_query($query),
        CURLOPT_RETURNTRANSFER => true,
        // Guzzle says so too: whatever the server can compress comes compressed.
        CURLOPT_ENCODING => '',
        CURLOPT_HEADERFUNCTION => function ($curl, string $line) use (&$headers): int {
            [$name, $value] = array_map('trim', explode(':', $line, 2) + [1 => '']);
            $headers[strtolower($name)] = $value;
            return strlen($line);
        },
    ]);
    $body = curl_exec($curl);
    if ($body === false || curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200) {
        fwrite(STDERR, curl_error($curl) . curl_getinfo($curl, CURLINFO_RESPONSE_CODE));
        exit(1);
    }
    return [$headers, $body];
}

function fail(?array $result): never
{
    echo json_encode(['errcode' => $result['errcode'], 'errmsg' => $result['errmsg']]), "\n";
    exit(0);
}

function fetchToken(): string
{
    global $appId, $secret;
    $query = ['grant_type' => 'client_credential', 'appid' => $appId, 'secret' => $secret];
    $result = json_decode(get('cgi-bin/token', $query)[1], true);
    if (empty($result['access_token'])) fail($result);
    return $result['access_token'];
}

function fetchVoice(string $token): array
{
    global $mediaId;
    // A slash too many, as a base_uri with one at its end makes it.
    return get('/cgi-bin/media/get/jssdk', ['access_token' => $token, 'media_id' => $mediaId]);
}

[$headers, $body] = fetchVoice($token !== '' ? $token : fetchToken());
$result = json_decode($body, true);
if (!empty($result['errcode']) && in_array($result['errcode'], TOKEN_ERRCODES, true)) {
    [$headers, $body] = fetchVoice(fetchToken());
    $result = json_decode($body, true);
}
if (stripos($headers['content-disposition'] ?? '', 'attachment') === false) fail($result);
if ($body === '' || $body[0] === '{') {
    fwrite(STDERR, 'Invalid media response content.');
    exit(1);
}
if (!preg_match('/filename="(.*?)"/', $headers['content-disposition'], $match) || $match[1] !== "$mediaId.speex") {
    fwrite(STDERR, "no file name in {$headers['content-disposition']}");
    exit(1);
}
echo json_encode(['voice' => base64_encode($body)]), "\n";
