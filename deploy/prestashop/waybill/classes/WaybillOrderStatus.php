<?php
/**
 * What Waybill tells about an order, asked for with a signed GET and kept for a minute.
 *
 * Signed is `GET /orders/{connection}/{id}`: the path below the gateway's address, so that a proxy that
 * serves the gateway in a sub-folder changes nothing.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

final class WaybillOrderStatus
{
    const TIMEOUT = 2;
    const FRESH_SECONDS = 60;

    /** While the gateway does not answer, its last answer is shown for so long. */
    const SHOWN_SECONDS = 3600;
    const MOST = 100;
    const LONGEST = 200;

    private $db;
    private $http;
    private $clock;

    /** @param callable $clock returns Unix seconds */
    public function __construct(WaybillHttp $http, callable $clock)
    {
        $this->db = Db::getInstance();
        $this->http = $http;
        $this->clock = $clock;
    }

    public static function table(): string
    {
        return _DB_PREFIX_ . 'waybill_order_status';
    }

    public function create(): bool
    {
        return $this->db->execute('CREATE TABLE IF NOT EXISTS `' . self::table() . '` (
            `id_order` INT UNSIGNED NOT NULL,
            `asked_at` INT UNSIGNED NOT NULL,
            `answered_at` INT UNSIGNED NOT NULL,
            `body` MEDIUMTEXT NOT NULL,
            PRIMARY KEY (`id_order`)
        ) ENGINE=' . _MYSQL_ENGINE_ . ' DEFAULT CHARSET=utf8mb4');
    }

    public function drop(): bool
    {
        return $this->db->execute('DROP TABLE IF EXISTS `' . self::table() . '`');
    }

    /** @return array|null null: nothing is known; the page goes on without it */
    public function of(int $idOrder, int $idShop): ?array
    {
        $settings = new WaybillSettings($idShop);
        if ($idOrder <= 0 || !$settings->isComplete()) {
            return null;
        }
        $now = (int) call_user_func($this->clock);
        $kept = $this->kept($idOrder);
        if ($now - $kept['asked_at'] > self::FRESH_SECONDS) {
            $kept = $this->asked($settings, $idOrder, $kept, $now);
            $this->keep($idOrder, $kept);
        }

        return $now - $kept['answered_at'] <= self::SHOWN_SECONDS ? self::read($kept['body']) : null;
    }

    /**
     * Reads an answer, and leaves out whatever is not of the agreed form: it is shown in pages.
     *
     * @return array|null
     */
    public static function read(string $body): ?array
    {
        $answer = json_decode($body, true, 8);
        if (!is_array($answer)) {
            return null;
        }

        return [
            'erp_number' => self::text($answer, 'erp_number'),
            'stage' => self::text($answer, 'stage'),
            'shipments' => array_map([self::class, 'shipment'], self::listed($answer, 'shipments')),
            'documents' => array_map([self::class, 'document'], self::listed($answer, 'documents')),
        ];
    }

    private function asked(WaybillSettings $settings, int $idOrder, array $kept, int $now): array
    {
        $path = '/orders/' . $settings->connection() . '/' . $idOrder;
        $message = WaybillSignature::newMessage();
        $headers = WaybillSignature::headers($settings->secrets(), $message, $now, 'GET ' . $path);
        $headers['user-agent'] = 'waybill-prestashop/' . Waybill::VERSION;
        $answer = $this->http->send('GET', rtrim($settings->gateway(), '/') . $path, $headers, '', self::TIMEOUT);
        if ($answer['status'] === 200 && self::read($answer['body']) !== null) {
            return ['asked_at' => $now, 'answered_at' => $now, 'body' => $answer['body']];
        }
        if ($answer['status'] === 404) {
            return ['asked_at' => $now, 'answered_at' => $now, 'body' => ''];
        }

        return ['asked_at' => $now] + $kept;
    }

    private function kept(int $idOrder): array
    {
        $rows = $this->db->executeS('SELECT * FROM `' . self::table() . '` WHERE `id_order` = ' . $idOrder, true, false);
        $row = is_array($rows) && $rows ? $rows[0] : ['asked_at' => 0, 'answered_at' => 0, 'body' => ''];

        return [
            'asked_at' => (int) $row['asked_at'],
            'answered_at' => (int) $row['answered_at'],
            'body' => (string) $row['body'],
        ];
    }

    private function keep(int $idOrder, array $kept): void
    {
        $this->db->execute('REPLACE INTO `' . self::table() . '` (`id_order`, `asked_at`, `answered_at`, `body`) VALUES ('
            . $idOrder . ', ' . $kept['asked_at'] . ', ' . $kept['answered_at'] . ", '" . pSQL($kept['body'], true) . "')");
    }

    private static function shipment(array $shipment): array
    {
        return [
            'number' => self::text($shipment, 'number'),
            'on' => self::text($shipment, 'on'),
            'carrier' => self::text($shipment, 'carrier'),
            'tracking' => array_map([self::class, 'link'], self::listed($shipment, 'tracking')),
        ];
    }

    private static function document(array $document): array
    {
        return ['kind' => self::text($document, 'kind')] + self::link($document);
    }

    private static function link(array $link): array
    {
        $url = isset($link['url']) && is_string($link['url']) ? $link['url'] : '';

        // Only web addresses become links: javascript: and the like would run in the shop's page.
        $isWeb = strlen($url) <= 2048 && preg_match('~^https?://[^\s\x00-\x1f"\'<>\\\\]+$~Di', $url);

        return ['number' => self::text($link, 'number'), 'url' => $isWeb ? $url : ''];
    }

    /** @return array[] */
    private static function listed(array $from, string $name): array
    {
        $list = isset($from[$name]) && is_array($from[$name]) ? $from[$name] : [];

        return array_slice(array_values(array_filter($list, 'is_array')), 0, self::MOST);
    }

    private static function text(array $from, string $name): string
    {
        $value = isset($from[$name]) ? $from[$name] : '';

        return is_string($value) && strlen($value) <= self::LONGEST ? $value : '';
    }
}
