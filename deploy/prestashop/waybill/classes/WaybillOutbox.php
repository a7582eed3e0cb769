<?php
/**
 * The outbox: what is to be told to Waybill, written in the request that made the change.
 *
 * A row is open until somebody takes it to send it; hints about the same thing join the open row. Once
 * taken it is closed for joining, so that a change that comes while it is under way has a row of its own.
 * Times are Unix seconds: the database's time zone may differ from PHP's.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

final class WaybillOutbox
{
    const WAITING = 'waiting';
    const SENT = 'sent';
    const GIVEN_UP = 'given_up';

    /** The request that writes a row sends it itself; others leave it alone for so long. */
    const OWN_SECONDS = 10;
    const LEASE_SECONDS = 60;
    const UNREACHABLE_SECONDS = 60;
    const KEPT_SECONDS = 2592000;

    private $db;

    public function __construct()
    {
        $this->db = Db::getInstance();
    }

    public static function table(): string
    {
        return _DB_PREFIX_ . 'waybill_outbox';
    }

    public function create(): bool
    {
        return $this->db->execute('CREATE TABLE IF NOT EXISTS `' . self::table() . '` (
            `id_waybill_outbox` INT UNSIGNED NOT NULL AUTO_INCREMENT,
            `message` VARCHAR(64) NOT NULL,
            `type` VARCHAR(64) NOT NULL,
            `id_shop` INT UNSIGNED NOT NULL,
            `subject` VARCHAR(64) NOT NULL,
            `open_key` VARCHAR(96) NULL,
            `weight` TINYINT UNSIGNED NOT NULL,
            `body` TEXT NOT NULL,
            `state` VARCHAR(16) NOT NULL,
            `attempts` INT UNSIGNED NOT NULL,
            `happened_at` INT UNSIGNED NOT NULL,
            `next_try_at` INT UNSIGNED NOT NULL,
            `claimed_until` INT UNSIGNED NOT NULL,
            `tried_at` INT UNSIGNED NOT NULL,
            `answer` SMALLINT UNSIGNED NOT NULL,
            `trouble` VARCHAR(32) NOT NULL,
            PRIMARY KEY (`id_waybill_outbox`),
            UNIQUE KEY `open_key` (`open_key`),
            KEY `due` (`state`, `next_try_at`)
        ) ENGINE=' . _MYSQL_ENGINE_ . ' DEFAULT CHARSET=ascii');
    }

    public function drop(): bool
    {
        return $this->db->execute('DROP TABLE IF EXISTS `' . self::table() . '`');
    }

    public function add(WaybillHint $hint, int $now): bool
    {
        $weight = $hint->weight();
        $row = [
            'message' => WaybillSignature::newMessage(),
            'type' => $hint->type,
            'id_shop' => $hint->idShop,
            'subject' => $hint->subject,
            'open_key' => $hint->key(),
            'weight' => $weight,
            'body' => $hint->body($now),
            'state' => self::WAITING,
            'attempts' => 0,
            'happened_at' => $now,
            'next_try_at' => $now + self::OWN_SECONDS,
            'claimed_until' => 0,
            'tried_at' => 0,
            'answer' => 0,
            'trouble' => '',
        ];

        // MySQL assigns from left to right: the weight, which the others are compared with, comes last.
        return $this->db->execute('INSERT INTO `' . self::table() . '`
            (`' . implode('`, `', array_keys($row)) . '`)
            VALUES (' . implode(', ', array_map([self::class, 'quoted'], $row)) . ')
            ON DUPLICATE KEY UPDATE
            `type` = IF(`weight` <= ' . $weight . ', ' . self::quoted($row['type']) . ', `type`),
            `body` = IF(`weight` <= ' . $weight . ', ' . self::quoted($row['body']) . ', `body`),
            `weight` = GREATEST(`weight`, ' . $weight . ')');
    }

    /**
     * Returns the rows that are still open among these keys, whether due or not.
     *
     * @param string[] $keys
     */
    public function open(array $keys): array
    {
        if (!$keys) {
            return [];
        }
        $list = implode(', ', array_map([self::class, 'quoted'], $keys));

        return $this->rows('`open_key` IN (' . $list . ')', 'ASC', count($keys));
    }

    public function due(int $now, int $limit): array
    {
        $where = "`state` = '" . self::WAITING . "' AND `next_try_at` <= " . $now . ' AND `claimed_until` <= ' . $now;

        return $this->rows($where, 'ASC', $limit);
    }

    public function latest(int $limit): array
    {
        return $this->rows('`id_waybill_outbox` > 0', 'DESC', $limit);
    }

    /** Whether the gateway could not be reached just now. */
    public function isUnreachable(int $now): bool
    {
        return (int) $this->db->getValue('SELECT COUNT(*) FROM `' . self::table() . "` WHERE `state` = '" . self::WAITING
            . "' AND `answer` = 0 AND `tried_at` > " . ($now - self::UNREACHABLE_SECONDS), false) > 0;
    }

    public function count(string $state): int
    {
        return (int) $this->db->getValue(
            'SELECT COUNT(*) FROM `' . self::table() . '` WHERE `state` = ' . self::quoted($state),
            false
        );
    }

    /** Takes a row for one attempt; false when somebody else has it. A taker that dies gives it back late. */
    public function claim(int $id, int $now): bool
    {
        $this->update(
            '`claimed_until` = ' . ($now + self::LEASE_SECONDS) . ', `open_key` = NULL, `attempts` = `attempts` + 1',
            '`id_waybill_outbox` = ' . $id . " AND `state` = '" . self::WAITING . "' AND `claimed_until` <= " . $now
        );

        return (int) $this->db->Affected_Rows() === 1;
    }

    public function settle(int $id, string $state, int $nextTryAt, int $answer, string $trouble, int $now): void
    {
        $this->update(
            '`state` = ' . self::quoted($state) . ', `next_try_at` = ' . $nextTryAt . ', `claimed_until` = 0, '
            . '`tried_at` = ' . $now . ', `answer` = ' . $answer . ', `trouble` = ' . self::quoted($trouble),
            '`id_waybill_outbox` = ' . $id
        );
    }

    /** Lets all that were given up be tried again from the start. */
    public function revive(int $now): void
    {
        $this->update(
            "`state` = '" . self::WAITING . "', `attempts` = 0, `next_try_at` = " . $now,
            "`state` = '" . self::GIVEN_UP . "'"
        );
    }

    /** Removes what was delivered long ago; what was given up stays until somebody looked at it. */
    public function prune(int $now): void
    {
        $this->db->execute('DELETE FROM `' . self::table() . "` WHERE `state` = '" . self::SENT
            . "' AND `tried_at` <= " . ($now - self::KEPT_SECONDS) . ' LIMIT 1000');
    }

    private function update(string $values, string $where): void
    {
        $this->db->execute('UPDATE `' . self::table() . '` SET ' . $values . ' WHERE ' . $where);
    }

    private function rows(string $where, string $direction, int $limit): array
    {
        $rows = $this->db->executeS('SELECT * FROM `' . self::table() . '` WHERE ' . $where
            . ' ORDER BY `id_waybill_outbox` ' . $direction . ' LIMIT ' . $limit, true, false);

        return is_array($rows) ? $rows : [];
    }

    /** @param string|int $value */
    private static function quoted($value): string
    {
        return is_int($value) ? (string) $value : "'" . pSQL($value, true) . "'";
    }
}
