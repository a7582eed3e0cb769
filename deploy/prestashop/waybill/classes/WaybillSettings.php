<?php
/**
 * What the settings page keeps: the gateway, the connection's name there, the secrets, the cron token.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

final class WaybillSettings
{
    const GATEWAY = 'WAYBILL_GATEWAY';
    const CONNECTION = 'WAYBILL_CONNECTION';
    const SECRETS = 'WAYBILL_SECRETS';
    const CRON_TOKEN = 'WAYBILL_CRON_TOKEN';
    const FORGET_ALL = 'WAYBILL_FORGET_ALL';
    const KEYS = [self::GATEWAY, self::CONNECTION, self::SECRETS, self::CRON_TOKEN, self::FORGET_ALL];

    /** The gateway takes so many secrets of one connection. */
    const MOST_SECRETS = 4;

    private $idShop;

    /** @param int|null $idShop null: the shop of the page that is open */
    public function __construct(?int $idShop = null)
    {
        $this->idShop = $idShop;
    }

    /** Makes what no merchant should have to think of; what is there already is kept. */
    public static function setUp(): void
    {
        if (!Configuration::getGlobalValue(self::SECRETS)) {
            Configuration::updateGlobalValue(self::SECRETS, WaybillSignature::newSecret());
        }
        if (!Configuration::getGlobalValue(self::CRON_TOKEN)) {
            Configuration::updateGlobalValue(self::CRON_TOKEN, bin2hex(random_bytes(20)));
        }
    }

    public static function forget(): void
    {
        foreach (self::KEYS as $key) {
            Configuration::deleteByName($key);
        }
    }

    public static function cronToken(): string
    {
        return (string) Configuration::getGlobalValue(self::CRON_TOKEN);
    }

    public static function forgetsAll(): bool
    {
        return (bool) Configuration::getGlobalValue(self::FORGET_ALL);
    }

    public function gateway(): string
    {
        return $this->get(self::GATEWAY);
    }

    public function connection(): string
    {
        return $this->get(self::CONNECTION);
    }

    /** @return string[] the newest first */
    public function secrets(): array
    {
        return array_values(array_filter(explode(' ', $this->get(self::SECRETS)), 'strlen'));
    }

    public function isComplete(): bool
    {
        return self::isAddress($this->gateway()) && self::isConnection($this->connection()) && $this->secrets();
    }

    public function save(string $gateway, string $connection): void
    {
        Configuration::updateValue(self::GATEWAY, $gateway);
        Configuration::updateValue(self::CONNECTION, $connection);
    }

    public static function saveForgetsAll(bool $forgets): void
    {
        Configuration::updateGlobalValue(self::FORGET_ALL, $forgets ? '1' : '0');
    }

    /** Signs with a new secret and the former ones, until the merchant drops those. */
    public function addSecret(): void
    {
        $secrets = array_merge([WaybillSignature::newSecret()], $this->secrets());
        Configuration::updateValue(self::SECRETS, implode(' ', array_slice($secrets, 0, self::MOST_SECRETS)));
    }

    public function dropOldSecrets(): void
    {
        Configuration::updateValue(self::SECRETS, implode(' ', array_slice($this->secrets(), 0, 1)));
    }

    /** An https address; plain http only to this very machine. */
    public static function isAddress(string $address): bool
    {
        if (!preg_match('~^https?://[A-Za-z0-9.\-]+(:\d{1,5})?(/[A-Za-z0-9._\~/\-]*)?$~D', $address)) {
            return preg_match('~^https?://\[::1\](:\d{1,5})?(/[A-Za-z0-9._\~/\-]*)?$~D', $address) === 1;
        }

        return strpos($address, 'https://') === 0
            || in_array(parse_url($address, PHP_URL_HOST), ['127.0.0.1', 'localhost'], true);
    }

    /** The name in waybill.toml, [connections.NAME]. */
    public static function isConnection(string $name): bool
    {
        return preg_match('/^[a-z0-9][a-z0-9_-]{0,39}$/D', $name) === 1;
    }

    private function get(string $key): string
    {
        return (string) Configuration::get($key, null, null, $this->idShop);
    }
}
