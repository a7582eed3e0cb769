<?php
/**
 * The module's own requests to a running gateway: `php deliver.php http://127.0.0.1:PORT`.
 *
 * Places order 1042, asks for its status, delivers it, and prints what came as JSON.
 */
require_once __DIR__ . '/bench.php';

class RealWaybill extends Waybill
{
    protected function afterResponse(callable $work): void
    {
    }
}

shop();
$module = new RealWaybill();
(new WaybillSettings())->save($argv[1], 'shop');
Configuration::updateGlobalValue(WaybillSettings::SECRETS, SECRET . ' ' . OLD_SECRET);
$module->hookActionValidateOrder(['order' => new Order(1042)]);
$page = $module->hookDisplayOrderDetail(['order' => new Order(1042)]);
$outbox = new WaybillOutbox();
$module->sender()->send($outbox->open(['1 order 1042']), 20, 10);
list($row) = $outbox->latest(1);

echo json_encode([
    'delivery' => ['message' => $row['message'], 'state' => $row['state'], 'answer' => $row['answer'], 'trouble' => $row['trouble']],
    'page' => $page,
    'nobody' => (new WaybillHttp())->send('GET', 'http://127.0.0.1:9/', [], '', 2),
]), "\n";
