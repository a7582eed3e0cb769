<?php
/**
 * Signatures of the Standard Webhooks form (standardwebhooks.com): HMAC-SHA256 over id.timestamp.content.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

final class WaybillSignature
{
    const PREFIX = 'whsec_';

    /**
     * Returns the three headers of one attempt; one signature for each secret, the newest first.
     *
     * @param string[] $secrets
     *
     * @return array<string, string>
     */
    public static function headers(array $secrets, string $message, int $timestamp, string $content): array
    {
        $signatures = [];
        foreach ($secrets as $secret) {
            $signatures[] = 'v1,' . self::of($secret, $message . '.' . $timestamp . '.' . $content);
        }

        return [
            'webhook-id' => $message,
            'webhook-timestamp' => (string) $timestamp,
            'webhook-signature' => implode(' ', $signatures),
        ];
    }

    public static function newSecret(): string
    {
        return self::PREFIX . base64_encode(random_bytes(32));
    }

    /** An id without dots: a dot separates id, time and content in what is signed. */
    public static function newMessage(): string
    {
        return 'msg_' . bin2hex(random_bytes(12));
    }

    private static function of(string $secret, string $signed): string
    {
        $text = strpos($secret, self::PREFIX) === 0 ? substr($secret, strlen(self::PREFIX)) : $secret;

        // The key is the decoded bytes, not their Base64 text.
        return base64_encode(hash_hmac('sha256', $signed, (string) base64_decode($text), true));
    }
}
