<?php
/**
 * The few classes of PrestaShop that the module uses, as small as they can be.
 */
define('_PS_VERSION_', getenv('PRESTASHOP_VERSION') ?: '8.2.0');
define('_DB_PREFIX_', 'ps_');
define('_MYSQL_ENGINE_', 'InnoDB');

require_once __DIR__ . '/database.php';
require_once __DIR__ . '/smarty.php';

class PrestaShopException extends Exception
{
}

class PrestaShopDatabaseException extends PrestaShopException
{
}

function pSQL($text, $htmlOk = false)
{
    $text = $htmlOk ? $text : strip_tags($text);

    return strtr($text, ['\\' => '\\\\', "\0" => '\\0', "\n" => '\\n', "\r" => '\\r', "'" => "\\'", '"' => '\\"']);
}

class Configuration
{
    /** @var array<string, array<int, string>> by key, by shop; 0 is global */
    public static $values = [];

    public static function get($key, $idLang = null, $idGroup = null, $idShop = null, $default = false)
    {
        $shop = $idShop === null ? (int) Context::getContext()->shop->id : (int) $idShop;
        $values = isset(self::$values[$key]) ? self::$values[$key] : [];

        return isset($values[$shop]) ? $values[$shop] : (isset($values[0]) ? $values[0] : $default);
    }

    public static function getGlobalValue($key)
    {
        return isset(self::$values[$key][0]) ? self::$values[$key][0] : false;
    }

    public static function updateValue($key, $value)
    {
        self::$values[$key][Shop::$isOneChosen ? (int) Context::getContext()->shop->id : 0] = (string) $value;

        return true;
    }

    public static function updateGlobalValue($key, $value)
    {
        self::$values[$key][0] = (string) $value;

        return true;
    }

    public static function deleteByName($key)
    {
        unset(self::$values[$key]);

        return true;
    }
}

class Shop
{
    /** @var bool whether the back office is set to one shop of several */
    public static $isOneChosen = false;

    public $id = 1;
}

class Link
{
    public function getAdminLink($controller, $withToken = true, $route = [], $params = [])
    {
        return 'https://shop.example/admin/?controller=' . $controller . '&' . http_build_query($params) . '&token=t';
    }

    public function getModuleLink($module, $controller = 'default', array $params = [], $ssl = null)
    {
        return 'https://shop.example/module/' . $module . '/' . $controller . '?' . http_build_query($params);
    }
}

class Context
{
    private static $one;

    public $shop;
    public $link;
    public $smarty;

    public static function getContext()
    {
        if (!self::$one) {
            self::$one = new self();
            self::$one->shop = new Shop();
            self::$one->link = new Link();
            self::$one->smarty = new SmallSmarty();
        }

        return self::$one;
    }
}

class Tools
{
    /** @var array<string, mixed> what the page was sent */
    public static $sent = [];

    public static function isSubmit($name)
    {
        return isset(self::$sent[$name]);
    }

    public static function getValue($name, $default = false)
    {
        return isset(self::$sent[$name]) ? self::$sent[$name] : $default;
    }

    public static function safeOutput($text)
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }
}

class PrestaShopLogger
{
    public static $lines = [];

    public static function addLog($message, $severity = 1, $code = null)
    {
        self::$lines[] = $message;
    }
}

class Validate
{
    public static function isLoadedObject($thing)
    {
        return is_object($thing) && (int) $thing->id > 0;
    }
}

class ObjectModel
{
    public $id;
    public $id_shop;
}

class Order extends ObjectModel
{
    /** @var array<int, int> the shop of each order there is */
    public static $all = [];

    public $id_address_delivery;

    public function __construct($id = null)
    {
        if (isset(self::$all[$id])) {
            $this->id = $id;
            $this->id_shop = self::$all[$id];
        }
    }
}

/** The dictionaries that the module ships, read as PrestaShop 1.7.8 and later reads them. */
class Translator
{
    public static $locale = 'en-US';

    public function trans($id, array $parameters = [], $domain = null, $locale = null)
    {
        $words = self::dictionary(str_replace('.', '', (string) $domain), $locale ?: self::$locale);

        return strtr(isset($words[$id]) ? $words[$id] : $id, $parameters);
    }

    public static function dictionary($domain, $locale)
    {
        $file = __DIR__ . "/../waybill/translations/$locale/$domain.$locale.xlf";
        $words = [];
        // By pattern: Debian's php-cli has no XML by itself.
        preg_match_all('~<source>(.*?)</source>\s*<target>(.*?)</target>~s', is_file($file) ? file_get_contents($file) : '', $found);
        foreach ($found[1] as $number => $source) {
            $words[html_entity_decode($source, ENT_XML1)] = html_entity_decode($found[2][$number], ENT_XML1);
        }

        return $words;
    }
}

class Module
{
    public $name;
    public $tab;
    public $version;
    public $author;
    public $need_instance;
    public $bootstrap;
    public $ps_versions_compliancy;
    public $displayName;
    public $description;
    public $confirmUninstall;
    public $context;
    public $registered = [];
    public $isInstalled = false;

    public function __construct()
    {
        $this->context = Context::getContext();
    }

    public function install()
    {
        return $this->isInstalled = true;
    }

    public function uninstall()
    {
        $this->isInstalled = false;

        return true;
    }

    public function registerHook($hook)
    {
        $this->registered[] = $hook;

        return true;
    }

    public function getTranslator()
    {
        return new Translator();
    }

    public function display($file, $template)
    {
        return $this->context->smarty->fetch(dirname($file) . '/' . $template);
    }

    public function displayConfirmation($text)
    {
        return '<p class="ok">' . $text . '</p>';
    }

    public function displayError($text)
    {
        return '<p class="wrong">' . $text . '</p>';
    }

    protected function trans($id, array $parameters = [], $domain = null, $locale = null)
    {
        return $this->getTranslator()->trans($id, $parameters, $domain, $locale);
    }
}

class ModuleFrontController
{
    public $module;
    public $ajax;
    public $printed = '';

    public function initContent()
    {
    }

    protected function ajaxRender($value = null)
    {
        $this->printed .= $value;
    }
}
