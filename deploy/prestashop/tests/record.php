<?php
/**
 * The deliveries that the gateway's tests take in where PHP is not installed:
 * `php deploy/prestashop/tests/record.php > deploy/prestashop/tests/signed.json`.
 */
require_once __DIR__ . '/bench.php';

function recorded()
{
    $hints = [
        WaybillHint::order('order.created', 1042, 1),
        WaybillHint::order('order.status_changed', 1042, 1, ['id_order_state' => 2]),
        WaybillHint::orderReturn(1042, 5, 1),
        WaybillHint::stock(20, 44, 1),
        WaybillHint::customer(7, 1),
        WaybillHint::test(1),
    ];
    $deliveries = [];
    foreach ($hints as $number => $hint) {
        $body = $hint->body(NOON);
        $deliveries[] = [
            'body' => $body,
            'headers' => WaybillSignature::headers([SECRET, OLD_SECRET], 'msg_recorded_' . $number, NOON, $body),
        ];
    }
    $path = '/orders/shop/1042';
    $headers = WaybillSignature::headers([SECRET, OLD_SECRET], 'msg_recorded_status', NOON, 'GET ' . $path);

    return [
        'at' => NOON,
        'secrets' => [SECRET, OLD_SECRET],
        'deliveries' => $deliveries,
        'status' => compact('path', 'headers'),
    ];
}

if (isset($argv[0]) && realpath($argv[0]) === __FILE__) {
    echo json_encode(recorded(), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES), "\n";
}
