<?php
/**
 * What every test stands on: a module with a clock that is set, and a gateway that answers what it is told.
 */
require_once __DIR__ . '/prestashop.php';
require_once __DIR__ . '/../waybill/waybill.php';
require_once __DIR__ . '/../waybill/controllers/front/cron.php';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
// The secret of the sandbox's shop, which the gateway of Waybill's own tests knows.
const OLD_SECRET = 'whsec_d2F5YmlsbCBzYW5kYm94IHByZXN0YXNob3AgaG9va3M=';
const NOON = 1780000000;

class FakeHttp extends WaybillHttp
{
    public $requests = [];
    public $answers = [];

    /** @var callable|null what happens while a request is under way */
    public $meanwhile;

    public function send(string $method, string $url, array $headers, string $body, int $seconds): array
    {
        $this->requests[] = compact('method', 'url', 'headers', 'body', 'seconds');
        if ($this->meanwhile) {
            call_user_func($this->meanwhile);
        }
        $answer = count($this->answers) > 1 ? array_shift($this->answers) : reset($this->answers);

        return ($answer ?: []) + ['status' => 202, 'body' => '', 'retry_after' => '', 'trouble' => ''];
    }
}

class TestedWaybill extends Waybill
{
    public $fakeHttp;
    public $now = NOON;
    public $canFinish = true;
    public $work = [];

    public function __construct()
    {
        $this->fakeHttp = new FakeHttp();
        parent::__construct();
    }

    /** The request ends: what was put off until after the answer is done. */
    public function endRequest()
    {
        foreach ($this->work as $work) {
            call_user_func($work);
        }
        $this->work = [];
    }

    public function rows()
    {
        return array_values(Db::getInstance()->tables['ps_waybill_outbox']);
    }

    protected function http(): WaybillHttp
    {
        return $this->fakeHttp;
    }

    protected function clock(): callable
    {
        return function () {
            return $this->now;
        };
    }

    protected function afterResponse(callable $work): void
    {
        $this->work[] = $work;
    }

    protected function finishResponse(): bool
    {
        return $this->canFinish;
    }
}

/** A shop with the module installed and set up, and orders 1042 (shop 1) and 1043 (shop 2). */
function shop()
{
    Db::renew();
    Configuration::$values = [];
    Tools::$sent = [];
    PrestaShopLogger::$lines = [];
    Shop::$isOneChosen = false;
    Translator::$locale = 'en-US';
    Order::$all = [1042 => 1, 1043 => 2];
    Context::getContext()->shop->id = 1;
    $module = new TestedWaybill();
    $module->install();
    (new WaybillSettings())->save('https://waybill.example.com', 'shop');
    Configuration::updateGlobalValue(WaybillSettings::SECRETS, SECRET);

    return $module;
}

function object(array $values)
{
    return (object) $values;
}

function same($wanted, $found, $what = '')
{
    if ($wanted !== $found) {
        throw new RuntimeException("$what\n    wanted: " . json_encode($wanted) . "\n    found:  " . json_encode($found));
    }
}

function holds($text, $part)
{
    if (strpos($text, $part) === false) {
        throw new RuntimeException("'$part' is not in: $text");
    }
}

function lacks($text, $part)
{
    if (strpos($text, $part) !== false) {
        throw new RuntimeException("'$part' is in: $text");
    }
}
