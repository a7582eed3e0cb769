<?php
/**
 * PrestaShop's Db over tables in memory, for the few statements that the module sends to MySQL.
 *
 * What it does not understand it refuses, so that no statement passes unread.
 */
class Db
{
    private static $one;

    /** @var array<string, array<int, array<string, mixed>>> */
    public $tables = [];

    /** @var bool the database is gone */
    public $isBroken = false;

    private $next = 1;
    private $affected = 0;

    public static function getInstance()
    {
        return self::$one ?: self::$one = new self();
    }

    public static function renew()
    {
        self::$one = null;
    }

    public function Affected_Rows()
    {
        return $this->affected;
    }

    public function getValue($sql, $useCache = true)
    {
        $this->refuseCache($useCache);
        $sql = $this->flat($sql);
        $this->match('/^SELECT COUNT\(\*\) FROM `(\w+)` WHERE (.+)$/', $sql, $found);

        return (string) count($this->found($found[1], $found[2]));
    }

    public function executeS($sql, $array = true, $useCache = true)
    {
        $this->refuseCache($useCache);
        $sql = $this->flat($sql);
        $this->match(
            '/^SELECT (.+?) FROM `(\w+)` WHERE (.+?)(?: ORDER BY `(\w+)` (ASC|DESC) LIMIT (\d+))?$/',
            $sql,
            $found
        );
        $rows = array_values($this->found($found[2], $found[3]));
        if (isset($found[4])) {
            $by = array_column($rows, $found[4]);
            array_multisort($by, $found[5] === 'ASC' ? SORT_ASC : SORT_DESC, SORT_NUMERIC, $rows);
            $rows = array_slice($rows, 0, (int) $found[6]);
        }

        return $rows;
    }

    public function execute($sql)
    {
        if ($this->isBroken) {
            throw new PrestaShopDatabaseException('quotes the query: ' . $sql);
        }
        $sql = $this->flat($sql);
        list($verb) = explode(' ', $sql, 2);
        switch ($verb) {
            case 'CREATE':
                $this->match('/^CREATE TABLE IF NOT EXISTS `(\w+)` \(.+\) ENGINE=InnoDB DEFAULT CHARSET=\w+$/', $sql, $found);
                $this->tables += [$found[1] => []];

                return true;
            case 'DROP':
                $this->match('/^DROP TABLE IF EXISTS `(\w+)`$/', $sql, $found);
                unset($this->tables[$found[1]]);

                return true;
            case 'INSERT':
            case 'REPLACE':
                return $this->insert($sql);
            case 'UPDATE':
                $this->match('/^UPDATE `(\w+)` SET (.+) WHERE (.+)$/', $sql, $found);
                $keys = array_keys($this->found($found[1], $found[3]));
                foreach ($keys as $key) {
                    $this->assign($this->tables[$found[1]][$key], $found[2]);
                }
                $this->affected = count($keys);

                return true;
            default:
                $this->match('/^DELETE FROM `(\w+)` WHERE (.+) LIMIT \d+$/', $sql, $found);
                foreach (array_keys($this->found($found[1], $found[2])) as $key) {
                    unset($this->tables[$found[1]][$key]);
                }

                return true;
        }
    }

    private function insert($sql)
    {
        $this->match(
            '/^(INSERT|REPLACE) INTO `(\w+)` \((.+?)\) VALUES \((.+?)\)(?: ON DUPLICATE KEY UPDATE (.+))?$/',
            $sql,
            $found
        );
        $expression = new SmallSql($found[4], []);
        $row = array_combine(explode('`, `', trim($found[3], '`')), $expression->values());
        $unique = $found[1] === 'INSERT' ? 'open_key' : 'id_order';
        foreach ($this->tables[$found[2]] as $key => $other) {
            if ($row[$unique] !== null && $other[$unique] === $row[$unique]) {
                if ($found[1] === 'REPLACE') {
                    $this->tables[$found[2]][$key] = $row;
                } else {
                    $this->assign($this->tables[$found[2]][$key], $found[5]);
                }

                return true;
            }
        }
        $id = $this->next++;
        $this->tables[$found[2]][$id] = $found[1] === 'INSERT' ? ['id_waybill_outbox' => $id] + $row : $row;

        return true;
    }

    /** As MySQL does: from left to right, each seeing what the former ones assigned. */
    private function assign(array &$row, $assignments)
    {
        $sql = new SmallSql($assignments, $row);
        $sql->assignAll($row);
    }

