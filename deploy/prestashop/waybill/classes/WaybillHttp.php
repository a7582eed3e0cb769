<?php
/**
 * One HTTP request: no redirects, few bytes read, and a limit to the whole of it.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

class WaybillHttp
{
    const MOST_BYTES = 262144;

    /**
     * Sends a request. An answer with status 0 is none; `trouble` says why in a word.
     *
     * @param array<string, string> $headers
     *
     * @return array{status: int, body: string, retry_after: string, trouble: string}
     */
    public function send(string $method, string $url, array $headers, string $body, int $seconds): array
    {
        $answer = ['status' => 0, 'body' => '', 'retry_after' => '', 'trouble' => ''];
        $curl = curl_init();
        curl_setopt_array($curl, $this->options($method, $url, $headers, $body, $seconds));
        curl_setopt($curl, CURLOPT_HEADERFUNCTION, function ($_, $line) use (&$answer) {
            if (stripos($line, 'retry-after:') === 0) {
                $answer['retry_after'] = trim(substr($line, 12));
            }

            return strlen($line);
        });
        curl_setopt($curl, CURLOPT_WRITEFUNCTION, function ($_, $part) use (&$answer) {
            $answer['body'] .= $part;

            // Another length than was given ends the transfer.
            return strlen($answer['body']) > self::MOST_BYTES ? -1 : strlen($part);
        });
        if (curl_exec($curl) === false) {
            $answer['trouble'] = self::word(curl_errno($curl));
        } else {
            $answer['status'] = (int) curl_getinfo($curl, CURLINFO_HTTP_CODE);
        }

        return $answer;
    }

    private function options(string $method, string $url, array $headers, string $body, int $seconds): array
    {
        $lines = [];
        foreach ($headers as $name => $value) {
            $lines[] = $name . ': ' . $value;
        }
        $options = [
            CURLOPT_URL => $url,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $lines,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_CONNECTTIMEOUT => $seconds,
            CURLOPT_TIMEOUT => $seconds,
            CURLOPT_NOSIGNAL => true,
        ];
        if ($body !== '') {
            $options[CURLOPT_POSTFIELDS] = $body;
        }

        return $options;
    }

    private static function word(int $number): string
    {
        $words = [
            CURLE_COULDNT_RESOLVE_HOST => 'no such host',
            CURLE_COULDNT_CONNECT => 'not reachable',
            CURLE_OPERATION_TIMEOUTED => 'time-out',
            CURLE_WRITE_ERROR => 'answer too long',
            60 => 'certificate not trusted',
        ];

        return isset($words[$number]) ? $words[$number] : 'curl error ' . $number;
    }
}
