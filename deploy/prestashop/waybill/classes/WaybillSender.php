<?php
/**
 * Delivers the outbox to the gateway, signed, and plans the next try of what was not taken.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

final class WaybillSender
{
    const FIRST_DELAY = 15;
    const LONGEST_DELAY = 21600;
    const LONGEST_RETRY_AFTER = 86400;

    /** About five days with these delays. */
    const MOST_ATTEMPTS = 30;

    /** Answers that stay the same however often the same body is sent. */
    const FINAL_ANSWERS = [400, 410, 413, 415];

    private $outbox;
    private $http;
    private $clock;

    /** @param callable $clock returns Unix seconds */
    public function __construct(WaybillOutbox $outbox, WaybillHttp $http, callable $clock)
    {
        $this->outbox = $outbox;
        $this->http = $http;
        $this->clock = $clock;
    }

    /**
     * Tries rows, oldest first, until all were tried, the time is up or the gateway is not there.
     *
     * @return array{sent: int, failed: int}
     */
    public function send(array $rows, int $secondsInAll, int $secondsEach): array
    {
        $done = ['sent' => 0, 'failed' => 0];
        $end = $this->now() + $secondsInAll;
        foreach ($rows as $row) {
            $left = $end - $this->now();
            if ($left <= 0) {
                break;
            }
            $settings = new WaybillSettings((int) $row['id_shop']);
            if ($settings->isComplete() && $this->outbox->claim((int) $row['id_waybill_outbox'], $this->now())) {
                $status = $this->attempt($row, $settings, min($secondsEach, $left));
                ++$done[self::isTaken($status) ? 'sent' : 'failed'];
                if ($status === 0) {
                    break;
                }
            }
        }

        return $done;
    }

    /** Seconds until the next try: doubled each time up to hours, and spread so that not all come at once. */
    public static function delay(int $attempts, string $message): int
    {
        $doubled = min(self::FIRST_DELAY * pow(2, min(max($attempts, 1), 20) - 1), self::LONGEST_DELAY);

        return (int) ($doubled * (1 + (abs(crc32($message . $attempts)) % 100) / 1000));
    }

    private function attempt(array $row, WaybillSettings $settings, int $seconds): int
    {
        $now = $this->now();
        $headers = WaybillSignature::headers($settings->secrets(), $row['message'], $now, $row['body']);
        $answer = $this->http->send(
            'POST',
            rtrim($settings->gateway(), '/') . '/webhooks/' . $settings->connection(),
            $headers + ['content-type' => 'application/json', 'user-agent' => 'waybill-prestashop/' . Waybill::VERSION],
            $row['body'],
            $seconds
        );
        $this->settle($row, $answer);

        return $answer['status'];
    }

    private static function isTaken(int $status): bool
    {
        return $status >= 200 && $status < 300;
    }

    private function settle(array $row, array $answer): void
    {
        $now = $this->now();
        $attempts = (int) $row['attempts'] + 1;
        $state = WaybillOutbox::WAITING;
        if (self::isTaken($answer['status'])) {
            $state = WaybillOutbox::SENT;
        } elseif ($attempts >= self::MOST_ATTEMPTS || in_array($answer['status'], self::FINAL_ANSWERS, true)) {
            $state = WaybillOutbox::GIVEN_UP;
            PrestaShopLogger::addLog('Waybill: delivery ' . $row['message'] . ' was given up', 3, $answer['status']);
        }
        $wait = max(self::delay($attempts, $row['message']), $this->asked($answer, $now));
        $this->outbox->settle(
            (int) $row['id_waybill_outbox'],
            $state,
            $now + $wait,
            $answer['status'],
            $answer['trouble'],
            $now
        );
    }

    /** Seconds that the gateway asks to wait, at most a day. */
    private function asked(array $answer, int $now): int
    {
        $text = $answer['retry_after'];
        $seconds = ctype_digit($text) ? (int) substr($text, 0, 9) : (int) strtotime($text ?: '@0') - $now;

        return max(0, min($seconds, self::LONGEST_RETRY_AFTER));
    }

    private function now(): int
    {
        return (int) call_user_func($this->clock);
    }
}