    private function found($table, $where)
    {
        if (!isset($this->tables[$table])) {
            throw new PrestaShopDatabaseException('no table ' . $table);
        }

        return array_filter($this->tables[$table], function (array $row) use ($where) {
            $sql = new SmallSql($where, $row);

            return (bool) $sql->condition();
        });
    }

    private function flat($sql)
    {
        return trim(preg_replace('/\s+/', ' ', $sql));
    }

    private function match($pattern, $sql, &$found)
    {
        if (!preg_match($pattern, $sql, $found)) {
            throw new LogicException('a statement that is not understood: ' . $sql);
        }
    }

    private function refuseCache($useCache)
    {
        if ($useCache) {
            throw new LogicException('the outbox must not be read from the cache of queries');
        }
    }
}

/** Expressions: values, columns, =, <=, >, +, AND, OR, IN, IF, GREATEST. */
class SmallSql
{
    private $tokens;
    private $at = 0;
    private $row;

    public function __construct($text, array $row)
    {
        preg_match_all("/'(?:[^'\\\\]|\\\\.)*'|`\\w+`|<=|\\d+|\\w+|[=>+(),]/", $text, $found);
        $this->tokens = $found[0];
        $this->row = $row;
        if (strlen(implode('', $this->tokens)) !== strlen($this->unspaced($text))) {
            throw new LogicException('an expression that is not understood: ' . $text);
        }
    }

    public function values()
    {
        $values = [$this->sum()];
        while ($this->take(',')) {
            $values[] = $this->sum();
        }

        return $values;
    }

    public function assignAll(array &$row)
    {
        do {
            $column = trim($this->tokens[$this->at++], '`');
            $this->need('=');
            $this->row[$column] = $row[$column] = $this->sum();
        } while ($this->take(','));
    }

    public function condition()
    {
        $value = $this->conjunction();
        while ($this->take('OR')) {
            $other = $this->conjunction();
            $value = $value || $other;
        }

        return $value;
    }

    private function conjunction()
    {
        $value = $this->comparison();
        while ($this->take('AND')) {
            $other = $this->comparison();
            $value = $value && $other;
        }

        return $value;
    }

    private function comparison()
    {
        $left = $this->sum();
        if ($this->take('IN')) {
            $this->need('(');
            $list = $this->values();
            $this->need(')');

            return in_array($left, $list, true);
        }
        if ($this->take('=')) {
            return $left === $this->sum();
        }
        if ($this->take('<=')) {
            return $left <= $this->sum();
        }
        $this->need('>');

        return $left > $this->sum();
    }

    private function sum()
    {
        $value = $this->value();
        while ($this->take('+')) {
            $value += $this->value();
        }

        return $value;
    }

    private function value()
    {
        $token = $this->tokens[$this->at++];
        if ($token[0] === "'") {
            return strtr(substr($token, 1, -1), ['\\\\' => '\\', '\\n' => "\n", "\\'" => "'", '\\"' => '"', '\\r' => "\r"]);
        }
        if ($token[0] === '`') {
            return $this->row[trim($token, '`')];
        }
        if (ctype_digit($token)) {
            return (int) $token;
        }
        if ($token === 'NULL') {
            return null;
        }

        return $this->call($token);
    }

    private function call($name)
    {
        $this->need('(');
        if ($name === 'GREATEST') {
            $value = max($this->values());
        } elseif ($name === 'IF') {
            $condition = $this->condition();
            $this->need(',');
            list($then, $else) = $this->values();
            $value = $condition ? $then : $else;
        } else {
            throw new LogicException('not understood: ' . $name);
        }
        $this->need(')');

        return $value;
    }

    private function take($token)
    {
        if (isset($this->tokens[$this->at]) && $this->tokens[$this->at] === $token) {
            ++$this->at;

            return true;
        }

        return false;
    }

    private function need($token)
    {
        if (!$this->take($token)) {
            throw new LogicException('expected ' . $token . ' at ' . $this->at . ' of ' . implode(' ', $this->tokens));
        }
    }

    private function unspaced($text)
    {
        return preg_replace_callback("/'(?:[^'\\\\]|\\\\.)*'|\\s+/", function (array $found) {
            return $found[0][0] === "'" ? $found[0] : '';
        }, $text);
    }
}
